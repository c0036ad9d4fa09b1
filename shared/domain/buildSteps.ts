/** The steps of a build by name, and the stages in which it makes its resources. */
import type { Spec, SpecKind } from './resources';

/** What one stage makes; `growth` is what follows on the pool's creation, and `latest` what follows on that. */
export const BUILD_STEPS = [
  'deallocation',
  'generalization',
  'snapshots',
  'image',
  'definition',
  'version',
  'pool',
  'growth',
  'latest',
] as const;
export type BuildStep = (typeof BUILD_STEPS)[number];

/** The step that makes a resource, whatever else its stage makes beside it. */
const STEP_OF: Readonly<Record<SpecKind, BuildStep>> = {
  deallocation: 'deallocation',
  generalization: 'generalization',
  snapshot: 'snapshots',
  image: 'image',
  definition: 'definition',
  version: 'version',
  pool: 'pool',
  release: 'latest',
};
export const stepOf = ({ kind }: Spec): BuildStep => STEP_OF[kind];

export interface Stage {
  readonly step: BuildStep;
  /** Made side by side; first those whose names nobody else may share. */
  readonly resources: readonly Spec[];
}
