import { START_MS, World } from './world';

const QUEUES = {
  plain: { maxDeliveryCount: 2 },
  binary: {},
  held: { lockDurationMs: 30_000 },
  sdk: { maxDeliveryCount: 3, lockDurationMs: 30_000 },
  seen: {},
};

let world: World;
beforeAll(async () => {
  world = await World.start({ app: 'queues', queues: QUEUES, env: { PLAIN_QUEUE: 'plain' } });
});
afterAll(() => world.close());

describe('a queue trigger', () => {
  it('hands over the body, parsed when it is JSON, and the metadata of the real extension', async () => {
    await world.send('plain', {
      body: { vm: 'build-7' },
      contentType: 'application/json',
      messageId: 'm-1',
      correlationId: 'c-1',
      subject: 'request',
      applicationProperties: { askedBy: 'ci' },
    });
    const [seen] = await world.take('seen');
    expect(seen).toMatchObject({
      message: { vm: 'build-7' },
      metadata: {
        messageId: 'm-1',
        correlationId: 'c-1',
        subject: 'request',
        label: 'request',
        contentType: 'application/json',
        deliveryCount: 1,
        sequenceNumber: 1,
        enqueuedTimeUtc: new Date(START_MS).toISOString(),
        enqueuedTime: new Date(START_MS).toISOString().replace('Z', '+00:00'),
        applicationProperties: { askedBy: 'ci' },
        userProperties: { askedBy: 'ci' },
        lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    });
    await world.settled();
    expect(world.broker.counts('plain')).toMatchObject({ active: 0, locked: 0 });
  });
});
