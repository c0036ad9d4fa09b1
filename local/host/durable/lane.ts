/** Runs jobs in the order in which they come, at most so many at once. */
export class Lane {
  readonly #width: number;
  readonly #queue: (() => Promise<void>)[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#queue.length === 0;
  }

  /** The job starts in a later turn of the event loop, so that what arrives together is seen together. */
  add(job: () => Promise<void>): void {
    this.#queue.push(job);
    this.#next();
  }

  clear(): void {
    this.#queue.length = 0;
  }

  #next(): void {
    if (this.#running >= this.#width) return;
    const job = this.#queue.shift();
    if (job === undefined) return;
    this.#running += 1;
    setImmediate(() => {
      void job().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    });
  }
}
