/** Everything that keeps an app from starting, collected so that it is said all at once. */

export class Refusals {
  readonly #problems: string[] = [];

  add(problem: string): void {
    this.#problems.push(problem);
  }

  addAll(other: Refusals): void {
    this.#problems.push(...other.problems);
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The value of `attempt`, or undefined and a problem when it threw. */
  attempt<T>(attempt: () => T, because: string): T | undefined {
    try {
      return attempt();
    } catch (error) {
      this.add(`${because}${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}

export class StartRefused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The Functions host refuses to start this app:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'StartRefused';
    this.problems = problems;
  }
}
