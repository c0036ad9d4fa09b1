/** The Functions host: loads an app, refuses what Azure would refuse, and drives its functions by their triggers. */

import { join } from 'node:path';
import type { Clock } from '../clock';
import { QueueLinks } from './bus/queueLinks';
import { HandledMessages, MAX_MESSAGE_BYTES, SettlementServer } from './bus/settlementServer';
import type { AppFiles } from './checkedApp';
import { loadCheckedApp } from './checkedApp';
import { DurableBackend } from './durable/backend';
import { durableCalls } from './durableCalls';
import type { HostJson } from './hostJson';
import type { LogLevel, WriteLog } from './log';
import { logLevelOf } from './log';
import { Runner } from './runner';
import { TimerStatusStore } from './timer/timerStatus';
import { httpFunctions, Triggers } from './triggers';
import { UnderWay } from './underWay';
import type { WebApp } from './web/endpoints';
import { endpointsOf } from './web/endpoints';
import type { Endpoint } from './web/webServer';
import { WebServer } from './web/webServer';
import { FunctionsCore } from './worker/functionsCore';
import { Invocations } from './worker/invocations';
import type { RegisteredFunction } from './worker/registration';

export interface HostOptions {
  readonly appFolder: string;
  readonly files: AppFiles;
  readonly stateFolder: string;
  readonly port: number;
  readonly clock: Clock;
  readonly writeLog: WriteLog;
}

const DURABLE_TYPES = new Set(['orchestrationTrigger', 'activityTrigger', 'durableClient']);

export class FunctionsHost {
  readonly #options: HostOptions;
  readonly #core: FunctionsCore;
  readonly #underWay = new UnderWay();
  readonly #renewals = new UnderWay();
  readonly #handled = new HandledMessages();
  readonly #settlement = new SettlementServer(this.#handled);
  readonly #links: QueueLinks;
  readonly #runner: Runner;
  readonly #web: WebServer;
  #endpoints: readonly Endpoint[] = [];
  #triggers: Triggers | undefined;
  #durable: DurableBackend | undefined;
  #url = '';
  #durableUrl: string | undefined;

  private constructor(options: HostOptions) {
    this.#options = options;
    this.#core = new FunctionsCore(options.writeLog);
    this.#links = new QueueLinks(options.files.settings, (level, message) => this.#say(level, message));
    this.#runner = new Runner({
      invocations: new Invocations(this.#core, options.clock),
      links: this.#links,
      underWay: this.#underWay,
      durableClient: () => this.#durable?.clientBinding(),
    });
    this.#web = new WebServer({
      endpoints: () => this.#endpoints,
      track: (work) => this.#underWay.run(work),
      onFailure: (message) => this.#say('error', message),
    });
  }

  /** Rejects with `StartRefused` when the app cannot run. One host per process: the app's libraries keep the first. */
  static async start(options: HostOptions): Promise<FunctionsHost> {
    const host = new FunctionsHost(options);
    await host.#start();
    return host;
  }

  get url(): string {
    return this.#url;
  }

  get durableUrl(): string | undefined {
    return this.#durableUrl;
  }

  get functions(): { name: string; trigger: string }[] {
    return this.#core.functions.map(({ name, trigger }) => ({ name, trigger: trigger.binding.type }));
  }

  /** No function runs, no message waits to be settled, no orchestration can go on by itself. */
  get isIdle(): boolean {
    return this.#underWay.isIdle && (this.#durable?.isIdle() ?? true);
  }

  /** Resolves when the broker has answered every renewal of a lock that came due. */
  locksRenewed(): Promise<void> {
    return this.#renewals.idle();
  }

  /** Takes nothing new, lets what runs come to its end, then lets go of everything. */
  async stop(): Promise<void> {
    this.#triggers?.stop();
    await this.#underWay.idle();
    await this.#durable?.stop();
    await this.#underWay.idle();
    for (const hook of this.#core.hooks('appTerminate'))
      await hook({ hookData: {}, appHookData: this.#core.appHookData });
    await this.#web.close();
    this.#settlement.close();
    await this.#links.close();
  }

  async #start(): Promise<void> {
    const { appFolder, files, stateFolder, clock, port } = this.#options;
    const { settings } = files;
    // The real worker is started with these, and the Service Bus library of the app reads them.
    const grpc = {
      host: '127.0.0.1',
      port: await this.#settlement.listen(),
      'functions-grpc-max-message-length': MAX_MESSAGE_BYTES,
    };
    process.argv.push(...Object.entries(grpc).flatMap(([name, value]) => [`--${name}`, String(value)]));

    const hostJson = await loadCheckedApp(this.#core, appFolder, files);
    const enabled = this.#core.functions.filter(({ name }) => !settings.isDisabled(name));
    await this.#startDurable(hostJson);
    this.#triggers = new Triggers({
      settings,
      hostJson,
      links: this.#links,
      handled: this.#handled,
      statuses: new TimerStatusStore(stateFolder),
      runner: this.#runner,
      underWay: this.#underWay,
      renewals: this.#renewals,
      clock,
      say: (level, message, functionName) => this.#say(level, message, functionName),
    });
    this.#endpoints = endpointsOf(this.#webApp(enabled, hostJson, this.#triggers));
    this.#url = await this.#web.listen(port);
    this.#triggers.start(enabled);
  }

  async #startDurable(hostJson: HostJson): Promise<void> {
    const { functions } = this.#core;
    const types = functions.flatMap(({ metadata }) => Object.values(metadata.bindings).map(({ type }) => type));
    if (!types.some((type) => DURABLE_TYPES.has(type))) return;
    const { hubName, maxConcurrentActivityFunctions, maxConcurrentOrchestratorFunctions } =
      hostJson.extensions.durableTask;
    this.#durable = new DurableBackend({
      calls: durableCalls(functions, (target, request) => this.#runner.run(target, request)),
      clock: this.#options.clock,
      folder: join(this.#options.stateFolder, 'durable'),
      hubName: this.#options.files.settings.resolve(hubName),
      ...(maxConcurrentActivityFunctions && { maxConcurrentActivities: maxConcurrentActivityFunctions }),
      ...(maxConcurrentOrchestratorFunctions && { maxConcurrentOrchestrators: maxConcurrentOrchestratorFunctions }),
      log: (level, message) => this.#say(logLevelOf(level), message),
    });
    await this.#durable.start();
    this.#durableUrl = await this.#durable.listen();
  }

  #webApp(enabled: readonly RegisteredFunction[], hostJson: HostJson, triggers: Triggers): WebApp {
    const { settings } = this.#options.files;
    const target = (name: string): RegisteredFunction => {
      const found = enabled.find((each) => each.name === name);
      if (!found) throw new Error(`There is no function '${name}'.`);
      return found;
    };
    return {
      functions: enabled,
      httpFunctions: httpFunctions(enabled, settings),
      routePrefix: hostJson.extensions.http.routePrefix,
      durableOrigin: this.#durableUrl,
      runTimer: (name) => triggers.runTimer(name),
      invokeHttp: async (name, http) => {
        const answer = await this.#runner.run(target(name), {
          trigger: { http },
          reason: `${http.method} ${http.url}`,
        });
        return answer?.http;
      },
      invokeByEvent: async (name, trigger, data) => {
        await this.#runner.run(target(name), { trigger, metadata: { data }, reason: 'Event Grid' });
      },
    };
  }

  #say(level: LogLevel, message: string, functionName?: string): void {
    this.#core.log({ level, category: 'host', message, ...(functionName !== undefined && { function: functionName }) });
  }
}
