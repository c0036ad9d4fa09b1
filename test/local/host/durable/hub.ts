/** A task hub for one test: an app of its own, a folder of its own, and a real client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import { SteppedClock } from '../../../../local/clock';
import { DurableBackend, type DurableBackendOptions } from '../../../../local/host/durable/backend';
import { App, type DurableLibrary } from './app';

export class Hub {
  readonly folder = mkdtempSync(join(tmpdir(), 'durable-'));
  readonly app: App;
  readonly clock = new SteppedClock(Date.UTC(2026, 0, 1));
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
    return this.finished(await this.client.startNew(name, { input }));
  }

  /** Steps the clock from timer to timer until the instance is done. */
  async finished(id: string): Promise<DurableOrchestrationStatus> {
    for (;;) {
      await this.settle();
      const status = await this.client.getStatus(id);
      if (['Completed', 'Failed', 'Terminated'].includes(status.runtimeStatus)) return status;
      this.step();
    }
  }

  /** Moves the clock to the next timer. */
  step(): void {
    const nextDueMs = this.clock.nextDueMs();
    if (nextDueMs === undefined) throw new Error('Nothing is under way, and no timer is set.');
    this.clock.advanceTo(nextDueMs);
  }

  #newBackend(options: Partial<DurableBackendOptions>): DurableBackend {
    const { app, clock, folder } = this;
    return new DurableBackend({ calls: app.calls, clock, folder, hubName: 'TestHub', ...options });
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
