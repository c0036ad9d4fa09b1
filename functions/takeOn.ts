/** Takes a request on: starts what it asks for, joins what runs, or starts the answer that it gets instead. */
import type { DurableClient } from 'durable-functions';
import { admit, buildJob, type BuildJob } from '../shared/domain/admission';
import { auditAnswerId, snoozeInstanceId, snoozeOf, type AuditQuestion } from '../shared/domain/guard/guardMessages';
import { answerInstanceId, buildInstanceId } from '../shared/domain/names';
import type { Request } from '../shared/guardRequests';
import type { Reply } from '../shared/orchestrators/answerRequest';
import { ORCHESTRATIONS } from './orchestrationNames';
import { knownInstance, startOnce } from './startOnce';

/** Messages that start one pool at the same instant see each other within a round or two. */
const MAX_ROUNDS = 5;

/** Says in one line for the log what became of the request. */
export async function takeOn(client: DurableClient, request: Request, messageId: string): Promise<string> {
  switch (request.asks) {
    case 'build': {
      const job = buildJob(request.build, messageId);
      return `${buildInstanceId(job.request)}: ${await takeOnBuild(client, job)}`;
    }
    case 'audit': {
      const question: AuditQuestion = { requestId: request.audit.requestId ?? messageId, messageId };
      await startOnce(client, ORCHESTRATIONS.answerAudit, auditAnswerId(messageId), question);
      return `${auditAnswerId(messageId)}: started`;
    }
    case 'snooze': {
      const instanceId = snoozeInstanceId(messageId);
      await startOnce(client, ORCHESTRATIONS.snoozeFindings, instanceId, snoozeOf(request.snooze));
      return `${instanceId}: started`;
    }
  }
}

/** Acts until the durable store shows that this job runs, or that another one answers it; says in a word which. */
async function takeOnBuild(client: DurableClient, job: BuildJob): Promise<string> {
  const instanceId = buildInstanceId(job.request);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const admission = admit(job, await knownInstance(client, instanceId));
    if (admission.admit === 'join') return 'joined';
    if (admission.admit === 'answer') {
      const reply: Reply = { result: admission.result, cause: job };
      await startOnce(client, ORCHESTRATIONS.answerRequest, answerInstanceId(job.messageId, job.request), reply);
      return `answered ${admission.result.outcome}`;
    }
    await startOnce(client, ORCHESTRATIONS.buildImagePool, instanceId, admission.job);
    const known = await knownInstance(client, instanceId);
    if (known.status !== 'none' && known.job?.messageId === job.messageId) return 'started';
  }
  throw new Error(`${instanceId} did not settle on one request; the message will be delivered again.`);
}
