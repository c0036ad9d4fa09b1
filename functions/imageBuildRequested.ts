/** Queue `image-build-requests`: reads one request and starts its build, joins the running one, or answers at once. */
import '@azure/functions-extensions-servicebus';
import { app, type InvocationContext } from '@azure/functions';
import type { Message, MessageActions, ServiceBusMessageContext } from '@azure/functions-extensions-servicebus';
import * as df from 'durable-functions';
import { admit, buildJob, type BuildJob } from '../shared/domain/admission';
import { MAX_DEAD_LETTER_TEXT_LENGTH } from '../shared/domain/limits';
import { answerInstanceId, buildInstanceId } from '../shared/domain/names';
import type { BuildRequest } from '../shared/domain/request';
import { outsideScope } from '../shared/domain/scope';
import { parseBuildRequest, type Parsed } from '../shared/messages';
import type { Reply } from '../shared/orchestrators/answerRequest';
import { appSettings } from './appSettings';
import { ORCHESTRATIONS } from './orchestrationNames';
import { IMAGE_BUILD_REQUESTS, SERVICE_BUS_CONNECTION } from './queues';
import { knownInstance, startOnce } from './startOnce';

export async function imageBuildRequested(delivery: ServiceBusMessageContext, context: InvocationContext) {
  const { messages, actions } = delivery;
  const message = 'body' in messages ? messages : messages[0];
  const parsed = acceptable(message.body);
  if (!parsed.ok) return deadLetter(actions, message, parsed.problems, context);

  const job = buildJob(parsed.message, messageIdOf(message));
  context.log(`${buildInstanceId(job.request)}: ${await take(df.getClient(context), job)}`);
  return actions.complete(message);
}

/** Senders need not give an id; the queue's own number stays the same over redeliveries, too. */
const messageIdOf = ({ messageId, sequenceNumber }: Message): string =>
  messageId === undefined ? `sequence-number-${String(sequenceNumber)}` : String(messageId);

function acceptable(body: unknown): Parsed<BuildRequest> {
  const parsed = parseBuildRequest(body);
  if (!parsed.ok) return parsed;
  const problems = outsideScope(parsed.message, appSettings().allowedScopes);
  return problems.length === 0 ? parsed : { ok: false, problems };
}

/** Messages that start one pool at the same instant see each other within a round or two. */
const MAX_ROUNDS = 5;

/** Acts on the admission until the durable store shows that this job runs, or that another one answers it. */
async function take(client: df.DurableClient, job: BuildJob): Promise<string> {
  const instanceId = buildInstanceId(job.request);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const admission = admit(job, await knownInstance(client, instanceId));
    if (admission.admit === 'join') return 'joined';
    if (admission.admit === 'answer') {
      const reply: Reply = { result: admission.result, messageId: job.messageId };
      await startOnce(client, ORCHESTRATIONS.answerRequest, answerInstanceId(job.messageId), reply);
      return `answered ${admission.result.outcome}`;
    }
    await startOnce(client, ORCHESTRATIONS.buildImagePool, instanceId, job);
    const known = await knownInstance(client, instanceId);
    if (known.status !== 'none' && known.job?.messageId === job.messageId) return 'started';
  }
  throw new Error(`${instanceId} did not settle on one request; the message will be delivered again.`);
}

async function deadLetter(
  actions: MessageActions,
  message: Message,
  problems: readonly string[],
  context: InvocationContext,
): Promise<void> {
  const text = problems.join('; ');
  const reason =
    text.length <= MAX_DEAD_LETTER_TEXT_LENGTH ? text : `${text.slice(0, MAX_DEAD_LETTER_TEXT_LENGTH - 2)} …`;
  context.warn(`Message ${messageIdOf(message)} cannot be used: ${reason}`);
  await actions.deadletter(message, undefined, { value: 'UnusableRequest' }, { value: reason });
}

app.serviceBusQueue('imageBuildRequested', {
  queueName: IMAGE_BUILD_REQUESTS,
  connection: SERVICE_BUS_CONNECTION,
  // By hand, because a throw would deliver an unusable message again, five times over (Service Bus trigger, "Exceptions").
  autoCompleteMessages: false,
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: imageBuildRequested,
});
