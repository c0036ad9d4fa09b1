/** What an allocation that failed rests on, as it is now: the image, its version, its replica and its sources. */
import type { Fact } from '../facts';

export interface DiagnosisFacts {
  /** The image that the pool names: a version, or a definition whose newest version it takes. */
  readonly image: { readonly id: string; readonly fact: Fact<null> };
  /** State of the version's replica in the pool's region: `Completed`, `Replicating`, `Failed`, `Unknown`; missing when there is none. */
  readonly replica: Fact<string>;
  readonly region: string;
  /** Snapshots, managed image or disks that the version was made from. */
  readonly sources: readonly { readonly id: string; readonly fact: Fact<null> }[];
}
