/** Queue `resource-events`: takes what Event Grid delivers, and starts the guard for the changes that may concern a pool. */
import '@azure/functions-extensions-servicebus';
import { app, type InvocationContext } from '@azure/functions';
import type { Message, ServiceBusMessageContext } from '@azure/functions-extensions-servicebus';
import * as df from 'durable-functions';
import { guardJobs } from '../shared/domain/guard/change';
import { readResourceEvents } from '../shared/resourceEvents';
import { appSettings } from './appSettings';
import { ORCHESTRATIONS } from './orchestrationNames';
import { RESOURCE_EVENTS, SERVICE_BUS_CONNECTION } from './queues';
import { complete, deadLetter } from './settling';
import { startOnce } from './startOnce';

export async function resourceChanged(delivery: ServiceBusMessageContext, context: InvocationContext) {
  const { messages, actions } = delivery;
  const { allowedScopes } = appSettings();
  const read = listOf(messages).map((message) => ({ message, ...readResourceEvents(message.body, allowedScopes) }));
  const client = df.getClient(context);
  for (const { instanceId, changes } of guardJobs(read.flatMap((one) => one.changes))) {
    await startOnce(client, ORCHESTRATIONS.guardImage, instanceId, changes);
    for (const { resourceId, verb } of changes) context.log(`${instanceId}: ${resourceId} was ${verb}`);
  }
  await Promise.all(
    read.map(({ message, problems }) =>
      problems.length > 0
        ? deadLetter({ actions, message, context }, 'UnusableEvent', problems)
        : complete({ actions, message, context }),
    ),
  );
}

const listOf = (messages: ServiceBusMessageContext['messages']): readonly Message[] =>
  'body' in messages ? [messages] : messages;

app.serviceBusQueue('resourceChanged', {
  queueName: RESOURCE_EVENTS,
  connection: SERVICE_BUS_CONNECTION,
  // A deleted resource group is hundreds of events; together they cost a few looks at each account instead of one each.
  cardinality: 'many',
  // By hand, as for requests: an unusable event is not delivered five times over.
  autoCompleteMessages: false,
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: resourceChanged,
});
