/** Orchestrations of the real library, through the real client, on the local durable backend. */
import { createServer } from 'node:http';
import { registerActivities, registerOrchestrations, Witness } from './functions';
import { Hub } from './hub';

describe('an orchestration', () => {
  const witness = new Witness();
  let hub: Hub;

  beforeAll(async () => {
    hub = await Hub.open((df) => {
      registerActivities(df, witness);
      registerOrchestrations(df);
    });
  });
  afterAll(() => hub.close());

  it.each([
    {
      label: 'hands values of every type to activities and back',
      name: 'values',
      input: { hello: 1 },
      output: [{ hello: 1 }, 's', 5, null, { x: 1 }, [1, 2], true, '42'],
    },
    {
      label: 'retries, alone and side by side',
      name: 'retries',
      output: ['A after 3', ['B after 3', 'C after 3', 'plain'], 'last'],
    },
    {
      label: 'gives up after the last attempt and goes on',
      name: 'givesUp',
      output: ["Activity function 'bad' failed: always bad", 'goes on'],
    },
    { label: 'fans out', name: 'fansOut', input: 4, output: [0, 2, 4, 6] },
    {
      label: 'catches failed activities',
      name: 'catches',
      output: ["Activity function 'bad' failed: always bad", "Activity function 'bad' failed: always bad"],
    },
    { label: 'begins anew with an object', name: 'counts', input: { n: 0 }, output: { n: 4 } },
    { label: 'begins anew with a text', name: 'grows', input: 'b', output: 'baa' },
    {
      label: 'hears of a failed sub-orchestration',
      name: 'parentOfFailing',
      output: "caught: Orchestrator function 'fails' failed: orchestrator boom",
    },
  ])('$label', async ({ name, input, output }) => {
    const status = await hub.run(name, input);
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output });
  });

  it('gives sub-orchestrations their own id or one from the execution', async () => {
    const status = await hub.run('parent');
    expect(status.output).toEqual([
      { sum: 101, parent: status.instanceId, id: `${status.instanceId}-kid` },
      { sum: 102, parent: status.instanceId, id: expect.stringMatching(/^[0-9a-f]{32}:00000001$/) as string },
    ]);
  });

  it('sleeps exactly until its timer', async () => {
    expect(await hub.run('sleeps', 3_600_000)).toMatchObject({ output: 3_600_000 });
  });

  it('cuts a timer of 20 days into pieces', async () => {
    const days = 86_400_000;
    expect(await hub.run('sleeps', 20 * days)).toMatchObject({ output: 20 * days });
  });

  it('times out when no event comes', async () => {
    expect(await hub.run('races')).toMatchObject({ output: 'timed out' });
  });

  it('takes the event that comes before the timer, and leaves no timer behind', async () => {
    const id = await hub.client.startNew('races');
    await hub.settle();
    await hub.client.raiseEvent(id, 'approve', { by: 'me' });
    await hub.settle();
    expect(await hub.client.getStatus(id)).toMatchObject({ output: ['approved', { by: 'me' }, 'next'] });
    expect(hub.clock.nextDueMs()).toBeUndefined();
  });

  it('keeps an event that comes before it is waited for', async () => {
    const id = await hub.client.startNew('waits');
    await hub.client.raiseEvent(id, 'go', 42);
    expect(await hub.finished(id)).toMatchObject({ output: 42, customStatus: { phase: 'waiting' } });
  });

  it('fails with the words of Azure', async () => {
    expect(await hub.run('fails')).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'fails' failed: orchestrator boom",
    });
  });

  it('calls HTTP on loopback, and asks again while the answer is 202', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 202 : 200, { location: '/', 'retry-after': '7' }).end(`answer ${asked}`);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const status = await hub.run('fetches', `http://127.0.0.1:${String(port)}/`);
    server.closeAllConnections();
    server.close();
    expect(status.output).toMatchObject({ statusCode: 200, content: 'answer 3' });
  });

  it('refuses to call HTTP beyond loopback', async () => {
    const status = await hub.run('fetches', 'https://example.com/');
    expect(status.output).toContain('callHttp reaches loopback only in the local stack, not https://example.com');
  });

  it('rewinds a failed instance to the activity that failed', async () => {
    const { instanceId, runtimeStatus } = await hub.run('rewindMe');
    expect(runtimeStatus).toBe('Failed');
    witness.isHealed = true;
    await hub.client.rewind(instanceId, 'again');
    expect(await hub.finished(instanceId)).toMatchObject({ runtimeStatus: 'Completed', output: [7, 'healed', 8] });
  });

  it('fans out 500 wide', async () => {
    const status = await hub.run('fansOut', 500);
    expect(status.output).toHaveLength(500);
  });

  it('takes 100 steps', async () => {
    expect(await hub.run('chain', 100)).toMatchObject({ output: 100 });
  });

  it('runs 20 at once', async () => {
    const inputs = Array.from({ length: 20 }, (_, index) => ({ n: index % 3 }));
    const ids = await Promise.all(inputs.map((input) => hub.client.startNew('counts', { input })));
    for (const id of ids) expect(await hub.finished(id)).toMatchObject({ output: { n: 4 } });
  });
});
