/** Queue `image-build-requests`: reads one request and starts what it asks for, joins what runs, or answers at once. */
import '@azure/functions-extensions-servicebus';
import { app, type InvocationContext } from '@azure/functions';
import type { ServiceBusMessageContext } from '@azure/functions-extensions-servicebus';
import * as df from 'durable-functions';
import { appSettings } from './appSettings';
import { IMAGE_BUILD_REQUESTS, SERVICE_BUS_CONNECTION } from './queues';
import { readRequest } from './readRequest';
import { complete, deadLetter, messageIdOf } from './settling';
import { takeOn } from './takeOn';

export async function imageBuildRequested(delivery: ServiceBusMessageContext, context: InvocationContext) {
  const { messages, actions } = delivery;
  const message = 'body' in messages ? messages : messages[0];
  const request = readRequest(message.body, appSettings().allowedScopes);
  if (!request.ok) return deadLetter({ actions, message, context }, 'UnusableRequest', request.problems);

  context.log(await takeOn(df.getClient(context), request.message, messageIdOf(message)));
  return complete({ actions, message, context });
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
