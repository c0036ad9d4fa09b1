/** Batches of a queue's messages: what one run of a function gets, and what becomes of each message after it. */
import type { ServiceBusMessage } from '@azure/service-bus';
import { until, World } from './world';

const QUEUES = {
  ...{ plain: {}, binary: {}, held: {}, sdk: {} },
  batch: { maxDeliveryCount: 2, lockDurationMs: 30_000 },
  seen: {},
};

let world: World;
beforeAll(async () => {
  world = await World.start({ app: 'queues', queues: QUEUES, env: { PLAIN_QUEUE: 'plain' } });
});
afterAll(() => world.close());

interface Batch {
  readonly bodies: readonly string[];
  readonly messageIdArray: readonly string[];
  readonly deliveryCountArray: readonly number[];
}

/** The batches in which so many messages were seen. */
async function batchesOf(messages: number): Promise<readonly Batch[]> {
  const seen: Batch[] = [];
  while (seen.flatMap(({ bodies }) => bodies).length < messages) seen.push(...((await world.take('seen')) as Batch[]));
  return seen;
}

const acting = (act: string, ids: readonly string[]): ServiceBusMessage[] =>
  ids.map((id) => ({ messageId: id, body: Buffer.from(id), applicationProperties: { act } }));

describe("a queue trigger with cardinality 'many'", () => {
  it('hands over what waits, in order, never more than host.json says, each with its own lock', async () => {
    await world.send('batch', acting('complete', ['a', 'b', 'c', 'd', 'e']));
    const seen = await batchesOf(5);
    expect(seen.flatMap(({ bodies }) => bodies)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(seen.flatMap(({ messageIdArray }) => messageIdArray)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(Math.max(...seen.map(({ bodies }) => bodies.length))).toBeGreaterThan(1);
    expect(Math.max(...seen.map(({ bodies }) => bodies.length))).toBeLessThanOrEqual(3);
    await world.settled();
    expect(world.broker.counts('batch')).toMatchObject({ active: 0, locked: 0, deadLettered: 0 });
  });

  it('hands over a single one at once, as a list', async () => {
    await world.send('batch', acting('complete', ['alone']));
    expect(await batchesOf(1)).toEqual([{ bodies: ['alone'], messageIdArray: ['alone'], deliveryCountArray: [1] }]);
  });

  it('abandons those that a failing function has not settled, and leaves the others alone', async () => {
    await world.send('batch', [...acting('complete', ['done']), ...acting('fail', ['failing'])]);
    await world.settled();
    expect((await world.peekDeadLetters('batch')).map(({ messageId }) => messageId)).toEqual(['failing']);
    expect(world.broker.counts('batch')).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
  });

  it('leaves what nobody settled to its lock', async () => {
    await world.send('batch', acting('nothing', ['unsettled']));
    await until(() => (world.broker.counts('batch').locked === 1 ? true : undefined));
    await until(async () => ((await world.host.status()).idle ? true : undefined));
    await world.advance(29_000);
    expect(world.broker.counts('batch')).toMatchObject({ active: 0, locked: 1 });
  });
});
