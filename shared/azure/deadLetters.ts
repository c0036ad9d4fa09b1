/** Looks into the dead-letter queues of the queues that the app reads, without taking anything out of them. */
import type { ServiceBusClient } from '@azure/service-bus';
import type { DeadLetters } from '../domain/guard/wholeRules';
import type { Outcome } from '../domain/outcome';
import { connectBus, type BusAddress } from './eventBus';
import { attempt } from './failure';

/** More are told as "or more": who has so many will look at them all. */
const MOST_LOOKED_AT = 100;

export interface DeadLetterQueues {
  look(queueName: string): Promise<Outcome<DeadLetters>>;
}

async function peek(client: ServiceBusClient, queueName: string): Promise<DeadLetters> {
  const receiver = client.createReceiver(queueName, { subQueueType: 'deadLetter' });
  try {
    const letters = await receiver.peekMessages(MOST_LOOKED_AT);
    const [oldest] = letters;
    return {
      count: letters.length,
      orMore: letters.length === MOST_LOOKED_AT,
      ...(oldest?.enqueuedTimeUtc === undefined ? {} : { oldest: oldest.enqueuedTimeUtc.toISOString() }),
      ...(oldest?.deadLetterReason === undefined ? {} : { reason: oldest.deadLetterReason }),
    };
  } finally {
    await receiver.close();
  }
}

/** A client for each look, once in an audit: an open connection between audits would cost more than it saves. */
export const createDeadLetterQueues = (address: BusAddress): DeadLetterQueues => ({
  look: (queueName) =>
    attempt(`look into the dead-letter queue of ${queueName}`, async () => {
      const client = connectBus(address);
      try {
        return await peek(client, queueName);
      } finally {
        await client.close();
      }
    }),
});
