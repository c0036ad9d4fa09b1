import { Broker } from '../../../local/bus/broker';
import { SteppedClock } from '../../../local/clock';
import { closeAll, keep, NO_RENEWAL, startLoopback, takeOne, until } from './loopback';

afterEach(closeAll);

describe('A client', () => {
  it('goes on with a new broker on the same port', async () => {
    const { broker, client, port } = await startLoopback({ requests: {} });
    const [sender, receiver] = [client().createSender('requests'), client().createReceiver('requests', NO_RENEWAL)];
    const bodies: unknown[] = [];
    let noticed = false;
    receiver.subscribe(
      {
        processMessage: async (message) => {
          await receiver.completeMessage(message);
          bodies.push(message.body);
        },
        processError: async () => {
          noticed = true;
          return Promise.resolve();
        },
      },
      { autoCompleteMessages: false },
    );
    await sender.sendMessages({ body: 'before' });
    await until(() => bodies.length === 1);

    await broker.close();
    await until(() => noticed);
    const next = keep(new Broker({ clock: new SteppedClock(0), queues: { requests: {} } }));
    expect(await next.listen({ port })).toBe(port);
    await sender.sendMessages({ body: 'after' });
    await until(() => bodies.length === 2);
    expect(bodies).toEqual(['before', 'after']);
  });
});

describe('A broker that was closed', () => {
  async function holdingALock() {
    const loopback = await startLoopback({ requests: { lockDurationMs: 30_000 } });
    loopback.broker.put('requests', { body: '"kept"' });
    const client = loopback.client();
    await takeOne(client.createReceiver('requests', NO_RENEWAL));
    await client.close();
    return loopback;
  }

  it('leaves no timer on the clock', async () => {
    const { broker, clock } = await holdingALock();
    expect(clock.nextDueMs()).toBeDefined();
    await broker.close();
    expect(clock.nextDueMs()).toBeUndefined();
  });

  it('goes on with its messages when it listens again', async () => {
    const { broker, client, port, pass } = await holdingALock();
    await broker.close();
    pass(29_999);
    await broker.listen({ port });
    expect(broker.counts('requests')).toMatchObject({ active: 0, locked: 1 });
    pass(1);
    expect(await takeOne(client().createReceiver('requests', NO_RENEWAL))).toMatchObject({
      body: 'kept',
      deliveryCount: 1,
    });
  });

  it('refuses to listen where another does', async () => {
    const { port } = await startLoopback({ requests: {} });
    const other = keep(new Broker({ clock: new SteppedClock(0), queues: {} }));
    await expect(other.listen({ port })).rejects.toThrow(/EADDRINUSE/);
  });
});
