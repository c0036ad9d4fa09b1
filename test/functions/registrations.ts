/** What the app registers when a worker loads it: `@azure/functions-core` is the worker's side, so a test may be it. */

export interface Registration {
  readonly name: string;
  readonly trigger: string;
}

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, { readonly type: string; readonly queueName?: string }>>;
}

type Hook = (context: { readonly hookData: object }) => unknown;

export interface LoadedApp {
  readonly functions: readonly Registration[];
  /** Starts the app as a worker does; throws what a hook throws. */
  start(): Promise<void>;
}

/** The words of the README's table. */
function triggerText({ name, bindings }: Metadata): string {
  const triggers = Object.values(bindings).filter(({ type }) => /trigger$/i.test(type));
  const [trigger] = triggers;
  if (!trigger || triggers.length > 1) throw new Error(`${name} has ${triggers.length} triggers.`);
  if (trigger.type === 'serviceBusTrigger') return `Service Bus queue \`${trigger.queueName ?? ''}\``;
  return trigger.type.replace(/Trigger$/, '');
}

/** Loads functions/index as new, with nothing of an earlier loading left. */
export function loadApp(): LoadedApp {
  const functions: Registration[] = [];
  const hooks: Hook[] = [];
  const worker = {
    version: '4.0.0',
    setProgrammingModel: () => undefined,
    log: () => undefined,
    registerHook: (event: string, hook: Hook) => {
      if (event === 'appStart') hooks.push(hook);
      return { dispose: () => undefined };
    },
    registerFunction: (metadata: Metadata) => {
      const isTaken = functions.some(({ name }) => name.toLowerCase() === metadata.name.toLowerCase());
      if (isTaken) throw new Error(`A function named ${metadata.name} is registered already.`);
      functions.push({ name: metadata.name, trigger: triggerText(metadata) });
      return { dispose: () => undefined };
    },
  };
  jest.isolateModules(() => {
    jest.doMock('@azure/functions-core', () => worker, { virtual: true });
    jest.requireActual('../../functions/index');
  });
  return {
    functions,
    start: async () => {
      for (const hook of hooks) await hook({ hookData: {} });
    },
  };
}
