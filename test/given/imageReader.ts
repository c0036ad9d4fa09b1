/** A reader of images over a table of facts, by id; it says what it was asked. What the table leaves out is gone. */
import { armKey } from '../../shared/domain/armId';
import type { Fact } from '../../shared/domain/facts';
import type { StoredResource } from '../../shared/domain/guard/imageStock';
import type { ImageReader } from '../../shared/azure/imageReader';
import { missing } from './build';

type Kind = StoredResource['kind'];
type Unread = Exclude<Fact<never>, { readonly read: 'found' }>;

export interface ScriptedReader extends ImageReader {
  /** `version /subscriptions/…`, in order. */
  readonly asked: readonly string[];
}

export function imageReader(
  resources: readonly StoredResource[],
  unread: Readonly<Record<string, Unread>> = {},
): ScriptedReader {
  const asked: string[] = [];
  const byId = new Map(resources.map((one) => [armKey(one.id), one]));
  const hidden = new Map(Object.entries(unread).map(([id, fact]) => [armKey(id), fact]));
  const note = (what: string, id: string): void => {
    asked.push(`${what} ${id}`);
  };
  const one =
    <K extends Kind>(kind: K) =>
    (id: string): Promise<Fact<Extract<StoredResource, { kind: K }>>> => {
      note(kind, id);
      const value = byId.get(armKey(id));
      const isOfKind = (other: StoredResource | undefined): other is Extract<StoredResource, { kind: K }> =>
        other?.kind === kind;
      return Promise.resolve(hidden.get(armKey(id)) ?? (isOfKind(value) ? { read: 'found', value } : missing));
    };
  return {
    asked,
    version: one('version'),
    image: one('image'),
    definition: one('definition'),
    versionsOf: (id) => {
      note('versionsOf', id);
      const all = resources.filter(({ id: other }) => armKey(other).startsWith(`${armKey(id)}/versions/`));
      const value = all.filter((other) => other.kind === 'version');
      return Promise.resolve(hidden.get(`${armKey(id)}/versions`) ?? { read: 'found', value });
    },
    storageAccount: () => undefined,
    source: (id) => {
      note('source', id);
      return Promise.resolve(
        hidden.get(armKey(id)) ?? (byId.has(armKey(id)) ? { read: 'found', value: null } : missing),
      );
    },
  };
}
