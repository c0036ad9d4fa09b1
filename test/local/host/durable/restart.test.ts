/** What the backend does with time: timers follow the one clock, also over a restart; and what Azure keeps waiting for. */
import type { OrchestrationContext } from 'durable-functions';
import type { DurableLibrary } from './app';
import { after, registerActivities, registerOrchestrations, Witness, type Steps } from './functions';
import { Hub } from './hub';

const HOUR_MS = 3_600_000;

function registerQuirks(df: DurableLibrary, runs: number[]): void {
  df.app.activity('number', {
    handler: (n: number) => {
      runs.push(n);
      return n;
    },
  });
  df.app.orchestration('reusesTasks', function* ({ df: durable }: OrchestrationContext): Steps {
    const tasks = [1, 2, 3].map((n) => durable.callActivity('number', n));
    const results: unknown[] = [];
    while (tasks.length > 0) {
      const winner = (yield durable.Task.any(tasks)) as (typeof tasks)[number];
      tasks.splice(tasks.indexOf(winner), 1);
      results.push(winner.result);
    }
    results.push(yield durable.callActivity('number', 9));
    return results;
  });
  df.app.orchestration('forgetsTimer', function* (context: OrchestrationContext): Steps {
    const timeout = context.df.createTimer(after(context, HOUR_MS));
    yield context.df.Task.any([context.df.callActivity('number', 1), timeout]);
    return 'done';
  });
  df.app.orchestration('callsUnknown', function* ({ df: durable }: OrchestrationContext): Steps {
    yield durable.callActivity('number', 1);
    return yield durable.callActivity('unknown');
  });
}

function registerRefused(df: DurableLibrary): void {
  df.app.orchestration('callsTaken', function* ({ df: durable }: OrchestrationContext): Steps {
    try {
      yield durable.callSubOrchestrator('waits', null, 'taken');
    } catch (error) {
      return error instanceof Error ? error.message.split(' \n')[0] : '';
    }
    return 'not reached';
  });
  df.app.orchestration('callsItself', function* ({ df: durable }: OrchestrationContext): Steps {
    return yield durable.callSubOrchestrator('waits', null, durable.instanceId);
  });
  df.app.orchestration('callsNobody', function* ({ df: durable }: OrchestrationContext): Steps {
    return yield durable.callSubOrchestrator('nobody');
  });
  df.app.orchestration('callsEntity', function* ({ df: durable }: OrchestrationContext): Steps {
    return yield durable.callEntity(new df.EntityId('counter', 'a'), 'get');
  });
  df.app.orchestration('talksMuch', function* ({ df: durable }: OrchestrationContext): Steps {
    durable.setCustomStatus('x'.repeat(9000));
    return yield durable.waitForExternalEvent('go');
  });
}

describe('the backend', () => {
  const runs: number[] = [];
  let hub: Hub;

  beforeEach(async () => {
    runs.length = 0;
    hub = await Hub.open(
      (df) => {
        registerActivities(df, new Witness());
        registerOrchestrations(df);
        registerQuirks(df, runs);
        registerRefused(df);
      },
      { maxConcurrentActivities: 1 },
    );
  });
  afterEach(() => hub.close());

  const startAndSettle = async (name: string, input?: unknown): Promise<string> => {
    const id = await hub.client.startNew(name, { input });
    await hub.settle();
    return id;
  };
  const statusOf = async (id: string): Promise<string> => (await hub.client.getStatus(id)).runtimeStatus;

  it('fires timers when its clock says so, and not before', async () => {
    const startMs = hub.clock.nowMs();
    const id = await startAndSettle('sleeps', HOUR_MS);
    expect(hub.clock.nextDueMs()).toBe(startMs + HOUR_MS);
    hub.clock.advanceTo(startMs + HOUR_MS - 1);
    await hub.settle();
    expect(await statusOf(id)).toBe('Running');
    hub.clock.advanceTo(startMs + HOUR_MS);
    await hub.settle();
    expect(await statusOf(id)).toBe('Completed');
  });

  it('fires a timer at once that was due while it was away', async () => {
    const id = await startAndSettle('sleeps', HOUR_MS);
    await hub.backend.stop();
    hub.clock.advanceTo(hub.clock.nowMs() + 3 * HOUR_MS);
    await hub.reopen();
    await hub.settle();
    expect(await hub.client.getStatus(id)).toMatchObject({ runtimeStatus: 'Completed', output: 3 * HOUR_MS });
  });

  it('keeps a timer that is not due yet over a restart', async () => {
    const dueMs = hub.clock.nowMs() + HOUR_MS;
    const id = await startAndSettle('sleeps', HOUR_MS);
    await hub.reopen();
    expect(hub.clock.nextDueMs()).toBe(dueMs);
    expect(await hub.finished(id)).toMatchObject({ output: HOUR_MS });
  });

  it('remembers events, suspension and results over a restart', async () => {
    const waiting = await startAndSettle('waits');
    await hub.client.suspend(waiting, '');
    await hub.client.raiseEvent(waiting, 'go', 'kept');
    const done = await startAndSettle('counts', { n: 2 });
    await hub.reopen();
    await hub.settle();
    expect(await statusOf(waiting)).toBe('Suspended');
    expect(await hub.client.getStatus(done)).toMatchObject({ output: { n: 4 } });
    await hub.client.resume(waiting, '');
    expect(await hub.finished(waiting)).toMatchObject({ output: 'kept' });
  });

  it('keeps an instance running while a timer is open that nobody cancelled', async () => {
    const id = await startAndSettle('forgetsTimer');
    expect(await statusOf(id)).toBe('Running');
    expect(await hub.finished(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
  });

  // https://github.com/Azure/azure-functions-durable-js/issues/574: actions carry no ids in this protocol.
  it('mixes up tasks that are passed to Task.any a second time, as Azure does', async () => {
    const id = await startAndSettle('reusesTasks');
    expect(await hub.client.getStatus(id)).toMatchObject({ output: [1, 2, 3, 2] });
    expect(runs).toHaveLength(7);
  });

  it.each([
    { name: 'callsUnknown', why: "The function 'unknown' doesn't exist, is disabled, or is not an activity function." },
    {
      name: 'callsNobody',
      why: "The function 'nobody' doesn't exist, is disabled, or is not an orchestrator function.",
    },
    { name: 'callsItself', why: 'The instance ID of a sub-orchestration must be different than the instance ID of a' },
    { name: 'callsEntity', why: 'Durable entities and entity locks are not supported by the local durable backend.' },
    { name: 'talksMuch', why: 'The UTF-16 size of the JSON-serialized payload must not exceed 16 KB.' },
  ])('fails an orchestrator that $name', async ({ name, why }) => {
    const { runtimeStatus, output } = await hub.client.getStatus(await startAndSettle(name));
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(`Orchestrator function '${name}' failed: ${why}`);
  });

  it('fails a sub-orchestration whose id is taken, rather than leave its parent waiting', async () => {
    await hub.client.startNew('waits', { instanceId: 'taken' });
    const id = await startAndSettle('callsTaken');
    expect(await hub.client.getStatus(id)).toMatchObject({
      output: "An Orchestration instance with the id 'taken' is already running.",
    });
    expect(await statusOf('taken')).toBe('Running');
  });

  it('fails an activity that was under way and is gone after the restart', async () => {
    const begun = Promise.withResolvers<undefined>();
    const never = await Hub.open((df) => {
      df.app.activity('add', {
        handler: () => {
          begun.resolve(undefined);
          return new Promise(() => undefined);
        },
      });
      registerOrchestrations(df);
    });
    const id = await never.client.startNew('chain', { input: 1 });
    await begun.promise;
    await never.reopen(registerOrchestrations);
    expect((await never.finished(id)).output).toContain(
      "Activity function 'add' failed: The function 'add' doesn't exist",
    );
    await never.close();
  });

  it('rewinds a failed sub-orchestration together with its parent', async () => {
    const parent = await startAndSettle('parentOfRewindable');
    expect(await statusOf(parent)).toBe('Failed');
    await hub.reopen((df) => {
      const witness = new Witness();
      witness.isHealed = true;
      registerActivities(df, witness);
      registerOrchestrations(df);
    });
    await hub.client.rewind(parent, 'healed now');
    expect(await hub.finished(parent)).toMatchObject({ runtimeStatus: 'Completed', output: [7, 'healed', 8] });
  });
});
