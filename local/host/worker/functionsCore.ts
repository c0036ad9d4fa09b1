/** Provides the module '@azure/functions-core', which only exists inside a Functions worker. */

import Module from 'node:module';
import { z } from 'zod';
import type { WriteLog } from '../log';
import { logLevelOf } from '../log';
import { functionMetadata, RegisteredFunction } from './registration';

/** Versions that the library reads to decide which features the host has: hooks for logs need 4.34 or later. */
const HOST_VERSION = '4.1048.200';
const WORKER_VERSION = '3.13.0';

const MODULE_NAME = '@azure/functions-core';

export type HookCallback = (context: object) => unknown;

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];
const isHookName = (name: unknown): name is HookName => hookNames.some((known) => known === name);

export interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: unknown): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<unknown>;
}

export interface ProgrammingModel {
  getInvocationModel(coreContext: object): InvocationModel | Promise<InvocationModel>;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

const isCallable = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function';

const programmingModel = z.custom<ProgrammingModel>(
  (value) => {
    const model = z.object({ getInvocationModel: z.unknown(), getCapabilities: z.unknown() }).safeParse(value).data;
    return isCallable(model?.getInvocationModel) && isCallable(model.getCapabilities);
  },
  { error: 'setProgrammingModel was called with something that is no programming model.' },
);

/** The library shows its own text for an error that is marked as the platform's. */
function systemError<E extends Error>(error: E): E {
  return Object.assign(error, { isAzureFunctionsSystemError: true });
}

class Disposable {
  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => parts.forEach((part) => part.dispose()));
  }

  dispose(): unknown {
    const onDispose = this.#onDispose;
    this.#onDispose = undefined;
    return onDispose?.();
  }
}

export class FunctionsCore {
  /** What is given to `require('@azure/functions-core')`. */
  readonly api: object;
  readonly functions: RegisteredFunction[] = [];
  /** Shared by all hooks of the app, as the worker has it. */
  readonly appHookData = {};
  readonly #hooks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));
  readonly #writeLog: WriteLog;
  #model: ProgrammingModel | undefined;
  #locked = false;

  constructor(writeLog: WriteLog) {
    this.#writeLog = writeLog;
    this.api = {
      version: WORKER_VERSION,
      hostVersion: HOST_VERSION,
      Disposable,
      setProgrammingModel: (model: unknown) => void (this.#model = programmingModel.parse(model)),
      getProgrammingModel: () => this.#model,
      registerHook: (name: unknown, callback: unknown) => this.#registerHook(name, callback),
      registerFunction: (metadata: unknown, callback: unknown) => this.#registerFunction(metadata, callback),
      log: (level: unknown, category: unknown, message: unknown) => {
        this.log({ level: logLevelOf(level), category: String(category), message: String(message) });
      },
    };
  }

  /** As the worker does it; ES modules reach it too, because the library that asks for it is CommonJS. */
  install(): Disposable {
    const { api } = this;
    const original: unknown = Reflect.get(Module.prototype, 'require');
    if (!isCallable(original))
      throw new Error('This Node has no Module.prototype.require to provide a module through.');
    const provide = function (this: unknown, id: string): unknown {
      return id === MODULE_NAME ? api : Reflect.apply(original, this, [id]);
    };
    Module.prototype.require = Object.assign(provide, original);
    return new Disposable(() => Reflect.set(Module.prototype, 'require', original));
  }

  get programmingModel(): ProgrammingModel {
    if (this.#model) return this.#model;
    throw new Error("The app registered no function: nothing in it called 'app.*' of @azure/functions.");
  }

  get hasProgrammingModel(): boolean {
    return this.#model !== undefined;
  }

  hooks(name: HookName): readonly HookCallback[] {
    return this.#hooks.get(name) ?? [];
  }

  /** From now on the app can register nothing more. */
  lock(): void {
    this.#locked = true;
  }

  /** Writes what the app, its library or the host has to say, after the app's own log hooks changed it. */
  log(entry: Parameters<WriteLog>[0], invocationContext?: object): void {
    const context = { hookData: {}, appHookData: this.appHookData, invocationContext, ...entry };
    for (const hook of this.hooks('log')) hook(context);
    this.#writeLog({ ...entry, level: logLevelOf(context.level), message: context.message });
  }

  #registerHook(name: unknown, callback: unknown): Disposable {
    if (!isHookName(name)) throw systemError(new RangeError(`Unrecognized hook "${String(name)}"`));
    if (!isCallable(callback)) throw systemError(new TypeError(`The callback of the ${name} hook is no function.`));
    const list = this.#hooks.get(name) ?? [];
    list.push(callback);
    return new Disposable(() => list.splice(list.indexOf(callback), 1));
  }

  #registerFunction(metadata: unknown, callback: unknown): Disposable {
    if (this.#locked) throw systemError(new Error('A function can only be registered during app startup.'));
    const parsed = functionMetadata.parse(metadata);
    if (!isCallable(callback)) throw systemError(new TypeError(`Function "${parsed.name}" has no handler.`));
    const added = new RegisteredFunction(parsed, callback);
    this.functions.push(added);
    return new Disposable(() => this.functions.splice(this.functions.indexOf(added), 1));
  }
}
