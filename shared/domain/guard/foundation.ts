/** What a pool stands on, as it is now: its image, the version of it that new nodes take, and what that was made from. */
import { parseArmId } from '../armId';
import type { Fact } from '../facts';
import type { StoredDefinition, StoredImage, StoredVersion } from './imageStock';

export interface Foundation {
  /** What the pool names. */
  readonly image:
    | { readonly kind: 'version'; readonly id: string; readonly fact: Fact<StoredVersion> }
    | { readonly kind: 'definition'; readonly id: string; readonly fact: Fact<StoredDefinition> }
    | { readonly kind: 'image'; readonly id: string; readonly fact: Fact<StoredImage> }
    /** An id of no type that the app knows, such as one of a community gallery. */
    | { readonly kind: 'other'; readonly id: string };
  /** The version that a pool on a definition takes; missing when the definition has none to take. */
  readonly latest?: Fact<StoredVersion>;
  /** Of a pool that names a version: the definition that it is a version of; its day of ending is the version's as well. */
  readonly definition?: Fact<StoredDefinition>;
  /** What the starting image was made from, and what that was made from in turn. */
  readonly sources: readonly { readonly id: string; readonly fact: Fact<unknown> }[];
  /** ISO 8601. */
  readonly lookedAt: string;
}

const KINDS: Readonly<Record<string, 'version' | 'definition' | 'image'>> = {
  'microsoft.compute/galleries/images/versions': 'version',
  'microsoft.compute/galleries/images': 'definition',
  'microsoft.compute/images': 'image',
};

/** What an id names as the image of a pool. */
export const imageKindOf = (id: string): Foundation['image']['kind'] =>
  KINDS[parseArmId(id)?.type.toLowerCase() ?? ''] ?? 'other';

/** The image that new nodes start from; undefined for a kind that the app does not know. */
export function startingImage({ image, latest }: Foundation): Fact<StoredVersion | StoredImage> | undefined {
  switch (image.kind) {
    case 'version':
    case 'image':
      return image.fact;
    case 'definition':
      return latest;
    case 'other':
      return undefined;
  }
}
