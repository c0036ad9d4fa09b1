/** Runs one function of the app as the node worker does: arguments, hooks, handler, response. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock';
import { logLevelOf } from '../log';
import type { FunctionsCore } from './functionsCore';
import type { RegisteredFunction } from './registration';
import type { InvocationResponse, TypedData } from './typedData';
import { invocationResponse } from './typedData';

export interface InvocationRequest {
  readonly trigger: TypedData;
  /** Values of the function's other input bindings, by binding name. */
  readonly inputs?: Readonly<Record<string, TypedData>>;
  readonly metadata?: Readonly<Record<string, TypedData>>;
  /** Why the function runs, for the log. */
  readonly reason: string;
}

/** Phases by which the library recognises log calls that come too late. */
type Phase = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Invocations {
  readonly #core: FunctionsCore;
  readonly #clock: Clock;

  constructor(core: FunctionsCore, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  /** Rejects with whatever the function threw. */
  async invoke(target: RegisteredFunction, request: InvocationRequest): Promise<InvocationResponse> {
    const invocationId = randomUUID();
    const startedMs = this.#clock.nowMs();
    const tell = (level: 'information' | 'error', message: string): void => {
      this.#core.log({ level, category: 'host', message, function: target.name, invocationId });
    };
    tell('information', `Executing '${target.name}' (${request.reason}).`);
    try {
      const response = await this.#run(target, request, invocationId);
      tell('information', `Executed '${target.name}' (Succeeded, ${this.#clock.nowMs() - startedMs} ms).`);
      return response;
    } catch (error) {
      tell('error', `Executed '${target.name}' (Failed, ${this.#clock.nowMs() - startedMs} ms): ${messageOf(error)}`);
      throw error;
    }
  }

  async #run(
    target: RegisteredFunction,
    request: InvocationRequest,
    invocationId: string,
  ): Promise<InvocationResponse> {
    const known: { context?: object } = {};
    const coreContext = {
      ...this.#coreContext(target, request, invocationId),
      state: undefined as Phase,
      log: (level: unknown, category: unknown, message: unknown) => {
        const entry = { level: logLevelOf(level), category: String(category), message: String(message) };
        this.#core.log({ ...entry, function: target.name, invocationId }, known.context);
      },
    };
    const model = await this.#core.programmingModel.getInvocationModel(coreContext);
    const { context, inputs } = await model.getArguments();
    known.context = context;

    // The hooks write into these objects: what they leave there counts.
    const shared = { hookData: {}, appHookData: this.#core.appHookData, invocationContext: context };
    const before = { ...shared, inputs, functionCallback: target.callback as unknown };
    coreContext.state = 'preInvocationHooks';
    for (const hook of this.#core.hooks('preInvocation')) await hook(before);

    const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
    coreContext.state = 'invocation';
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error(`Function '${target.name}' threw ${String(error)}.`);
    }
    coreContext.state = 'postInvocationHooks';
    for (const hook of this.#core.hooks('postInvocation')) await hook(after);
    coreContext.state = undefined;
    const { error } = after;
    if (error instanceof Error) throw error;
    if (error !== null && error !== undefined) throw new Error(messageOf(error), { cause: error });
    return invocationResponse.parse(await model.getResponse(context, after.result));
  }

  #coreContext(target: RegisteredFunction, request: InvocationRequest, invocationId: string) {
    const others = Object.entries(request.inputs ?? {}).map(([name, data]) => ({ name, data }));
    return {
      invocationId,
      metadata: target.metadata,
      request: {
        invocationId,
        functionId: target.name,
        inputData: [{ name: target.trigger.bindingName, data: request.trigger }, ...others],
        triggerMetadata: request.metadata ?? {},
        traceContext: {
          traceParent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`,
          traceState: '',
          attributes: {},
        },
      },
    };
  }
}
