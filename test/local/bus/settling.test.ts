import { bodiesOf, closeAll, getsNothing, NO_RENEWAL, startLoopback, take, takeOne } from './loopback';

afterEach(closeAll);

const EMPTY = { active: 0, locked: 0, deferred: 0, scheduled: 0, deadLettered: 0 };

async function given() {
  const loopback = await startLoopback({ requests: {} });
  const client = loopback.client();
  return {
    ...loopback,
    client,
    sender: client.createSender('requests'),
    receiver: client.createReceiver('requests', NO_RENEWAL),
  };
}

describe('A message in a queue', () => {
  it('arrives as it was sent', async () => {
    const { sender, receiver, clock } = await given();
    await sender.sendMessages({
      body: { pool: 'render', text: 'é' },
      messageId: 'm1',
      correlationId: 'c1',
      subject: 'build',
      contentType: 'application/json',
      applicationProperties: { number: 5, text: 'x', flag: true, fraction: 1.5 },
    });
    const message = await takeOne(receiver);
    expect(message).toMatchObject({
      body: { pool: 'render', text: 'é' },
      messageId: 'm1',
      correlationId: 'c1',
      subject: 'build',
      contentType: 'application/json',
      applicationProperties: { number: 5, text: 'x', flag: true, fraction: 1.5 },
      deliveryCount: 0,
      enqueuedTimeUtc: new Date(clock.nowMs()),
      lockedUntilUtc: new Date(clock.nowMs() + 60_000),
    });
    expect(message.sequenceNumber?.toNumber()).toBe(1);
  });

  it.each([
    ['text', 'plain'],
    ['a number', 0],
    ['a list', [1, 'two', null]],
    ['bytes', Buffer.from([0, 1, 254, 255])],
  ])('keeps a body that is %s', async (_label, body) => {
    const { sender, receiver } = await given();
    await sender.sendMessages({ body });
    expect((await takeOne(receiver)).body).toEqual(body);
  });

  it('gets an id when its sender gave none', async () => {
    const { sender, receiver } = await given();
    await sender.sendMessages({ body: 1 });
    expect((await takeOne(receiver)).messageId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('can be put without a client', async () => {
    const { broker, receiver } = await given();
    broker.put('requests', {
      body: '{"a":1}',
      contentType: 'application/json',
      messageId: 'e1',
      applicationProperties: { k: 'v' },
    });
    expect(await takeOne(receiver)).toMatchObject({
      body: { a: 1 },
      messageId: 'e1',
      applicationProperties: { k: 'v' },
    });
  });

  it('is gone once it is completed', async () => {
    const { broker, sender, receiver } = await given();
    await sender.sendMessages({ body: 1 });
    const message = await takeOne(receiver);
    expect(broker.counts('requests')).toEqual({ ...EMPTY, locked: 1 });
    await receiver.completeMessage(message);
    expect(broker.counts('requests')).toEqual(EMPTY);
  });

  it('comes again, counted and changed, once it is abandoned', async () => {
    const { sender, receiver } = await given();
    await sender.sendMessages({ body: 1, applicationProperties: { kept: 'yes' } });
    await receiver.abandonMessage(await takeOne(receiver), { why: 'busy' });
    expect(await takeOne(receiver)).toMatchObject({
      deliveryCount: 1,
      applicationProperties: { kept: 'yes', why: 'busy' },
    });
  });

  it('comes again in its old place', async () => {
    const { sender, receiver } = await given();
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const [first, second] = await take(receiver, 2);
    if (!first || !second) throw new Error('Two messages were taken.');
    await receiver.abandonMessage(second);
    await receiver.abandonMessage(first);
    expect(bodiesOf(await take(receiver, 3))).toEqual([1, 2, 3]);
  });

  it('waits out of the way once it is deferred, until it is asked for by number', async () => {
    const { broker, sender, receiver } = await given();
    await sender.sendMessages({ body: 'later' });
    const message = await takeOne(receiver);
    await receiver.deferMessage(message, { step: 2 });
    expect(broker.counts('requests')).toEqual({ ...EMPTY, deferred: 1 });
    expect(await getsNothing(receiver)).toBe(true);
    expect(await receiver.peekMessages(1)).toMatchObject([{ state: 'deferred' }]);

    const [again] = await receiver.receiveDeferredMessages([message.sequenceNumber ?? fail()]);
    expect(again).toMatchObject({ body: 'later', applicationProperties: { step: 2 } });
    await receiver.completeMessage(again ?? fail());
    expect(broker.counts('requests')).toEqual(EMPTY);
  });

  it('stays deferred when it is abandoned after it was asked for', async () => {
    const { broker, sender, receiver } = await given();
    await sender.sendMessages({ body: 'later' });
    const message = await takeOne(receiver);
    await receiver.deferMessage(message);
    const [again] = await receiver.receiveDeferredMessages([message.sequenceNumber ?? fail()]);
    await receiver.abandonMessage(again ?? fail());
    expect(broker.counts('requests')).toEqual({ ...EMPTY, deferred: 1 });
  });

  it('is gone on receipt in mode receiveAndDelete', async () => {
    const { broker, client, sender } = await given();
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('requests', { receiveMode: 'receiveAndDelete' });
    expect(bodiesOf(await take(receiver, 1))).toEqual([1]);
    expect(broker.counts('requests')).toEqual({ ...EMPTY, active: 1 });
  });
});

describe('A receiver', () => {
  it('gets an empty answer from an empty queue', async () => {
    const { receiver } = await given();
    expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 20 })).toEqual([]);
  });

  it('locks no more messages than it asked for', async () => {
    const { broker, sender, receiver } = await given();
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    await take(receiver, 1);
    expect(broker.counts('requests')).toEqual({ ...EMPTY, active: 2, locked: 1 });
  });

  it('shares the queue with the others that wait', async () => {
    const { broker, client } = await given();
    const receivers = [0, 1].map(() => client.createReceiver('requests', NO_RENEWAL));
    const waiting = receivers.map((receiver) => take(receiver, 2));
    for (let body = 0; body < 4; body++) broker.put('requests', { body: String(body) });
    expect((await Promise.all(waiting)).flatMap(bodiesOf).sort()).toEqual([0, 1, 2, 3]);
  });

  it('goes on beyond the 2,048 deliveries that an AMQP session holds', async () => {
    const { broker, client } = await given();
    const receiver = client.createReceiver('requests', NO_RENEWAL);
    const count = 3_100;
    for (let body = 0; body < count; body++) broker.put('requests', { body: String(body) });
    const seen = new Set<unknown>();
    await new Promise<void>((resolve, reject) => {
      receiver.subscribe(
        {
          processMessage: async ({ body }) => {
            if (seen.add(body).size === count) setImmediate(resolve);
            return Promise.resolve();
          },
          processError: async ({ error }) => {
            reject(error);
            return Promise.resolve();
          },
        },
        { maxConcurrentCalls: 50 },
      );
    });
    await receiver.close();
    expect(broker.counts('requests')).toEqual(EMPTY);
  });

  it('abandons what its handler fails on, and gets it again', async () => {
    const { broker, sender, receiver } = await given();
    await sender.sendMessages({ body: 1 });
    const deliveries: unknown[] = [];
    const errors: string[] = [];
    await new Promise<void>((resolve) => {
      receiver.subscribe({
        processMessage: async ({ deliveryCount }) => {
          deliveries.push(deliveryCount);
          if (deliveryCount === 0) throw new Error('once');
          setImmediate(resolve);
          return Promise.resolve();
        },
        processError: async ({ error }) => Promise.resolve(void errors.push(error.message)),
      });
    });
    await receiver.close();
    expect(deliveries).toEqual([0, 1]);
    expect(errors).toEqual(['once']);
    expect(broker.counts('requests')).toEqual(EMPTY);
  });
});

function fail(): never {
  throw new Error('The message should have been there.');
}
