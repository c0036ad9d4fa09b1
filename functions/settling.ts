/** Settles a queue message by hand: completed, or dead-lettered with the reason. */
import type { InvocationContext } from '@azure/functions';
import type { Message, MessageActions } from '@azure/functions-extensions-servicebus';
import { MAX_DEAD_LETTER_TEXT_LENGTH } from '../shared/domain/limits';

interface Delivered {
  readonly actions: MessageActions;
  readonly message: Message;
  readonly context: InvocationContext;
}

/** Senders need not give an id; the queue's own number stays the same over redeliveries, too. */
export const messageIdOf = ({ messageId, sequenceNumber }: Message): string =>
  messageId === undefined ? `sequence-number-${String(sequenceNumber)}` : String(messageId);

/**
 * The request is taken on by now. If the host cannot settle the message (azure-functions-host#10540), a throw would
 * deliver it again at once, and to the dead-letter queue after five times; left alone it comes back when its lock ends,
 * and finds its build.
 */
export async function complete({ actions, message, context }: Delivered): Promise<void> {
  try {
    await actions.complete(message);
  } catch (error) {
    context.warn(`Message ${messageIdOf(message)} could not be completed: ${String(error)}`);
  }
}

export async function deadLetter(
  { actions, message, context }: Delivered,
  reason: 'UnusableRequest' | 'UnusableEvent',
  problems: readonly string[],
): Promise<void> {
  const text = problems.join('; ');
  const limit = MAX_DEAD_LETTER_TEXT_LENGTH;
  const description = text.length <= limit ? text : `${text.slice(0, limit - 2)} …`;
  context.warn(`Message ${messageIdOf(message)} cannot be used: ${description}`);
  await actions.deadletter(message, undefined, { value: reason }, { value: description });
}
