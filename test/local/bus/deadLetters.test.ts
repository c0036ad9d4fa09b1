import { bodiesOf, closeAll, NO_RENEWAL, startLoopback, take, takeOne } from './loopback';

afterEach(closeAll);

const LOCK_MS = 30_000;

async function given() {
  const loopback = await startLoopback({ requests: { maxDeliveryCount: 3, lockDurationMs: LOCK_MS } });
  const client = loopback.client();
  return {
    ...loopback,
    receiver: client.createReceiver('requests', NO_RENEWAL),
    deadLetters: client.createReceiver('requests', { ...NO_RENEWAL, subQueueType: 'deadLetter' }),
    sender: client.createSender('requests'),
  };
}

describe('A message is dead-lettered', () => {
  it('when its receiver says so, with the reason and the description given', async () => {
    const { sender, receiver, deadLetters, broker } = await given();
    await sender.sendMessages({ body: 'bad', messageId: 'm1', applicationProperties: { kept: 'yes' } });
    await receiver.deadLetterMessage(await takeOne(receiver), {
      deadLetterReason: 'Unreadable',
      deadLetterErrorDescription: 'It has no pool name.',
      extra: 1,
    });
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
    expect(await takeOne(deadLetters)).toMatchObject({
      body: 'bad',
      messageId: 'm1',
      deadLetterReason: 'Unreadable',
      deadLetterErrorDescription: 'It has no pool name.',
      deadLetterSource: 'requests',
      applicationProperties: { kept: 'yes', extra: 1 },
    });
  });

  it('when it was abandoned as often as the queue allows', async () => {
    const { sender, receiver, deadLetters } = await given();
    await sender.sendMessages({ body: 'bad' });
    for (const attempt of [0, 1, 2]) {
      const message = await takeOne(receiver);
      expect(message.deliveryCount).toBe(attempt);
      await receiver.abandonMessage(message, { why: `attempt ${attempt}` });
    }
    expect(await takeOne(deadLetters)).toMatchObject({
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'Message could not be consumed after 3 delivery attempts.',
      applicationProperties: { why: 'attempt 2' },
    });
  });

  it('when its lock ran out as often as the queue allows', async () => {
    const { sender, receiver, broker, pass } = await given();
    await sender.sendMessages({ body: 'slow' });
    for (let attempt = 0; attempt < 3; attempt++) {
      await takeOne(receiver);
      pass(LOCK_MS);
    }
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
  });

  it('after it was deferred, when its receiver says so', async () => {
    const { sender, receiver, deadLetters } = await given();
    await sender.sendMessages({ body: 'deferred' });
    const message = await takeOne(receiver);
    await receiver.deferMessage(message);
    const [again] = message.sequenceNumber ? await receiver.receiveDeferredMessages(message.sequenceNumber) : [];
    if (again === undefined) throw new Error('The deferred message did not come.');
    await receiver.deadLetterMessage(again, { deadLetterReason: 'Late', deadLetterErrorDescription: 'Too late.' });
    expect(await takeOne(deadLetters)).toMatchObject({
      deadLetterReason: 'Late',
      deadLetterErrorDescription: 'Too late.',
    });
  });
});

describe('A dead letter', () => {
  it('is handed to a receiver that waits for one already', async () => {
    const { sender, receiver, deadLetters } = await given();
    const waiting = takeOne(deadLetters);
    await sender.sendMessages({ body: 'bad' });
    await receiver.deadLetterMessage(await takeOne(receiver));
    expect(await waiting).toMatchObject({ body: 'bad' });
  });

  it('stays however often it is abandoned, until it is completed', async () => {
    const { sender, receiver, deadLetters, broker } = await given();
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    for (const message of await take(receiver, 2)) await receiver.deadLetterMessage(message);
    for (let attempt = 0; attempt < 12; attempt++) await deadLetters.abandonMessage(await takeOne(deadLetters));
    expect(broker.counts('requests').deadLettered).toBe(2);
    for (const message of await take(deadLetters, 2)) await deadLetters.completeMessage(message);
    expect(broker.counts('requests').deadLettered).toBe(0);
  });

  it('cannot be dead-lettered again', async () => {
    const { sender, receiver, deadLetters } = await given();
    await sender.sendMessages({ body: 'bad' });
    await receiver.deadLetterMessage(await takeOne(receiver));
    await expect(deadLetters.deadLetterMessage(await takeOne(deadLetters))).rejects.toThrow(
      /cannot be dead-lettered again/,
    );
  });

  it('is peeked at, with its reason, and stays where it is', async () => {
    const { sender, receiver, deadLetters, broker, client } = await given();
    await sender.sendMessages(
      [1, 2, 3].map((body) => ({ body, messageId: `m${body}`, contentType: 'application/json' })),
    );
    for (const message of await take(receiver, 3)) {
      const deadLetterErrorDescription = `It says ${String(message.body)}.`;
      await receiver.deadLetterMessage(message, { deadLetterReason: 'Unreadable', deadLetterErrorDescription });
    }
    const peeking = client().createReceiver('requests', { subQueueType: 'deadLetter' });
    expect(await peeking.peekMessages(2)).toMatchObject([
      { body: 1, messageId: 'm1', deadLetterReason: 'Unreadable', deadLetterErrorDescription: 'It says 1.' },
      { body: 2, messageId: 'm2', contentType: 'application/json', deadLetterSource: 'requests' },
    ]);
    expect(bodiesOf(await peeking.peekMessages(10))).toEqual([3]);
    expect(await peeking.peekMessages(10)).toEqual([]);
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 0, deadLettered: 3 });
    const [first] = await take(deadLetters, 1);
    expect(bodiesOf(await client().createReceiver('requests', { subQueueType: 'deadLetter' }).peekMessages(1))).toEqual(
      [1],
    );
    if (first) await deadLetters.completeMessage(first);
    const left = client().createReceiver('requests', { subQueueType: 'deadLetter' });
    expect(bodiesOf(await left.peekMessages(10))).toEqual([2, 3]);
  });

  it('is peeked at where there is none, and from a number on', async () => {
    const { sender, receiver, client } = await given();
    const peeking = client().createReceiver('requests', { subQueueType: 'deadLetter' });
    expect(await peeking.peekMessages(5)).toEqual([]);
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    for (const message of await take(receiver, 2)) await receiver.deadLetterMessage(message);
    const all = await peeking.peekMessages(5);
    const fromSequenceNumber = all[1]?.sequenceNumber;
    expect(fromSequenceNumber && bodiesOf(await peeking.peekMessages(5, { fromSequenceNumber }))).toEqual([2]);
  });
});
