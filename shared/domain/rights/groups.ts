/** What most rights have in common, and how their actions are written. */
import type { RightGroup } from './rightGroup';

/** Read by the survey, so that its answer is the proof; Reader has it. */
export const SURVEY = { proof: 'reading', confirmed: true, role: 'Reader' } as const satisfies Partial<RightGroup>;

/** Needed by what follows; only the identity's grants tell beforehand. */
export const BUILD = { proof: 'grants', confirmed: true } as const satisfies Partial<RightGroup>;

export const COMPUTE = 'Microsoft.Compute';
export const BATCH = 'Microsoft.Batch';

export const verbs = (type: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${type}/${name}`);
