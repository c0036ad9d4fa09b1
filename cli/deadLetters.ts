/** `npm run dead-letters -- QUEUE`: shows the dead letters of a queue; resubmits and deletes those that are named. */
import { readFile } from 'node:fs/promises';
import type { ServiceBusClient } from '@azure/service-bus';
import { IMAGE_BUILD_REQUESTS } from '../functions/queues';
import { errorText } from '../shared/domain/outcome';
import { busAddress, openBus } from './bus';
import { DEAD_LETTER_QUEUES, readOrders, type DeadLetterOrders } from './deadLettersArguments';
import { carryOut, draftOrders } from './deadLettersOrders';
import { peekDeadLetters } from './deadLettersQueue';
import { deadLettersText } from './deadLettersView';
import { readRequestFile } from './requestFile';

const USAGE = `Usage: npm run dead-letters -- QUEUE [--resubmit ID... [--with FILE] | --resubmit-all] [--delete ID...]
  QUEUE           ${DEAD_LETTER_QUEUES.join(', ')}
  --resubmit      send these again, each under a new message id; a dead letter goes when the bus has taken its successor
  --with          send the text of this file in place of the body, for the one id that --resubmit names
  --resubmit-all  send all of them again
  --delete        delete these for good
Without an option it shows them and touches nothing. Exit code 0: all was done; 1: not all, or nothing; 2: usage.`;

/** The corrected body; a request must be one, or it would only come back. */
async function bodyOf({ queue, corrected }: DeadLetterOrders): Promise<Buffer | undefined> {
  if (corrected === undefined) return undefined;
  if (queue === IMAGE_BUILD_REQUESTS) {
    const read = await readRequestFile(corrected);
    if (!read.ok) throw new Error(read.why);
  }
  return readFile(corrected);
}

async function main(): Promise<number> {
  const orders = readOrders(process.argv.slice(2));
  if (!orders) {
    console.error(USAGE);
    return 2;
  }
  const corrected = await bodyOf(orders);
  const client = openBus(await busAddress());
  try {
    return await follow(client, orders, corrected);
  } finally {
    await client.close();
  }
}

async function follow(
  client: ServiceBusClient,
  orders: DeadLetterOrders,
  corrected: Buffer | undefined,
): Promise<number> {
  const { queue } = orders;
  const letters = await peekDeadLetters(client, queue);
  if (orders.resubmit.length === 0 && orders.remove.length === 0) {
    console.log(deadLettersText(queue, letters));
    return 0;
  }
  const drafted = draftOrders(letters, orders);
  if (drafted.unknown.length > 0) {
    console.error(
      `Nothing was touched: ${drafted.unknown.join(', ')} is not among the ${letters.length} dead letters of ${queue}. ` +
        `It may be resubmitted or deleted already; npm run dead-letters -- ${queue} shows what is there.`,
    );
    return 1;
  }
  if (drafted.orders.size === 0) console.log(deadLettersText(queue, letters));
  return carryOut({ client, queue, corrected }, drafted.orders);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`Not all was done: ${errorText(error)}`);
    process.exit(1);
  },
);
