import { bodiesOf, closeAll, NO_RENEWAL, startLoopback, take, takeOne, until } from './loopback';

afterEach(closeAll);

const LOCK_MS = 30_000;

async function given() {
  const loopback = await startLoopback({ pools: { requiresSession: true, lockDurationMs: LOCK_MS }, plain: {} });
  const client = loopback.client();
  await client.createSender('pools').sendMessages([
    { body: 1, sessionId: 'A' },
    { body: 2, sessionId: 'B' },
    { body: 3, sessionId: 'A' },
  ]);
  return { ...loopback, client, anotherClient: loopback.client };
}

describe('A session', () => {
  it('gives its messages, and only its own, in order', async () => {
    const { client, clock } = await given();
    const session = await client.acceptSession('pools', 'A', NO_RENEWAL);
    expect(session.sessionLockedUntilUtc).toEqual(new Date(clock.nowMs() + LOCK_MS));
    const messages = await take(session, 2);
    expect(bodiesOf(messages)).toEqual([1, 3]);
    expect(messages.map(({ sessionId }) => sessionId)).toEqual(['A', 'A']);
  });

  it('that waits longest is accepted next', async () => {
    const { client } = await given();
    const [first, second] = [
      await client.acceptNextSession('pools', NO_RENEWAL),
      await client.acceptNextSession('pools', NO_RENEWAL),
    ];
    expect([first.sessionId, second.sessionId]).toEqual(['A', 'B']);
    await expect(client.acceptNextSession('pools', NO_RENEWAL)).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
  });

  it('that is held is refused to others, until it is closed', async () => {
    const { client } = await given();
    const holder = await client.acceptSession('pools', 'A', NO_RENEWAL);
    await expect(client.acceptSession('pools', 'A', NO_RENEWAL)).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    await takeOne(holder);
    await holder.close();
    const next = await client.acceptSession('pools', 'A', NO_RENEWAL);
    expect(await takeOne(next)).toMatchObject({ body: 1, deliveryCount: 0 });
  });

  it('keeps what the application stores with it', async () => {
    const { client } = await given();
    const session = await client.acceptSession('pools', 'A', NO_RENEWAL);
    expect(await session.getSessionState()).toBeFalsy();
    await session.setSessionState({ step: 2 });
    await session.close();
    expect(await (await client.acceptSession('pools', 'A', NO_RENEWAL)).getSessionState()).toEqual({ step: 2 });
  });

  it('stays with its holder for as long as it is renewed', async () => {
    const { client, pass, clock } = await given();
    const session = await client.acceptSession('pools', 'A', NO_RENEWAL);
    const message = await takeOne(session);
    pass(LOCK_MS - 1);
    expect(await session.renewSessionLock()).toEqual(new Date(clock.nowMs() + LOCK_MS));
    pass(LOCK_MS - 1);
    await session.completeMessage(message);
    expect(bodiesOf([await takeOne(session)])).toEqual([3]);
  });

  it('whose lock ran out is lost, and its messages count as delivered', async () => {
    const { client, pass } = await given();
    const session = await client.acceptSession('pools', 'A', NO_RENEWAL);
    const message = await takeOne(session);
    pass(LOCK_MS);
    await until(() => session.isClosed || !isOpen(session));
    await expect(session.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    await expect(session.renewSessionLock()).rejects.toMatchObject({ code: 'SessionLockLost' });
    await expect(session.setSessionState('late')).rejects.toMatchObject({ code: 'SessionLockLost' });
    const next = await client.acceptSession('pools', 'A', NO_RENEWAL);
    expect(await takeOne(next)).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it('of a client that dropped is free for the next', async () => {
    const { client, anotherClient } = await given();
    await client.acceptSession('pools', 'A', NO_RENEWAL);
    await client.close();
    expect((await anotherClient().acceptSession('pools', 'A', NO_RENEWAL)).sessionId).toBe('A');
  });

  it('hands over what is sent while its holder waits', async () => {
    const { client } = await given();
    const session = await client.acceptSession('pools', 'C', NO_RENEWAL);
    const waiting = takeOne(session);
    await client.createSender('pools').sendMessages({ body: 4, sessionId: 'C' });
    expect(await waiting).toMatchObject({ body: 4 });
  });

  it('is peeked at alone', async () => {
    const { client } = await given();
    const session = await client.acceptSession('pools', 'B', NO_RENEWAL);
    expect(bodiesOf(await session.peekMessages(10))).toEqual([2]);
  });
});

describe('A queue', () => {
  it('with sessions refuses messages and receivers without one', async () => {
    const { client } = await given();
    await expect(client.createSender('pools').sendMessages({ body: 1 })).rejects.toThrow(/needs a session id/);
    await expect(client.createReceiver('pools').receiveMessages(1)).rejects.toThrow(/without a session/);
  });

  it('without sessions refuses to accept one', async () => {
    const { client } = await given();
    await expect(client.acceptSession('plain', 'A')).rejects.toThrow();
  });
});

/** The client closes a session's link by itself once the broker has; its receiver does not tell. */
function isOpen(receiver: object): boolean {
  const inner: unknown = Reflect.get(receiver, '_messageSession');
  return typeof inner === 'object' && inner !== null && Reflect.get(inner, '_link') !== undefined;
}
