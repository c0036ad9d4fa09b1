/** Asks the app for an audit, and waits for its answer by peeking: nothing is taken from the consumers of the events. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { AuditSummary } from '../shared/domain/guard/audit';
import type { AuditRequest } from '../shared/domain/guard/guardMessages';
import { LOOK_EVERY_MS, ResultWatch } from './resultWatch';
import { sendRequest } from './sendRequest';

const answer = z.object({
  type: z.literal('BatchImagePools.AuditCompleted'),
  data: z.custom<AuditSummary>((value) => z.object({ status: z.string() }).safeParse(value).success),
});

/** Undefined when no answer came in time. */
export async function askForAudit(bus: string, timeoutMs: number): Promise<AuditSummary | undefined> {
  const request = { mode: 'audit', requestId: `audit-${randomUUID()}` } satisfies AuditRequest;
  const watch = await ResultWatch.open(bus);
  try {
    await sendRequest(bus, request, randomUUID());
    const endMs = Date.now() + timeoutMs;
    while (Date.now() < endMs) {
      const [event] = await watch.bodiesFor(request.requestId);
      if (event !== undefined) return answer.parse(event).data;
      await delay(LOOK_EVERY_MS);
    }
    return undefined;
  } finally {
    await watch.close();
  }
}
