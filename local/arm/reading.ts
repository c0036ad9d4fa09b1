/** What a read of no resource of its own is: data about its path, and the answer to it. */
import type { Json, Site } from './kind';
import type { WorldFacts } from './worldFacts';

/** One such request, with the parts of its path by their names. */
export interface ReadingAsked {
  readonly at: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly apiVersion: string;
  readonly site: Site;
  readonly world: WorldFacts;
}

export interface Reading {
  /** As the refusal of an api-version names it. */
  readonly type: string;
  /** Its named parts are `subscription`, and then `location` or `scope` where there is one, and others. */
  readonly path: RegExp;
  readonly apiVersions: readonly string[];
  /** Parameters beyond api-version. */
  readonly queries: readonly string[];
  readonly permission: string;
  answer(asked: ReadingAsked): Json;
}
