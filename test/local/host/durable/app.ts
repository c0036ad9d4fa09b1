/** The smallest worker that real durable-functions runs in: it keeps what is registered and invokes it. */
import { randomUUID } from 'node:crypto';
import type * as Durable from 'durable-functions';
import type { DurableClient } from 'durable-functions';
import type { DurableCalls } from '../../../../local/host/durable/backend';

/** The library, as each test loads it anew. */
export type DurableLibrary = typeof Durable;

/** RpcTypedData, as far as durable functions need it. */
interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly int?: number;
  readonly double?: number;
}

interface Binding {
  readonly type: string;
  readonly direction: string;
}

interface Registration {
  readonly metadata: { readonly name: string; readonly bindings: Record<string, Binding> };
  readonly callback: unknown;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
}

interface ProgrammingModel {
  getInvocationModel(context: object): InvocationModel;
}

type WithClient = (client: DurableClient) => void;

export class App {
  readonly #functions = new Map<string, Registration>();
  #model: ProgrammingModel | undefined;
  #withClient: WithClient | undefined;

  readonly calls: DurableCalls = {
    has: (name) => this.#triggerOf(name) === 'orchestrationTrigger',
    hasActivity: (name) => this.#triggerOf(name) === 'activityTrigger',
    runOrchestrator: async (name, triggerJson) => (await this.#invoke(name, { string: triggerJson }))?.json ?? 'null',
    runActivity: async (name, input) =>
      jsonText(await this.#invoke(name, input === undefined ? {} : { string: input })),
  };

  readonly core = {
    version: '3.11.0',
    hostVersion: '4.1041.200',
    log: () => undefined,
    registerHook: () => undefined,
    getProgrammingModel: () => this.#model,
    setProgrammingModel: (model: ProgrammingModel) => void (this.#model = model),
    registerFunction: (metadata: Registration['metadata'], callback: unknown) =>
      void this.#functions.set(metadata.name, { metadata, callback }),
  };

  /** Registers the function through which tests get a client. */
  registerClient(df: DurableLibrary): void {
    df.app.client.generic('client', {
      trigger: { type: 'manualTrigger', name: 'trigger' },
      handler: (_, client: DurableClient) => this.#withClient?.(client),
    });
  }

  /** Forgets a function, as a newer version of the app would. */
  unregister(name: string): void {
    this.#functions.delete(name);
  }

  async client(binding: string): Promise<DurableClient> {
    const { promise, resolve } = Promise.withResolvers<DurableClient>();
    this.#withClient = (client) => {
      resolve(client);
    };
    const bindings = this.#functions.get('client')?.metadata.bindings ?? {};
    const [name = ''] = Object.entries(bindings).find(([, { type }]) => type === 'durableClient') ?? [];
    await this.#invoke('client', { string: 'x' }, [{ name, data: { string: binding } }]);
    return promise;
  }

  #triggerOf(name: string): string | undefined {
    const bindings = this.#functions.get(name)?.metadata.bindings ?? {};
    return Object.values(bindings).find(({ type }) => type.endsWith('Trigger'))?.type;
  }

  async #invoke(name: string, data: TypedData, extra: object[] = []): Promise<TypedData | null | undefined> {
    const fn = this.#functions.get(name);
    if (fn === undefined || this.#model === undefined) throw new Error(`No function '${name}' is registered.`);
    const [trigger] = Object.entries(fn.metadata.bindings).find(([, { type }]) => type.endsWith('Trigger')) ?? [];
    const invocationId = randomUUID();
    const request = {
      ...{ invocationId, functionId: name, triggerMetadata: {} },
      traceContext: { traceParent: '', traceState: '', attributes: {} },
      inputData: [{ name: trigger, data }, ...extra],
    };
    const model = this.#model.getInvocationModel({
      ...{ invocationId, metadata: fn.metadata, request },
      ...{ state: 'invocation', log: () => undefined },
    });
    const { context, inputs } = await model.getArguments();
    const result = await model.invokeFunction(context, inputs, fn.callback);
    return (await model.getResponse(context, result)).returnValue;
  }
}

function jsonText(data: TypedData | null | undefined): string {
  if (data?.json !== undefined) return data.json;
  return JSON.stringify(data?.string ?? data?.int ?? data?.double ?? null);
}
