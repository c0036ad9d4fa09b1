/** Reads a build back from the durable store: what was asked, and how it ended. */
import * as z from 'zod';
import type { KnownBuild } from './domain/admission';
import type { BuildResult } from './domain/result';
import { buildRequestSchema, completed } from './messages';

/** The app's own output, stored by itself; its outcome is enough to know it by. */
const resultSchema = z.custom<BuildResult>((value) => z.object({ outcome: z.string() }).safeParse(value).success);

const jobSchema = z.object({
  request: buildRequestSchema.transform(completed),
  fingerprint: z.string(),
  messageId: z.string(),
});

const ENDED: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Canceled', 'Terminated']);

interface InstanceState {
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
}

/** Undefined job or result: the instance was started by another version of the app, or by hand. */
export function knownBuild({ runtimeStatus, input, output }: InstanceState): KnownBuild {
  const parsed = jobSchema.safeParse(input);
  const job = parsed.success ? { job: parsed.data } : {};
  if (!ENDED.has(runtimeStatus)) return { status: 'underway', ...job };
  const result = runtimeStatus === 'Completed' ? resultSchema.safeParse(output) : undefined;
  return { status: 'ended', ...job, ...(result?.success ? { result: result.data } : {}) };
}
