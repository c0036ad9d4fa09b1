import { closeAll, getsNothing, NO_RENEWAL, startLoopback, takeOne, until } from './loopback';

afterEach(closeAll);

const LOCK_MS = 30_000;

async function given() {
  const loopback = await startLoopback({ requests: { lockDurationMs: LOCK_MS } });
  const client = loopback.client();
  const receiver = client.createReceiver('requests', NO_RENEWAL);
  loopback.broker.put('requests', { body: '"work"' });
  return { ...loopback, client, receiver, anotherClient: loopback.client };
}

describe('A lock', () => {
  it('keeps a message from other receivers until its last millisecond', async () => {
    const { client, receiver, pass } = await given();
    await takeOne(receiver);
    const other = client.createReceiver('requests', NO_RENEWAL);
    pass(LOCK_MS - 1);
    expect(await getsNothing(other)).toBe(true);
    pass(1);
    expect(await takeOne(other)).toMatchObject({ body: 'work', deliveryCount: 1 });
  });

  it('that ran out can neither settle nor be renewed', async () => {
    const { receiver, pass } = await given();
    const message = await takeOne(receiver);
    pass(LOCK_MS);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect(await takeOne(receiver)).toMatchObject({ deliveryCount: 1 });
  });

  it('settles only once', async () => {
    const { receiver, client, broker } = await given();
    const message = await takeOne(receiver);
    await receiver.completeMessage(message);
    const another = client.createReceiver('requests', NO_RENEWAL);
    await expect(another.completeMessage(message)).rejects.toThrow(/already/i);
    expect(broker.counts('requests').active).toBe(0);
  });

  it('lasts its full time again once it is renewed', async () => {
    const { receiver, pass, clock, broker } = await given();
    const message = await takeOne(receiver);
    pass(LOCK_MS - 1);
    expect(await receiver.renewMessageLock(message)).toEqual(new Date(clock.nowMs() + LOCK_MS));
    pass(LOCK_MS - 1);
    expect(broker.counts('requests').locked).toBe(1);
    await receiver.completeMessage(message);
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0 });
  });

  it('outlives the link that took it, and can still settle', async () => {
    const { client, receiver, broker } = await given();
    const message = await takeOne(receiver);
    await receiver.close();
    const other = client.createReceiver('requests', NO_RENEWAL);
    await other.completeMessage(message);
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0 });
  });

  it('of a client that dropped ends in its time, and the message comes again', async () => {
    const { client, receiver, broker, pass, anotherClient } = await given();
    await takeOne(receiver);
    await client.close();
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 1 });
    pass(LOCK_MS);
    expect(await takeOne(anotherClient().createReceiver('requests', NO_RENEWAL))).toMatchObject({ deliveryCount: 1 });
  });

  it('is the next thing that the clock knows of, for as long as it holds', async () => {
    const { receiver, clock } = await given();
    expect(clock.nextDueMs()).toBeUndefined();
    const message = await takeOne(receiver);
    expect(clock.nextDueMs()).toBe(clock.nowMs() + LOCK_MS);
    await receiver.completeMessage(message);
    expect(clock.nextDueMs()).toBeUndefined();
  });
});

describe('The broker', () => {
  it('is idle when nobody could take a message, and not while one is held', async () => {
    const { receiver, broker } = await given();
    expect(broker.isIdle()).toBe(true);
    const message = await takeOne(receiver);
    expect(broker.isIdle()).toBe(false);
    await receiver.completeMessage(message);
    await until(() => broker.isIdle());
  });

  it('is idle again while a subscription waits for more', async () => {
    const { receiver, broker } = await given();
    let handled = 0;
    receiver.subscribe({
      processMessage: async () => Promise.resolve(handled++).then(),
      processError: async ({ error }) => Promise.reject(error),
    });
    await until(() => handled === 1 && broker.isIdle());
    broker.put('requests', { body: '"more"' });
    await until(() => handled === 2 && broker.isIdle());
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0 });
  });
});
