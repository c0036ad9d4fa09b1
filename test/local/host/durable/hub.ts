/** A task hub for one test: an app of its own, a folder of its own, and a real client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import { PacedClock, type Clock } from '../../../../local/clock';
import { DurableBackend, type DurableBackendOptions } from '../../../../local/host/durable/backend';
import { App, type DurableLibrary } from './app';

export class Hub {
  readonly folder = mkdtempSync(join(tmpdir(), 'durable-'));
  readonly app: App;
  backend: DurableBackend;
  #client: DurableClient | undefined;

  private constructor(app: App, options: Partial<DurableBackendOptions>) {
    this.app = app;
    this.backend = this.#newBackend(options);
  }

  /** Loads durable-functions anew, with a worker of its own, and registers the app's functions. */
  static async open(
    register: (df: DurableLibrary) => void,
    options: Partial<DurableBackendOptions> = {},
  ): Promise<Hub> {
    const hub = new Hub(loadApp(register), options);
    await hub.#start();
    return hub;
  }

  get client(): DurableClient {
    if (this.#client === undefined) throw new Error('The hub is closed.');
    return this.#client;
  }

  /** A new process would see just this: the folder, and maybe another app. */
  async reopen(register?: (df: DurableLibrary) => void, options: Partial<DurableBackendOptions> = {}): Promise<void> {
    await this.backend.stop();
    const app = register === undefined ? this.app : loadApp(register);
    this.backend = this.#newBackend({ calls: app.calls, ...options });
    await this.#start(app);
  }

  async close(): Promise<void> {
    await this.backend.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Waits until nothing can happen any more without the clock or an event. */
  async settle(): Promise<void> {
    while (!this.backend.isIdle()) await new Promise((resolve) => setImmediate(resolve));
  }

  async run(name: string, input?: unknown): Promise<DurableOrchestrationStatus> {
    const id = await this.client.startNew(name, input === undefined ? {} : { input });
    return this.finished(id);
  }

  async finished(id: string): Promise<DurableOrchestrationStatus> {
    for (;;) {
      const status = await this.client.getStatus(id);
      if (['Completed', 'Failed', 'Terminated'].includes(status.runtimeStatus)) return status;
      await this.settle();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #newBackend(options: Partial<DurableBackendOptions>): DurableBackend {
    const clock: Clock = PacedClock.startingNow(20);
    return new DurableBackend({ calls: this.app.calls, clock, folder: this.folder, hubName: 'TestHub', ...options });
  }

  async #start(app = this.app): Promise<void> {
    await this.backend.start();
    await this.backend.listen();
    this.#client = await app.client(this.backend.clientBinding());
  }
}

export function loadApp(register: (df: DurableLibrary) => void): App {
  const app = new App();
  jest.resetModules();
  jest.doMock('@azure/functions-core', () => app.core, { virtual: true });
  const df = jest.requireActual<DurableLibrary>('durable-functions');
  app.registerClient(df);
  register(df);
  return app;
}
