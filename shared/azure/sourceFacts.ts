/** What the survey of a source comes to, whatever kind it is of. */
import type { BuildFacts } from '../domain/facts';
import type { SurveyedRight } from './rightsSurvey';

export interface SourceSurvey {
  readonly facts: Pick<BuildFacts, 'machine' | 'disks' | 'sourceImage' | 'storageAccount' | 'marketplaceImage'>;
  /** On each resource that the source names or leads to, where a build needs more than to read it. */
  readonly rights: readonly SurveyedRight[];
}
