/** Watches one build through the durable API of the host, as an operator would. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { BuildProgress } from '../shared/domain/progress';

const progressSchema = z.object({
  phase: z.enum(['survey', 'snapshots', 'image', 'definition', 'version', 'pool', 'undo', 'answer', 'done']),
  since: z.string(),
  waitingFor: z.array(z.object({ name: z.string(), progress: z.string().optional() })),
  andMore: z.number().optional(),
  deadline: z.string().optional(),
}) satisfies z.ZodType<BuildProgress>;

const statusSchema = z.object({
  runtimeStatus: z.string(),
  customStatus: progressSchema.nullish(),
});

export interface BuildView {
  readonly runtimeStatus: string;
  readonly progress?: z.infer<typeof progressSchema>;
}

const LOOK_EVERY_MS = 100;

/** Yields a view each time that the build has moved on; ends when the build has. */
export async function* watchBuild(hostUrl: string, instanceId: string): AsyncGenerator<BuildView> {
  for (let last = ''; ;) {
    const response = await fetch(`${hostUrl}/runtime/webhooks/durabletask/instances/${instanceId}`);
    const text = await response.text();
    if (response.status !== 404 && text !== last) {
      last = text;
      const { runtimeStatus, customStatus } = statusSchema.parse(JSON.parse(text));
      yield { runtimeStatus, ...(customStatus ? { progress: customStatus } : {}) };
      if (!['Pending', 'Running', 'Suspended', 'ContinuedAsNew'].includes(runtimeStatus)) return;
    }
    await delay(LOOK_EVERY_MS);
  }
}
