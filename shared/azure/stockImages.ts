/** Images as Resource Graph listed them; what it does not list is asked for, once, because it lags and leaves out. */
import { armKey } from '../domain/armId';
import type { Fact } from '../domain/facts';
import type { StoredResource, StoredVersion } from '../domain/guard/imageStock';
import type { ImageReader } from './imageReader';

/** The stock of an audit by id, and the versions by their definition. */
export interface Stock {
  readonly byId: ReadonlyMap<string, StoredResource>;
  readonly versions: ReadonlyMap<string, readonly StoredVersion[]>;
}

const definitionKeyOf = (versionId: string): string => armKey(versionId).replace(/\/versions\/[^/]+$/, '');

export function stockOf(resources: readonly StoredResource[]): Stock {
  const versions = resources.filter((one) => one.kind === 'version');
  return {
    byId: new Map(resources.map((one) => [armKey(one.id), one])),
    versions: Map.groupBy(versions, ({ id }) => definitionKeyOf(id)),
  };
}

/** Keeps the first answer to a question for the others that ask the same. */
function once<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (id) => {
    const key = armKey(id);
    const answer = answers.get(key) ?? ask(id);
    answers.set(key, answer);
    return answer;
  };
}

const listed = <T>(value: T): Promise<Fact<T>> => Promise.resolve({ read: 'found', value });

/** Reads from the stock, and from `live` what the stock does not have. */
export function stockImages({ byId, versions }: Stock, live: ImageReader): ImageReader {
  const ask = {
    version: once(live.version),
    image: once(live.image),
    definition: once(live.definition),
    versionsOf: once(live.versionsOf),
    source: once(live.source),
  };
  const known = (id: string): StoredResource | undefined => byId.get(armKey(id));
  return {
    version: (id) => {
      const one = known(id);
      return one?.kind === 'version' ? listed(one) : ask.version(id);
    },
    image: (id) => {
      const one = known(id);
      return one?.kind === 'image' ? listed(one) : ask.image(id);
    },
    definition: (id) => {
      const one = known(id);
      return one?.kind === 'definition' ? listed(one) : ask.definition(id);
    },
    versionsOf: (id) => {
      const all = versions.get(armKey(id));
      return all === undefined ? ask.versionsOf(id) : listed(all);
    },
    source: (id) => (known(id) === undefined ? ask.source(id) : listed(null)),
  };
}
