/** Starts and drives a Functions host in a process of its own, so that it can be killed like a machine. */

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { HostLog } from './log';
import { hostLog } from './log';
import type { ClockSettings, ListedFunction, ToHost, ToParent } from './process/messages';
import { toParent } from './process/messages';
import { StartRefused } from './refusals';

export interface HostProcessOptions {
  readonly appFolder: string;
  /** Keeps durable state and timers; give the same folder to go on after a kill. */
  readonly stateFolder: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock: ClockSettings;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly mainFile?: string;
  readonly onLog?: (entry: HostLog) => void;
  /** A line that the app itself printed. */
  readonly onConsole?: (line: string) => void;
}

export interface HostStatus {
  readonly idle: boolean;
  /** On a stepped clock: the next instant at which something happens by itself. */
  readonly nextDueMs?: number;
}

type Ready = Extract<ToParent, { type: 'ready' }>;
type Order = ToHost extends infer Each ? (Each extends ToHost ? Omit<Each, 'id'> : never) : never;

/** How long a stopping host may let its functions come to their end. */
const STOP_PATIENCE_MS = 15_000;

export class HostProcess {
  readonly #child: ChildProcess;
  readonly #ready: Ready;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, { resolve: (answer: ToParent) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.#ready = ready;
    this.#exited = exitOf(child);
    child.on('message', (message) => {
      const answer = toParent.parse(message);
      if (!('id' in answer)) return;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    void this.#exited.then(() => {
      for (const { reject } of this.#waiting.values())
        reject(new Error('The Functions host ended before it answered.'));
      this.#waiting.clear();
    });
  }

  /** Rejects with `StartRefused` when the app cannot run. */
  static async start(options: HostProcessOptions): Promise<HostProcess> {
    const { appFolder, stateFolder, env = process.env, clock, port = 0, mainFile = builtMain() } = options;
    const child = fork(mainFile, [], {
      cwd: appFolder,
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...env,
        LOCAL_HOST_APP: appFolder,
        LOCAL_HOST_STATE: stateFolder,
        LOCAL_HOST_PORT: String(port),
        LOCAL_CLOCK: JSON.stringify(clock),
      },
    });
    readLines(child.stdout, (line) => options.onLog?.(hostLog.parse(JSON.parse(line))));
    const printed: string[] = [];
    readLines(child.stderr, (line) => {
      printed.push(line);
      options.onConsole?.(line);
    });
    return new HostProcess(child, await readiness(child, printed));
  }

  get url(): string {
    return this.#ready.url;
  }

  /** Undefined for an app without durable functions. */
  get durableUrl(): string | undefined {
    return this.#ready.durableUrl;
  }

  get functions(): readonly ListedFunction[] {
    return this.#ready.functions;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async status(): Promise<HostStatus> {
    const answer = await this.#ask({ type: 'status' });
    if (answer.type !== 'status')
      throw new Error(`The Functions host answered '${answer.type}' when asked for its status.`);
    const { idle, nextDueMs } = answer;
    return { idle, ...(nextDueMs !== undefined && { nextDueMs }) };
  }

  /** Moves a stepped clock of the host; a paced one goes by itself. */
  async advance(toMs: number): Promise<void> {
    await this.#ask({ type: 'advance', toMs });
  }

  /** As when the machine is lost. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Lets running functions come to their end. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.send({ type: 'stop', id: 0 } satisfies ToHost);
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await this.#exited;
    clearTimeout(patience);
  }

  #ask(order: Order): Promise<ToParent> {
    if (!this.#child.connected) return Promise.reject(new Error('The Functions host has ended.'));
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ ...order, id });
    });
  }
}

/** Beside this file when it is built; else in the project's build, as under a test runner that compiles on the fly. */
function builtMain(): string {
  const beside = join(__dirname, 'main.js');
  return existsSync(beside) ? beside : join(__dirname, '..', '..', 'dist', 'local', 'host', 'main.js');
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine);
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function readiness(child: ChildProcess, printed: readonly string[]): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      const ended = `The Functions host ended with ${code ?? 'a signal'} at its start`;
      reject(new Error([`${ended}, after it printed:`, ...printed].join('\n')));
    };
    // 'close' comes after the last line that was printed.
    child.once('close', onExit);
    child.once('error', reject);
    child.once('message', (message) => {
      child.off('close', onExit);
      const first = toParent.parse(message);
      if (first.type === 'ready') {
        resolve(first);
        return;
      }
      const problems = first.type === 'failed' ? first.problems : [`It said '${first.type}' before it was ready.`];
      void exitOf(child).then(() => reject(new StartRefused(problems)));
    });
  });
}
