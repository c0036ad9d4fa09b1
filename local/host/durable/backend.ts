/** The durable backend of the local host: a task hub on disk and its HTTP API, behind one small interface. */
import type { Clock } from '../../clock';
import { Client } from './client';
import { Engine, type DurableCalls } from './engine';
import { answer } from './httpApi';
import { HttpServer } from './httpServer';
import { clientBinding } from './links';

export type { DurableCalls } from './engine';

export interface DurableBackendOptions {
  readonly calls: DurableCalls;
  readonly clock: Clock;
  readonly folder: string;
  readonly hubName: string;
  /** 16 when left out. */
  readonly maxConcurrentActivities?: number;
  /** 50 when left out. */
  readonly maxConcurrentOrchestrators?: number;
  readonly log?: (level: string, message: string) => void;
}

export class DurableBackend {
  readonly #options: DurableBackendOptions;
  #running: { engine: Engine; client: Client } | undefined;
  #server: HttpServer | undefined;
  #origin: string | undefined;

  constructor(options: DurableBackendOptions) {
    this.#options = options;
  }

  /** Loads the folder and resumes what was under way. */
  async start(): Promise<void> {
    await this.stop();
    const { calls, clock, folder, log, maxConcurrentActivities, maxConcurrentOrchestrators } = this.#options;
    const engine = new Engine({
      ...{ calls, clock, folder, log: log ?? (() => undefined) },
      maxConcurrentActivities: maxConcurrentActivities ?? 16,
      maxConcurrentOrchestrators: maxConcurrentOrchestrators ?? 50,
    });
    this.#running = { engine, client: new Client(engine) };
    engine.resume();
  }

  /** Answers the origin of the durable HTTP API; any free port when none is given. */
  async listen(port = 0): Promise<string> {
    const { client } = this.#started();
    const { hubName } = this.#options;
    this.#server = new HttpServer((request) => answer(client, { origin: this.#origin ?? '', hubName }, request));
    this.#origin = await this.#server.listen(port);
    return this.#origin;
  }

  /** JSON text: the value of a durableClient input binding. */
  clientBinding(): string {
    if (this.#origin === undefined)
      throw new Error('A durable client needs the durable HTTP API: call listen() first.');
    return clientBinding({ origin: this.#origin, hubName: this.#options.hubName });
  }

  /** Nothing is runnable or running; timers and external events may be waited for. */
  isIdle(): boolean {
    return this.#running?.engine.isIdle ?? true;
  }

  /** What still runs is abandoned, and runs again after the next start. */
  async stop(): Promise<void> {
    this.#running?.engine.stop();
    this.#running = undefined;
    await this.#server?.close();
    this.#server = undefined;
  }

  #started(): { engine: Engine; client: Client } {
    if (this.#running === undefined) throw new Error('The durable backend is not started: call start() first.');
    return this.#running;
  }
}
