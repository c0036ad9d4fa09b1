/** Images as Resource Graph listed them; what it does not list is asked for, once, because it lags and leaves out. */
import { armKey } from '../domain/armId';
import type { Fact } from '../domain/facts';
import type { StoredResource, StoredVersion } from '../domain/guard/imageStock';
import type { ImageReader } from './imageReader';

/** The stock of an audit by id, and the versions by their definition. */
export interface Stock {
  readonly byId: ReadonlyMap<string, StoredResource>;
  readonly versions: ReadonlyMap<string, readonly StoredVersion[]>;
  /** Ids. */
  readonly storageAccounts: readonly string[];
}

const definitionKeyOf = (versionId: string): string => armKey(versionId).replace(/\/versions\/[^/]+$/, '');

export function stockOf(resources: readonly StoredResource[]): Stock {
  const versions = resources.filter((one) => one.kind === 'version');
  return {
    byId: new Map(resources.map((one) => [armKey(one.id), one])),
    storageAccounts: resources.filter(({ kind }) => kind === 'storageAccount').map(({ id }) => id),
    versions: Map.groupBy(versions, ({ id }) => definitionKeyOf(id)),
  };
}

const listed = <T>(value: T): Promise<Fact<T>> => Promise.resolve({ read: 'found', value });

/** Reads from the stock, and from `live` what the stock does not have. */
export function stockImages({ byId, versions }: Stock, live: ImageReader): ImageReader {
  const known = (id: string): StoredResource | undefined => byId.get(armKey(id));
  return {
    version: (id) => {
      const one = known(id);
      return one?.kind === 'version' ? listed(one) : live.version(id);
    },
    image: (id) => {
      const one = known(id);
      return one?.kind === 'image' ? listed(one) : live.image(id);
    },
    definition: (id) => {
      const one = known(id);
      return one?.kind === 'definition' ? listed(one) : live.definition(id);
    },
    versionsOf: (id) => {
      const all = versions.get(armKey(id));
      return all === undefined ? live.versionsOf(id) : listed(all);
    },
    source: (id) => (known(id) === undefined ? live.source(id) : listed(null)),
    storageAccount: live.storageAccount,
  };
}
