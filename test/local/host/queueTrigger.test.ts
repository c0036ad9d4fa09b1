import { START_MS, until, World } from './world';

const QUEUES = {
  plain: { maxDeliveryCount: 2 },
  binary: {},
  held: { lockDurationMs: 30_000 },
  sdk: {},
  batch: { maxDeliveryCount: 2, lockDurationMs: 30_000 },
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

  it('hands over text that is no JSON as text', async () => {
    await world.send('plain', { body: 'not JSON', contentType: 'text/plain' });
    expect(await world.take('seen')).toMatchObject([{ message: 'not JSON', type: 'string' }]);
  });

  it('hands over bytes when asked to, and sends each element of a returned array', async () => {
    await world.send('binary', { body: Buffer.from([0xff, 0x00]) });
    expect(await world.take('seen', 2)).toEqual([{ hex: 'ff00' }, Buffer.from('and a text')]);
  });

  it('abandons the message of a function that throws, until the broker dead-letters it', async () => {
    await world.send('plain', { body: { fail: true } });
    await world.settled();
    expect(world.broker.counts('plain')).toMatchObject({ active: 0, deadLettered: 1 });
    const failures = world.logs.filter(({ message }) => message.includes('told to fail'));
    expect(failures).toMatchObject([
      { level: 'error', function: 'plainMessage' },
      { level: 'error', function: 'plainMessage' },
    ]);
  });

  it('runs no more functions at a time than maxConcurrentCalls', async () => {
    for (const body of ['first', 'second', 'third']) await world.send('held', { body });
    await world.logged("Executing 'heldMessage'", 2);
    expect(world.broker.counts('held')).toMatchObject({ active: 1, locked: 2 });
    expect(await world.post('/api/release')).toEqual({ released: 2 });
    await world.logged("Executing 'heldMessage'", 3);
    await world.post('/api/release');
    await world.settled();
    expect(world.broker.counts('held')).toMatchObject({ active: 0, locked: 0 });
  });

  it('renews the lock of a long run for as long as host.json says, and no longer', async () => {
    await world.send('held', { body: 'long', messageId: 'long' });
    await world.logged("message 'long' of queue 'held', delivery 1");
    await world.advance(5 * 60_000);
    expect((await world.host.status()).idle).toBe(false);
    expect(world.broker.counts('held')).toMatchObject({ active: 0, locked: 1 });
    await world.advance(30_000);
    await world.logged("message 'long' of queue 'held', delivery 2");
    await world.post('/api/release');
    await world.settled();
    expect(world.broker.counts('held')).toMatchObject({ active: 0, locked: 0 });
    expect(world.logs.map(({ message }) => message)).toContainEqual(expect.stringContaining('was not settled'));
  });

  it('goes on when the broker comes back', async () => {
    await world.broker.close();
    await world.logged('No Service Bus broker');
    await world.startBroker();
    await world.logged('is back');
    await world.send('plain', { body: 'after the restart' });
    expect(await world.take('seen')).toMatchObject([{ message: 'after the restart' }]);
  });

  it('lets a running function come to its end before it stops', async () => {
    await world.send('held', { body: 'last', messageId: 'last' });
    await world.logged("message 'last'");
    const stopped = world.host.stop();
    await world.post('/api/release');
    await stopped;
    await until(() => (world.broker.counts('held').locked === 0 ? true : undefined));
    expect(world.broker.counts('held')).toMatchObject({ active: 0, locked: 0 });
  });
});
