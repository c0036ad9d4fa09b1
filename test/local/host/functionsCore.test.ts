import type * as functionsLibrary from '@azure/functions';
import { SteppedClock } from '../../../local/clock';
import type { LogEntry } from '../../../local/host/log';
import { FunctionsCore } from '../../../local/host/worker/functionsCore';
import { Invocations } from '../../../local/host/worker/invocations';

type Library = typeof functionsLibrary;

let core: FunctionsCore;
let library: Library;
let logs: LogEntry[];

beforeEach(() => {
  jest.resetModules();
  logs = [];
  core = new FunctionsCore((entry) => logs.push(entry));
  jest.doMock('@azure/functions-core', () => core.api, { virtual: true });
  library = jest.requireActual<Library>('@azure/functions');
});

function invoke(string: string) {
  const [target] = core.functions;
  if (!target) throw new Error('No function was registered.');
  return new Invocations(core, new SteppedClock(0)).invoke(target, { trigger: { string }, reason: 'test' });
}

const queue = (handler: (message: unknown) => unknown): void =>
  library.app.serviceBusQueue('onMessage', { queueName: 'q', connection: 'BUS', handler });

describe('the core module of the worker', () => {
  it('hands registrations over as the library makes them', () => {
    queue(() => undefined);
    expect(core.functions).toMatchObject([
      { name: 'onMessage', trigger: { binding: { type: 'serviceBusTrigger', queueName: 'q', connection: 'BUS' } } },
    ]);
  });

  it.each([
    { text: '{"a":1}', arrives: { a: 1 } },
    { text: 'true', arrives: true },
    { text: 'words', arrives: 'words' },
  ])('lets the library parse the text $text', async ({ text, arrives }) => {
    const seen: unknown[] = [];
    queue((message) => void seen.push(message));
    await invoke(text);
    expect(seen).toEqual([arrives]);
  });

  it('takes what the hooks leave: other inputs before, another result after', async () => {
    const { hook } = library.app;
    hook.preInvocation((context) => void (context.inputs = ['changed']));
    hook.postInvocation((context) => void (context.result = { was: context.result }));
    queue((message) => message);
    expect((await invoke('original')).returnValue).toEqual({ json: '{"was":"changed"}' });
  });

  it('lets a hook swallow an error', async () => {
    library.app.hook.postInvocation((context) => void (context.error = undefined));
    queue(() => {
      throw new Error('swallowed');
    });
    await expect(invoke('x')).resolves.toMatchObject({ outputData: [] });
  });

  it('rejects with what the function threw, and logs it', async () => {
    queue(() => {
      throw new Error('told to fail');
    });
    await expect(invoke('x')).rejects.toThrow('told to fail');
    expect(logs.at(-1)).toMatchObject({ level: 'error', function: 'onMessage' });
  });

  it('forgets a hook that was disposed of', async () => {
    const seen: string[] = [];
    const hook = library.app.hook.preInvocation(() => void seen.push('disposed'));
    hook.dispose();
    queue(() => undefined);
    await invoke('x');
    expect(seen).toEqual([]);
  });

  it('refuses registrations and setup after the start', async () => {
    queue(() => undefined);
    await core.programmingModel.getCapabilities({});
    core.lock();
    expect(() => queue(() => undefined)).toThrow('can only be registered during app startup');
    expect(() => library.app.setup({})).toThrow("can't be changed after app startup");
  });
});
