import { bodiesOf, closeAll, getsNothing, NO_RENEWAL, startLoopback, take, takeOne } from './loopback';

afterEach(closeAll);

const HOUR_MS = 3_600_000;

async function given() {
  const loopback = await startLoopback({
    requests: { lockDurationMs: 30_000 },
    short: { timeToLiveMs: 1_000 },
    kept: { deadLetterOnExpiration: true, lockDurationMs: 30_000 },
    once: { duplicateDetectionMs: 60_000 },
  });
  const client = loopback.client();
  const ends = (queue: string) => ({
    sender: client.createSender(queue),
    receiver: client.createReceiver(queue, NO_RENEWAL),
    deadLetters: client.createReceiver(queue, { ...NO_RENEWAL, subQueueType: 'deadLetter' }),
  });
  return { ...loopback, ends };
}

describe('A scheduled message', () => {
  it('arrives at its instant, however it was scheduled', async () => {
    const { ends, pass, clock, broker } = await given();
    const { sender, receiver } = ends('requests');
    const at = new Date(clock.nowMs() + HOUR_MS);
    await sender.scheduleMessages([{ body: 'scheduled' }], at);
    await sender.sendMessages({ body: 'sent', scheduledEnqueueTimeUtc: at });
    expect(broker.counts('requests')).toMatchObject({ active: 0, scheduled: 2 });
    expect(clock.nextDueMs()).toBe(at.getTime());
    pass(HOUR_MS - 1);
    expect(await getsNothing(receiver)).toBe(true);
    pass(1);
    const messages = await take(receiver, 2);
    expect(bodiesOf(messages)).toEqual(['scheduled', 'sent']);
    expect(messages[0]).toMatchObject({ enqueuedTimeUtc: at, scheduledEnqueueTimeUtc: at });
  });

  it('is handed at its instant to a receiver that waits', async () => {
    const { ends, pass, clock } = await given();
    const { sender, receiver } = ends('requests');
    await sender.scheduleMessages({ body: 1 }, new Date(clock.nowMs() + HOUR_MS));
    const waiting = takeOne(receiver);
    pass(HOUR_MS);
    expect(await waiting).toMatchObject({ body: 1 });
  });

  it('does not arrive once it is cancelled', async () => {
    const { ends, clock, broker } = await given();
    const { sender } = ends('requests');
    const [number] = await sender.scheduleMessages({ body: 1 }, new Date(clock.nowMs() + HOUR_MS));
    if (number === undefined) throw new Error('Scheduling answered without a number.');
    await sender.cancelScheduledMessages(number);
    expect(broker.counts('requests').scheduled).toBe(0);
    expect(clock.nextDueMs()).toBeUndefined();
    await expect(sender.cancelScheduledMessages(number)).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  it('for an instant that has passed arrives at once', async () => {
    const { ends, clock } = await given();
    const { sender, receiver } = ends('requests');
    await sender.scheduleMessages({ body: 1 }, new Date(clock.nowMs() - 1));
    expect(await takeOne(receiver)).toMatchObject({ body: 1 });
  });
});

describe('A message whose time is up', () => {
  it('is gone, where the queue does not keep such', async () => {
    const { ends, pass, broker } = await given();
    const { sender } = ends('requests');
    await sender.sendMessages({ body: 1, timeToLive: 500 });
    pass(499);
    expect(broker.counts('requests').active).toBe(1);
    pass(1);
    expect(broker.counts('requests')).toMatchObject({ active: 0, deadLettered: 0 });
  });

  it('is dead-lettered, where the queue keeps such', async () => {
    const { ends, pass } = await given();
    const { sender, deadLetters } = ends('kept');
    await sender.sendMessages({ body: 1, timeToLive: 500 });
    pass(500);
    expect(await takeOne(deadLetters)).toMatchObject({ body: 1, deadLetterReason: 'TTLExpiredException' });
    pass(10 * HOUR_MS);
    expect(await takeOne(deadLetters)).toMatchObject({ body: 1 });
  });

  it('lives no longer than the queue lets it', async () => {
    const { ends, pass, broker } = await given();
    const { sender, receiver } = ends('short');
    await sender.sendMessages({ body: 1, timeToLive: HOUR_MS });
    expect(await receiver.peekMessages(1)).toMatchObject([{ timeToLive: 1_000 }]);
    pass(1_000);
    expect(broker.counts('short').active).toBe(0);
  });

  it('may still be completed by who holds it', async () => {
    const { ends, pass, broker } = await given();
    const { sender, receiver } = ends('kept');
    await sender.sendMessages({ body: 1, timeToLive: 500 });
    const message = await takeOne(receiver);
    pass(600);
    await receiver.completeMessage(message);
    expect(broker.counts('kept')).toMatchObject({ active: 0, locked: 0, deadLettered: 0 });
  });

  it('does not come again after it is abandoned', async () => {
    const { ends, pass, broker } = await given();
    const { sender, receiver } = ends('kept');
    await sender.sendMessages({ body: 1, timeToLive: 500 });
    const message = await takeOne(receiver);
    pass(600);
    await receiver.abandonMessage(message);
    expect(broker.counts('kept')).toMatchObject({ active: 0, deadLettered: 1 });
  });
});

describe('Duplicate detection', () => {
  it('drops a repeated id, without telling its sender, until the window is over', async () => {
    const { ends, pass } = await given();
    const { sender, receiver } = ends('once');
    for (const messageId of ['a', 'b', 'a', 'a']) await sender.sendMessages({ body: messageId, messageId });
    expect(bodiesOf(await take(receiver, 2))).toEqual(['a', 'b']);
    pass(60_000 - 1);
    await sender.sendMessages({ body: 'too soon', messageId: 'a' });
    pass(1);
    await sender.sendMessages({ body: 'after', messageId: 'a' });
    const bodies = bodiesOf(await take(receiver, 3));
    expect(bodies).toContain('after');
    expect(bodies).not.toContain('too soon');
  });

  it('is not done where the queue does not ask for it', async () => {
    const { ends } = await given();
    const { sender, receiver } = ends('requests');
    await sender.sendMessages([
      { body: 1, messageId: 'a' },
      { body: 2, messageId: 'a' },
    ]);
    expect(bodiesOf(await take(receiver, 2))).toEqual([1, 2]);
  });
});
