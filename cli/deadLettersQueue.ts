/** The dead letters of one queue: looked at without touching, taken by number, sent again, settled. */
import { createHash } from 'node:crypto';
import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';

const PAGE = 100;

/** All that will come is there already. */
const LONGEST_WAIT_MS = 2_000;

/** What Service Bus adds to a message when it is dead-lettered (service-bus-messaging/service-bus-dead-letter-queues). */
const ADDED: ReadonlySet<string> = new Set(['DeadLetterReason', 'DeadLetterErrorDescription']);

export const numberOf = ({ sequenceNumber }: ServiceBusReceivedMessage): string => String(sequenceNumber);

/**
 * Derived, so that the bus drops the second copy when the first was taken and its dead letter could not be completed;
 * of the body as well, because a corrected one is another message.
 */
function newIdOf(queue: string, letter: ServiceBusReceivedMessage, body: Buffer): string {
  const text = [queue, numberOf(letter), String(letter.messageId), ''].join('\n');
  return `resubmit-${createHash('sha256').update(text).update(body).digest('hex').slice(0, 32)}`;
}

/** The message that a dead letter was, under a new id. */
export function again(queue: string, letter: ServiceBusReceivedMessage, body: Buffer) {
  const properties = Object.entries(letter.applicationProperties ?? {}).filter(([name]) => !ADDED.has(name));
  return {
    body,
    messageId: newIdOf(queue, letter, body),
    contentType: letter.contentType ?? 'application/json',
    ...(letter.correlationId === undefined ? {} : { correlationId: letter.correlationId }),
    ...(letter.subject === undefined ? {} : { subject: letter.subject }),
    ...(properties.length === 0 ? {} : { applicationProperties: Object.fromEntries(properties) }),
  } satisfies ServiceBusMessage;
}

/** Bodies come as bytes, so that what is sent again is what was sent. */
const openReceiver = (client: ServiceBusClient, queue: string): ServiceBusReceiver =>
  client.createReceiver(queue, { subQueueType: 'deadLetter', skipParsingBodyAsJson: true });

/** All of them, oldest first; none is locked by it. */
export async function peekDeadLetters(
  client: ServiceBusClient,
  queue: string,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const receiver = openReceiver(client, queue);
  const letters: ServiceBusReceivedMessage[] = [];
  for (;;) {
    // Each peek goes on where the last one of this receiver ended.
    const page = await receiver.peekMessages(PAGE);
    if (page.length === 0) break;
    letters.push(...page);
  }
  await receiver.close();
  return letters;
}

/** Takes those with these numbers, hands each to `settle`, and gives back what is not settled; answers with the numbers that did not come. */
export async function takeDeadLetters(
  client: ServiceBusClient,
  queue: string,
  numbers: ReadonlySet<string>,
  settle: (letter: ServiceBusReceivedMessage, receiver: ServiceBusReceiver) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const receiver = openReceiver(client, queue);
  const missing = new Set(numbers);
  // Kept until the end: one that is given back at once would be the next to come.
  const held = new Set<ServiceBusReceivedMessage>();
  try {
    while (missing.size > 0) {
      const page = await receiver.receiveMessages(PAGE, { maxWaitTimeInMs: LONGEST_WAIT_MS });
      if (page.length === 0) break;
      for (const letter of page) held.add(letter);
      for (const letter of page.filter((one) => missing.has(numberOf(one)))) {
        await settle(letter, receiver);
        missing.delete(numberOf(letter));
        held.delete(letter);
      }
    }
  } finally {
    // One whose lock has ended is back already.
    await Promise.allSettled([...held].map((letter) => receiver.abandonMessage(letter)));
    await receiver.close();
  }
  return missing;
}
