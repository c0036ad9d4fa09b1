/** The task hub on disk: one line per transaction, so that what is decided together becomes durable together. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { applyChange, changeSchema, type Change, type Instance } from './instance';

const transactionSchema = z.array(changeSchema);

const COMPACT_ABOVE_BYTES = 32 * 1024 * 1024;

/**
 * Survives the death of its process at any point: a line is written with one call before anything acts on it, and a
 * line that was cut short counts as never written. It is not flushed to the disk, so a power failure may lose the end.
 */
export class Journal {
  readonly instances = new Map<string, Instance>();
  readonly #path: string;
  readonly #compactAboveBytes: number;
  #file: number | undefined;
  #bytes = 0;
  #bytesWhenCompact = 0;

  /** The journal is rewritten when it is longer than `compactAboveBytes` and mostly past. */
  constructor(folder: string, compactAboveBytes = COMPACT_ABOVE_BYTES) {
    this.#compactAboveBytes = compactAboveBytes;
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'instances.jsonl');
    if (existsSync(this.#path)) this.#load();
    this.#rewrite();
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  commit(changes: readonly Change[]): void {
    if (this.#file === undefined || changes.length === 0) return;
    this.#append(this.#file, changes);
    for (const change of changes) applyChange(this.instances, change);
    if (this.#bytes > this.#compactAboveBytes && this.#bytes > 2 * this.#bytesWhenCompact) this.#rewrite();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #load(): void {
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    // What follows the last line break was being written when the process died.
    for (const [index, line] of lines.slice(0, -1).entries()) {
      try {
        for (const change of transactionSchema.parse(JSON.parse(line))) applyChange(this.instances, change);
      } catch (cause) {
        const advice = 'Delete the file to begin with an empty task hub.';
        throw new Error(`Cannot read line ${index + 1} of ${this.#path}. ${advice}`, { cause });
      }
    }
  }

  /** Keeps what is, not how it came about: written beside the journal, then put in its place. */
  #rewrite(): void {
    this.close();
    const fresh = `${this.#path}.new`;
    const file = openSync(fresh, 'w');
    this.#bytes = 0;
    for (const instance of this.instances.values()) this.#append(file, [{ op: 'put', instance }]);
    this.#bytesWhenCompact = this.#bytes;
    renameSync(fresh, this.#path);
    this.#file = file;
  }

  #append(file: number, changes: readonly Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    const written = writeSync(file, line, 0, line.length, this.#bytes);
    if (written !== line.length) {
      // The disk is full: half a line must not stay in front of the next one.
      ftruncateSync(file, this.#bytes);
      throw new Error(`Wrote ${written} of ${line.length} bytes to ${this.#path}: is the disk full?`);
    }
    this.#bytes += written;
  }
}
