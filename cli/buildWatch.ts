/** Watches one build through the durable API of the host, as an operator would. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { IMAGE_BUILD_REQUESTS } from '../functions/queues';
import { BUILD_PHASES, type BuildProgress } from '../shared/domain/progress';

const progressSchema = z.object({
  phase: z.enum(BUILD_PHASES),
  since: z.string(),
  waitingFor: z.array(z.object({ name: z.string(), progress: z.string().optional() })),
  andMore: z.number().optional(),
  deadline: z.string().optional(),
  instance: z.string().optional(),
}) satisfies z.ZodType<BuildProgress>;

const statusSchema = z.object({
  runtimeStatus: z.string(),
  customStatus: progressSchema.nullish(),
});

export interface BuildView {
  readonly runtimeStatus: string;
  readonly progress?: z.infer<typeof progressSchema>;
}

/** fetch hides what broke behind "fetch failed". */
const fetchFailure = z.object({ cause: z.object({ message: z.string() }) });

const LOOK_EVERY_MS = 100;
const ONE_LOOK_SECONDS = 10;
const BEGINS_WITHIN_SECONDS = 60;
const ENDS_WITHIN_MINUTES = 3;

/** Yields a view each time that the build has moved on; ends when the build has, throws when it never begins or ends. */
export async function* watchBuild(
  hostUrl: string,
  instanceId: string,
  nowMs: () => number = Date.now,
): AsyncGenerator<BuildView> {
  const startedMs = nowMs();
  for (let last = ''; ;) {
    const view = await viewOf(hostUrl, instanceId);
    const text = JSON.stringify(view);
    if (view && text !== last) {
      last = text;
      yield view;
      if (!['Pending', 'Running', 'Suspended', 'ContinuedAsNew'].includes(view.runtimeStatus)) return;
    }
    checkPatience(instanceId, last !== '', nowMs() - startedMs);
    await delay(LOOK_EVERY_MS);
  }
}

/** Where the build is; while another orchestration does the waiting, in that one's words. */
async function viewOf(hostUrl: string, instanceId: string): Promise<BuildView | undefined> {
  const text = await statusOf(hostUrl, instanceId);
  if (text === undefined) return undefined;
  const { runtimeStatus, customStatus } = statusSchema.parse(JSON.parse(text));
  const child = customStatus?.instance === undefined ? undefined : await viewOf(hostUrl, customStatus.instance);
  const waitingFor = child?.progress?.waitingFor ?? customStatus?.waitingFor ?? [];
  return { runtimeStatus, ...(customStatus ? { progress: { ...customStatus, waitingFor } } : {}) };
}

/** The instance as the durable API shows it; undefined when there is none. */
async function statusOf(hostUrl: string, instanceId: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${hostUrl}/runtime/webhooks/durabletask/instances/${instanceId}`, {
      signal: AbortSignal.timeout(ONE_LOOK_SECONDS * 1000),
    });
    const text = await response.text();
    return response.status === 404 ? undefined : text;
  } catch (error) {
    const why = fetchFailure.safeParse(error).data?.cause.message ?? String(error);
    throw new Error(`The Functions host at ${hostUrl} gave no answer when asked about ${instanceId}: ${why}`, {
      cause: error,
    });
  }
}

function checkPatience(instanceId: string, hasBegun: boolean, waitedMs: number): void {
  if (!hasBegun && waitedMs >= BEGINS_WITHIN_SECONDS * 1000) {
    throw new Error(
      `Build ${instanceId} did not begin within ${BEGINS_WITHIN_SECONDS} s: the app did not take the request, or put it ` +
        `on the dead-letter queue of ${IMAGE_BUILD_REQUESTS}, with the reason.`,
    );
  }
  if (waitedMs >= ENDS_WITHIN_MINUTES * 60_000) {
    throw new Error(`Build ${instanceId} did not end within ${ENDS_WITHIN_MINUTES} minutes.`);
  }
}
