/** Sends what a function leaves in its output bindings. */

import { queueOutput } from './bindings';
import type { QueueSender } from './bus/queueSender';
import type { RegisteredFunction } from './worker/registration';
import { RETURN_BINDING } from './worker/registration';
import type { AnswerData, InvocationResponse } from './worker/typedData';

interface OutgoingMessage {
  readonly body: Buffer;
  readonly contentType: string;
}

/** The sender for a queue as a binding names it. */
export type SenderOf = (output: { queueName: string; connection: string }) => QueueSender;

export async function sendOutputs(
  from: RegisteredFunction,
  answer: InvocationResponse,
  senderOf: SenderOf,
): Promise<void> {
  const { returnValue } = answer;
  const all = returnValue ? [...answer.outputData, { name: RETURN_BINDING, data: returnValue }] : answer.outputData;
  for (const { bindingName, binding } of from.outputs) {
    if (binding.type !== 'serviceBus') continue;
    const sender = senderOf(queueOutput.parse(binding));
    for (const { data } of all.filter(({ name }) => name === bindingName)) {
      for (const { body, contentType } of messagesOf(data)) await sender.send(body, contentType);
    }
  }
}

/** An array is one message per element; the content types are those of the real extension's converters. */
function messagesOf(data: AnswerData): OutgoingMessage[] {
  if (data.bytes !== undefined) return [{ body: Buffer.from(data.bytes), contentType: 'application/octet-stream' }];
  const value: unknown = data.json === undefined ? (data.string ?? data.int ?? data.double) : JSON.parse(data.json);
  return [value]
    .flat()
    .map((each) =>
      typeof each === 'string'
        ? { body: Buffer.from(each), contentType: 'text/plain' }
        : { body: Buffer.from(JSON.stringify(each)), contentType: 'application/json' },
    );
}
