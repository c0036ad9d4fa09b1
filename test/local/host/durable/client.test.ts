/** The durable HTTP API as the real client uses it, and what it refuses. */
import { registerActivities, registerOrchestrations, Witness } from './functions';
import { Hub } from './hub';

describe('the durable client', () => {
  let hub: Hub;

  beforeEach(async () => {
    hub = await Hub.open((df) => {
      registerActivities(df, new Witness());
      registerOrchestrations(df);
    });
  });
  afterEach(() => hub.close());

  const startWaiting = async (instanceId: string): Promise<string> => {
    const id = await hub.client.startNew('waits', { instanceId });
    await hub.settle();
    return id;
  };
  const statusOf = async (id: string): Promise<string> => (await hub.client.getStatus(id)).runtimeStatus;

  it('starts an instance under the id that it asks for', async () => {
    expect(await hub.client.startNew('counts', { instanceId: 'mine', input: { n: 1 } })).toBe('mine');
    expect(await hub.finished('mine')).toMatchObject({
      name: 'counts',
      instanceId: 'mine',
      output: { n: 4 },
      createdTime: new Date('2026-01-01T00:00:00Z'),
    });
  });

  it('refuses an id that is already running, and replaces one that is done', async () => {
    await startWaiting('twice');
    await expect(hub.client.startNew('waits', { instanceId: 'twice' })).rejects.toThrow(
      'unexpected status code: 409. Details: {"Message":"An Orchestration instance with the status Running already exists."}',
    );
    await hub.client.raiseEvent('twice', 'go', 1);
    await hub.finished('twice');
    expect(await hub.client.startNew('counts', { instanceId: 'twice', input: { n: 3 } })).toBe('twice');
    expect(await hub.finished('twice')).toMatchObject({ name: 'counts', output: { n: 4 } });
  });

  it('refuses an orchestrator that is not registered', async () => {
    await expect(hub.client.startNew('nobody')).rejects.toThrow(
      /400.*The function 'nobody' doesn't exist, is disabled, or is not an orchestrator function/,
    );
  });

  it.each([
    { label: 'a slash', id: 'a%2Fb', problem: 'must not contain' },
    { label: 'a path', id: 'subscriptions/a/b', problem: 'must not contain' },
    { label: 'a backslash', id: 'a%5Cb', problem: 'must not contain' },
    { label: 'a number sign', id: 'a%23b', problem: 'must not contain' },
    { label: 'a question mark', id: 'a%3Fb', problem: 'must not contain' },
    { label: 'a control character', id: 'a%07b', problem: 'must not contain' },
    { label: 'an @ in front', id: '@a@b', problem: 'must not start with @' },
    { label: '257 characters', id: 'x'.repeat(257), problem: 'must not exceed 256' },
  ])('refuses an id with $label', async ({ id, problem }) => {
    await expect(hub.client.startNew('waits', { instanceId: id })).rejects.toThrow(
      new RegExp(`status code: 400.*${problem}`),
    );
  });

  it('knows nothing of an unknown instance', async () => {
    await expect(hub.client.getStatus('unknown')).rejects.toThrow('HTTP 404');
    await expect(hub.client.terminate('unknown', '')).rejects.toThrow("No instance with ID 'unknown' found");
    await expect(hub.client.raiseEvent('unknown', 'go', 1)).rejects.toThrow("No instance with ID 'unknown' found");
    await expect(hub.client.rewind('unknown', '')).rejects.toThrow();
    expect(await hub.client.purgeInstanceHistory('unknown')).toEqual({ instancesDeleted: 0 });
  });

  it('terminates, also what is suspended', async () => {
    await startWaiting('running');
    await startWaiting('asleep');
    await hub.client.suspend('asleep', 'for now');
    for (const id of ['running', 'asleep']) {
      await hub.client.terminate(id, 'stop it');
      expect(await hub.finished(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'stop it' });
      await hub.client.raiseEvent(id, 'go', 1); // 410, which the client takes for done
    }
  });

  it('suspends, keeps what arrives, and resumes', async () => {
    await startWaiting('paused');
    await hub.client.suspend('paused', 'for now');
    await hub.client.raiseEvent('paused', 'go', 'x');
    await hub.settle();
    expect(await statusOf('paused')).toBe('Suspended');
    await hub.client.resume('paused', 'on');
    expect(await hub.finished('paused')).toMatchObject({ runtimeStatus: 'Completed', output: 'x' });
  });

  it('rewinds only what has failed', async () => {
    await startWaiting('fine');
    await expect(hub.client.rewind('fine', 'why')).rejects.toThrow();
    expect(await statusOf('fine')).toBe('Running');
  });

  it('lists, page by page, and filters', async () => {
    await Promise.all(Array.from({ length: 103 }, () => hub.client.startNew('counts', { input: { n: 3 } })));
    await hub.client.startNew('fails', { instanceId: 'failing' });
    await startWaiting('waiting');
    expect(await hub.client.getStatusAll()).toHaveLength(105);
    const names = async (filter: object): Promise<string[]> =>
      (await hub.client.getStatusBy(filter)).map(({ instanceId }) => instanceId);
    expect(await names({ runtimeStatus: ['Failed', 'Running'] })).toEqual(['failing', 'waiting']);
    expect(await names({ createdTimeFrom: new Date('2026-01-02') })).toEqual([]);
    expect(await names({ createdTimeTo: new Date('2025-12-31') })).toEqual([]);
  });

  it('purges what is done, one or by filter', async () => {
    await startWaiting('running');
    for (const instanceId of ['a', 'b', 'c']) await hub.client.startNew('fails', { instanceId });
    await hub.settle();
    await expect(hub.client.purgeInstanceHistory('running')).rejects.toThrow('412');
    expect(await hub.client.purgeInstanceHistory('a')).toEqual({ instancesDeleted: 1 });
    const since = { createdTimeFrom: new Date(0) };
    expect(await hub.client.purgeInstanceHistoryBy(since)).toEqual({ instancesDeleted: 2 });
    expect(await hub.client.purgeInstanceHistoryBy(since)).toEqual({ instancesDeleted: 0 });
    expect(await statusOf('running')).toBe('Running');
  });

  it('waits for completion, and hands out links', async () => {
    const id = await hub.client.startNew('counts', { input: { n: 3 } });
    await hub.settle();
    const request = { url: 'http://localhost:7071/api/x' };
    const response = await hub.client.waitForCompletionOrCreateCheckStatusResponse(request as never, id);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ n: 4 });
    expect(hub.client.createHttpManagementPayload(id).statusQueryGetUri).toContain(`/instances/${id}?taskHub=TestHub`);
  });

  it('shows the history, folded as Azure does', async () => {
    const id = await hub.client.startNew('counts', { input: { n: 3 } });
    await hub.finished(id);
    const { rpcBaseUrl } = JSON.parse(hub.backend.clientBinding()) as { rpcBaseUrl: string };
    const response = await fetch(`${rpcBaseUrl}instances/${id}?showHistory=true&showHistoryOutput=true`);
    expect(await response.json()).toMatchObject({
      historyEvents: [
        { EventType: 'ExecutionStarted', Input: { n: 3 } },
        { EventType: 'TaskCompleted', FunctionName: 'add', Result: 4 },
        { EventType: 'ExecutionCompleted', Result: { n: 4 } },
      ],
    });
  });

  it('restarts an instance with its input', async () => {
    const id = await hub.client.startNew('counts', { input: { n: 2 } });
    await hub.finished(id);
    const { rpcBaseUrl } = JSON.parse(hub.backend.clientBinding()) as { rpcBaseUrl: string };
    const response = await fetch(`${rpcBaseUrl}instances/${id}/restart`, { method: 'POST' });
    const again = (await response.json()) as { id: string };
    expect(again.id).not.toBe(id);
    expect(await hub.finished(again.id)).toMatchObject({ output: { n: 4 } });
  });

  it('has no entities', async () => {
    const { rpcBaseUrl } = JSON.parse(hub.backend.clientBinding()) as { rpcBaseUrl: string };
    const response = await fetch(`${rpcBaseUrl}entities/counter/a`);
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('Durable entities are not supported by the local durable backend.');
  });

  it('passes the version that the orchestration was started with', async () => {
    const id = await hub.client.startNew('versioned', { version: '2.1' });
    expect(await hub.finished(id)).toMatchObject({ output: '2.1' });
  });
});
