/** The words of one stage of a query, taken one after the other. */
import { invalidQuery } from './refusals';
import type { Token } from './tokens';

export class Words {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isNext(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && token.kind !== 'string' && token.text === text;
  }

  takeIf(text: string): boolean {
    const isNext = this.isNext(text);
    if (isNext) this.#at += 1;
    return isNext;
  }

  take(text: string): void {
    if (!this.takeIf(text)) throw this.#unexpected(`'${text}'`);
  }

  name(what: string): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name') throw this.#unexpected(what);
    this.#at += 1;
    return token.text;
  }

  string(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'string') throw this.#unexpected('a string');
    this.#at += 1;
    return token.text;
  }

  /** Whatever stands here, unless it is a string. */
  next(what: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'string') throw this.#unexpected(what);
    this.#at += 1;
    return token.text;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected('the end of the stage');
  }

  #unexpected(wanted: string): Error {
    const found = this.#tokens[this.#at];
    return invalidQuery(`Expected ${wanted}, but found ${found === undefined ? 'nothing more' : `'${found.text}'`}.`);
  }
}
