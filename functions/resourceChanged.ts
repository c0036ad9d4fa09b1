/** Queue `resource-events`: takes what Event Grid delivers, and starts the guard for each change that may concern a pool. */
import '@azure/functions-extensions-servicebus';
import { app, type InvocationContext } from '@azure/functions';
import type { ServiceBusMessageContext } from '@azure/functions-extensions-servicebus';
import * as df from 'durable-functions';
import { guardInstanceId } from '../shared/domain/guard/change';
import { readResourceEvents } from '../shared/resourceEvents';
import { appSettings } from './appSettings';
import { ORCHESTRATIONS } from './orchestrationNames';
import { RESOURCE_EVENTS, SERVICE_BUS_CONNECTION } from './queues';
import { complete, deadLetter } from './settling';
import { startOnce } from './startOnce';

export async function resourceChanged(delivery: ServiceBusMessageContext, context: InvocationContext) {
  const { messages, actions } = delivery;
  const message = 'body' in messages ? messages : messages[0];
  const { changes, problems } = readResourceEvents(message.body, appSettings().allowedScopes);
  const client = df.getClient(context);
  for (const change of changes) {
    await startOnce(client, ORCHESTRATIONS.guardImage, guardInstanceId(change), change);
    context.log(`${guardInstanceId(change)}: ${change.resourceId} was ${change.verb}`);
  }
  if (problems.length > 0) return deadLetter({ actions, message, context }, 'UnusableEvent', problems);
  return complete({ actions, message, context });
}

app.serviceBusQueue('resourceChanged', {
  queueName: RESOURCE_EVENTS,
  connection: SERVICE_BUS_CONNECTION,
  // By hand, as for requests: an unusable event is not delivered five times over.
  autoCompleteMessages: false,
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: resourceChanged,
});
