/** The process that is killed: runs one story on a durable backend, and says how it ended if it lives so long. */
import { appendFileSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DurableClient, OrchestrationContext } from 'durable-functions';
import { PacedClock } from '../../../../../local/clock';
import { DurableBackend } from '../../../../../local/host/durable/backend';
import { App, type DurableLibrary } from '../app';
import { after, type Steps } from '../functions';
import { DEATHS, dieAtWrite } from './deadlyWrites';

const [folder = '', wallStart = '', countdown = '', death = ''] = process.argv.slice(3);

function provide(core: object): void {
  const inherited = Object.getOwnPropertyDescriptor(Module.prototype, 'require')?.value as (id: string) => unknown;
  Object.assign(Module.prototype, {
    require(this: NodeJS.Module, id: string): unknown {
      return id === '@azure/functions-core' ? core : inherited.call(this, id);
    },
  });
}

/** Every run is noted, also over deaths; answers whether it was the first of its name. */
function note(name: string): boolean {
  const path = join(folder, 'runs.log');
  appendFileSync(path, `${name}\n`);
  return (
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((run) => run === name).length === 1
  );
}

function register(df: DurableLibrary): void {
  df.app.activity('step', {
    handler: (name: string) => {
      note(name);
      return name;
    },
  });
  df.app.activity('flaky', {
    handler: (name: string) => {
      if (note(name)) throw new Error('fails first');
      return name;
    },
  });
  df.app.orchestration('kid', function* ({ df: durable }: OrchestrationContext): Steps {
    const name = String(durable.getInput());
    return [yield durable.callActivity('step', `${name}-1`), yield durable.callActivity('step', `${name}-2`)];
  });
  const retry = new df.RetryOptions(1000, 60);
  df.app.orchestration('story', function* (context: OrchestrationContext): Steps {
    const { df: durable } = context;
    const told: unknown[] = [];
    for (const name of ['a', 'b', 'c']) told.push(yield durable.callActivity('step', name));
    told.push(
      yield durable.Task.all([
        durable.callSubOrchestrator('kid', 'kid1', `${durable.instanceId}-kid1`),
        durable.callSubOrchestrator('kid', 'kid2'),
        durable.callActivity('step', 'aside'),
      ]),
    );
    yield durable.createTimer(after(context, 5000));
    told.push(yield durable.callActivityWithRetry('flaky', retry, 'd'));
    told.push(yield durable.Task.all(['e', 'f', 'g'].map((name) => durable.callActivity('step', name))));
    told.push(yield durable.callSubOrchestrator('kid', 'kid3'));
    return told;
  });
}

async function ended(client: DurableClient, backend: DurableBackend): Promise<object> {
  for (;;) {
    const status = await client.getStatus('story').catch(() => undefined);
    if (status === undefined) await client.startNew('story', { instanceId: 'story' });
    else if (['Completed', 'Failed'].includes(status.runtimeStatus) && backend.isIdle()) return status;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function main(): Promise<void> {
  const app = new App();
  provide(app.core);
  const df = createRequire(__filename)('durable-functions') as DurableLibrary;
  app.registerClient(df);
  register(df);
  const startMs = Number(wallStart);
  const clock = new PacedClock({ wallStartMs: startMs, azureStartMs: startMs, speed: 100 });
  const backend = new DurableBackend({ calls: app.calls, clock, folder, hubName: 'TestHub' });
  const deadly = DEATHS.find((one) => one === death);
  if (deadly !== undefined) dieAtWrite(Number(countdown), deadly);
  await backend.start();
  await backend.listen();
  const status = await ended(await app.client(backend.clientBinding()), backend);
  await backend.stop();
  process.stdout.write(JSON.stringify(status));
}

void main();
