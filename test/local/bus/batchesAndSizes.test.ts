import { bodiesOf, closeAll, NO_RENEWAL, startLoopback, take, takeOne } from './loopback';

afterEach(closeAll);

const KIB = 1024;

async function given(limits: { maxMessageBytes?: number } = {}) {
  const loopback = await startLoopback({ requests: {} }, limits);
  const client = loopback.client();
  return {
    ...loopback,
    sender: client.createSender('requests'),
    receiver: client.createReceiver('requests', NO_RENEWAL),
  };
}

describe('A batch', () => {
  it('puts each of its messages, in order', async () => {
    const { sender, receiver } = await given();
    const batch = await sender.createMessageBatch();
    for (let body = 0; body < 5; body++) expect(batch.tryAddMessage({ body, messageId: `m${body}` })).toBe(true);
    await sender.sendMessages(batch);
    const messages = await take(receiver, 5);
    expect(bodiesOf(messages)).toEqual([0, 1, 2, 3, 4]);
    expect(messages.map(({ messageId }) => messageId)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  it('of one message is that message', async () => {
    const { sender, receiver } = await given();
    await sender.sendMessages([{ body: Buffer.from('bytes'), applicationProperties: { k: 'v' } }]);
    expect(await takeOne(receiver)).toMatchObject({ body: Buffer.from('bytes'), applicationProperties: { k: 'v' } });
  });

  it('is full at the size that the broker takes', async () => {
    const { sender } = await given({ maxMessageBytes: 64 * KIB });
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(64 * KIB);
    let added = 0;
    while (batch.tryAddMessage({ body: 'x'.repeat(KIB) })) added++;
    expect(added).toBeGreaterThan(50);
    await sender.sendMessages(batch);
  });
});

describe('A message', () => {
  it('of 300 KiB comes back whole', async () => {
    const { sender, receiver } = await given();
    const body = Buffer.alloc(300 * KIB, 7);
    await sender.sendMessages({ body });
    const received: unknown = (await takeOne(receiver)).body;
    expect(Buffer.isBuffer(received) && received.equals(body)).toBe(true);
  });

  it.each([
    ['by itself', false],
    ['in a batch', true],
  ])('that is too large is refused, sent %s, and leaves nothing behind', async (_label, inBatch) => {
    const { broker, sender } = await given({ maxMessageBytes: 64 * KIB });
    const message = { body: Buffer.alloc(65 * KIB) };
    await expect(sender.sendMessages(inBatch ? [message] : message)).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    expect(broker.counts('requests').active).toBe(0);
    await sender.sendMessages({ body: 'small' });
    expect(broker.counts('requests').active).toBe(1);
  });

  it('that is too large is refused when it is scheduled', async () => {
    const { broker, sender, clock } = await given({ maxMessageBytes: 64 * KIB });
    const later = new Date(clock.nowMs() + 1_000);
    await expect(sender.scheduleMessages({ body: Buffer.alloc(65 * KIB) }, later)).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    expect(broker.counts('requests').scheduled).toBe(0);
  });
});
