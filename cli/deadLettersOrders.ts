/** Carries out what was ordered for the dead letters of a queue, once all of them were found by peeking. */
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { errorText } from '../shared/domain/outcome';
import type { DeadLetterOrders } from './deadLettersArguments';
import { again, numberOf, takeDeadLetters } from './deadLettersQueue';
import { namesOf } from './deadLettersView';

interface Order {
  readonly name: string;
  readonly resubmit: boolean;
}

interface Drafted {
  /** By the number of the dead letter. */
  readonly orders: ReadonlyMap<string, Order>;
  readonly unknown: readonly string[];
}

/** Which order is for which dead letter. */
export function draftOrders(
  letters: readonly ServiceBusReceivedMessage[],
  { resubmit, remove }: DeadLetterOrders,
): Drafted {
  const names = namesOf(letters);
  const resubmitted = new Set(resubmit === 'all' ? names : resubmit);
  const wanted = new Set([...resubmitted, ...remove]);
  const orders = letters.flatMap((letter, index): (readonly [string, Order])[] => {
    const name = names[index] ?? '';
    return wanted.has(name) ? [[numberOf(letter), { name, resubmit: resubmitted.has(name) }]] : [];
  });
  return { orders: new Map(orders), unknown: [...wanted].filter((name) => !names.includes(name)) };
}

interface Work {
  readonly client: ServiceBusClient;
  readonly queue: string;
  readonly corrected: Buffer | undefined;
}

/** The dead letter goes only after the bus has taken its successor. */
async function resubmit(
  { client, queue, corrected }: Work,
  { name }: Order,
  letter: ServiceBusReceivedMessage,
  receiver: ServiceBusReceiver,
): Promise<void> {
  const body: unknown = corrected ?? letter.body;
  if (!Buffer.isBuffer(body)) {
    throw new Error(`${name} has no body of bytes, as the app's messages have: send a corrected one with --with FILE.`);
  }
  const message = again(queue, letter, body);
  const sender = client.createSender(queue);
  try {
    await sender.sendMessages(message);
  } catch (error) {
    throw new Error(`${name} was not resubmitted and stays a dead letter: ${errorText(error)}`, { cause: error });
  } finally {
    await sender.close();
  }
  await receiver.completeMessage(letter).catch((error: unknown) => {
    throw new Error(
      `${name} was sent again as ${message.messageId}, but still is a dead letter: ${errorText(error)}. ` +
        'Do the same again at once: the bus drops the second copy.',
      { cause: error },
    );
  });
  console.log(`Resubmitted ${name} as message ${message.messageId}.`);
}

/** Answers with the exit code. */
export async function carryOut(work: Work, orders: ReadonlyMap<string, Order>): Promise<number> {
  const missing = await takeDeadLetters(work.client, work.queue, new Set(orders.keys()), async (letter, receiver) => {
    const order = orders.get(numberOf(letter));
    if (order?.resubmit === true) return resubmit(work, order, letter, receiver);
    await receiver.completeMessage(letter);
    console.log(`Deleted ${order?.name ?? numberOf(letter)}.`);
  });
  for (const number of missing) {
    console.error(
      `${orders.get(number)?.name ?? number} could not be taken: somebody else has it, or it is gone. Look again.`,
    );
  }
  return missing.size === 0 ? 0 : 1;
}
