/** A broker and a host process on clocks that the test steps. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { ServiceBusClient } from '@azure/service-bus';
import { Broker } from '../../../local/bus/broker';
import type { QueueOptions } from '../../../local/bus/queueOptions';
import { SteppedClock } from '../../../local/clock';
import { HostProcess } from '../../../local/host/hostProcess';
import type { HostLog } from '../../../local/host/log';

export const START_MS = Date.UTC(2026, 0, 5, 12, 0, 0);

export const connectionString = (port: number): string =>
  `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`;

export const fixture = (name: string): string => join(__dirname, 'fixtures', name);

/** Looks again and again, without letting time pass, until there is something. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Options {
  readonly app: string;
  readonly queues?: Readonly<Record<string, QueueOptions>>;
  readonly env?: Readonly<Record<string, string>>;
}

export class World {
  readonly clock = new SteppedClock(START_MS);
  readonly broker: Broker;
  readonly logs: HostLog[] = [];
  readonly console: string[] = [];
  readonly stateFolder = mkdtempSync(join(tmpdir(), 'functions-host-'));
  readonly #options: Options;
  #port = 0;
  #host: HostProcess | undefined;
  #client: ServiceBusClient | undefined;

  private constructor(options: Options) {
    this.#options = options;
    this.broker = new Broker({ clock: this.clock, queues: options.queues ?? {} });
  }

  static async start(options: Options): Promise<World> {
    const world = new World(options);
    await world.startBroker();
    try {
      await world.startHost();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  get host(): HostProcess {
    if (!this.#host) throw new Error('There is no host.');
    return this.#host;
  }

  async startBroker(): Promise<void> {
    this.#port = await this.broker.listen({ port: this.#port });
    this.#client ??= new ServiceBusClient(connectionString(this.#port), { retryOptions: { retryDelayInMs: 50 } });
  }

  async startHost(): Promise<void> {
    this.#host = await HostProcess.start({
      appFolder: fixture(this.#options.app),
      stateFolder: this.stateFolder,
      clock: { mode: 'stepped', nowMs: this.clock.nowMs() },
      env: {
        ...{ PATH: process.env['PATH'], BUS: connectionString(this.#port), ...this.#options.env },
        LOCAL_HOST_COMPILE_CACHE: join(tmpdir(), 'functions-host-compile-cache'),
      },
      onLog: (entry) => this.logs.push(entry),
      onConsole: (line) => this.console.push(line),
    });
  }

  async send(queueName: string, message: ServiceBusMessage | ServiceBusMessage[]): Promise<void> {
    const sender = this.#bus.createSender(queueName);
    await sender.sendMessages(message);
    await sender.close();
  }

  /** The bodies of the next `count` messages of a queue. */
  async take(queueName: string, count = 1): Promise<unknown[]> {
    const receiver = this.#bus.createReceiver(queueName, { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    while (bodies.length < count) {
      const messages = await receiver.receiveMessages(count - bodies.length, { maxWaitTimeInMs: 5_000 });
      if (messages.length === 0)
        throw new Error(`Only ${bodies.length} of ${count} messages came from '${queueName}'.`);
      bodies.push(...messages.map(({ body }: { body: unknown }) => body));
    }
    await receiver.close();
    return bodies;
  }

  async peekDeadLetters(queueName: string): Promise<ServiceBusReceivedMessage[]> {
    const receiver = this.#bus.createReceiver(queueName, { subQueueType: 'deadLetter' });
    const messages = await receiver.peekMessages(10);
    await receiver.close();
    return messages;
  }

  /** Until every message is settled and every function has ended. */
  settled(): Promise<true> {
    return until(async () => ((await this.host.status()).idle && this.broker.isIdle() ? true : undefined));
  }

  /** Until a function's log has a line like this. */
  logged(text: string, times = 1): Promise<true> {
    const found = () => this.logs.filter(({ message }) => message.includes(text)).length >= times;
    return until(() => (found() ? true : undefined));
  }

  /** Posts without a body and answers with the JSON that comes back. */
  async post(path: string): Promise<unknown> {
    const response = await fetch(this.host.url + path, { method: 'POST' });
    return response.json();
  }

  /** Moves every clock, one due instant after the other. */
  async advance(byMs: number): Promise<void> {
    const toMs = this.clock.nowMs() + byMs;
    for (;;) {
      const { nextDueMs = Infinity } = await this.host.status();
      const dueMs = Math.max(this.clock.nowMs(), Math.min(nextDueMs, this.clock.nextDueMs() ?? Infinity));
      const stepMs = Math.min(dueMs, toMs);
      await this.host.advance(stepMs);
      await until(async () => ((await this.host.status()).nextDueMs === stepMs ? undefined : true));
      this.clock.advanceTo(stepMs);
      if (stepMs === toMs) return;
    }
  }

  async close(): Promise<void> {
    await this.#host?.kill();
    await this.#client?.close();
    await this.broker.close();
    rmSync(this.stateFolder, { recursive: true, force: true });
  }

  get #bus(): ServiceBusClient {
    if (!this.#client) throw new Error('There is no broker.');
    return this.#client;
  }
}
