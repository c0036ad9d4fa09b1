/** A message as `sdkBinding` delivers it: the app's own extension library decodes it. */

import type { ModelBindingData } from '../worker/typedData';
import type { LockToken } from './lockToken';
import type { ReceivedMessage } from './received';

/** The mark between the lock token and the AMQP message, see the Service Bus extension's ParameterBindingData. */
const LOCK_TOKEN_NAME = Buffer.from('x-opt-lock-token', 'ascii');

export function modelBindingData(message: ReceivedMessage, token: LockToken): ModelBindingData {
  return {
    version: '1.0',
    source: 'AzureServiceBusReceivedMessage',
    contentType: 'application/octet-stream',
    content: Buffer.concat([token.dotnetBytes, LOCK_TOKEN_NAME, message.encode()]),
  };
}
