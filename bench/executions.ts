/** Executions of the app's functions, read off the host's log. */
import { performance } from 'node:perf_hooks';
import type { HostLog } from '../local/host/log';

export interface Execution {
  readonly name: string;
  /** On the stack's clock. */
  readonly startMs: number;
  readonly endMs: number;
  /** On the wall clock: what the machine needed, when the stack's clock stood still meanwhile. */
  readonly wallMs: number;
}

export class Executions {
  readonly all: Execution[] = [];
  /** Lines of warnings and worse. */
  readonly complaints: string[] = [];
  readonly #open = new Map<string, { readonly startMs: number; readonly wallMs: number }>();

  note({ category, invocationId = '', function: name = '', message, level, time }: HostLog): void {
    if (['warning', 'error', 'critical'].includes(level)) this.complaints.push(message);
    if (category !== 'host') return;
    const atMs = Date.parse(time);
    if (message.startsWith('Executing ')) {
      this.#open.set(invocationId, { startMs: atMs, wallMs: performance.now() });
      return;
    }
    const begun = this.#open.get(invocationId);
    if (begun === undefined || !message.startsWith('Executed ')) return;
    this.#open.delete(invocationId);
    this.all.push({ name, startMs: begun.startMs, endMs: atMs, wallMs: performance.now() - begun.wallMs });
  }
}
