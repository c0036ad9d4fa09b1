/** The plan of a build: from request and facts to every resource that will be made, or to the reasons why none will. */
import { draftResources, type Stage } from './draft';
import { found, type BuildFacts } from './facts';
import { layOut, type Layout } from './layout';
import { buildIdOf, versionNumber } from './names';
import { isBuiltAlready } from './preflight/existenceRules';
import { preflight } from './preflight/preflight';
import type { BuildRequest } from './request';
import { refuses, type Verdict } from './verdict';

export interface BuildPlan {
  readonly buildId: string;
  readonly layout: Layout;
  /** In order; what one stage holds is made side by side. */
  readonly stages: readonly Stage[];
  readonly verdicts: readonly Verdict[];
}

export type Decision =
  | { readonly decision: 'build'; readonly plan: BuildPlan }
  | { readonly decision: 'refuse'; readonly verdicts: readonly Verdict[] }
  /** The pool stands already, made by the same request: its image's version says what belongs to it. */
  | { readonly decision: 'built'; readonly imageVersionId: string; readonly layout?: Layout };

/** Decides what to do about a request. `startedAtMs` is the build's start: version and names derive from it. */
export function decideBuild(request: BuildRequest, facts: BuildFacts, startedAtMs: number): Decision {
  const pool = found(facts.pool);
  if (pool?.imageId !== undefined && isBuiltAlready({ request, facts })) {
    const built = layOut(request, facts, pool.imageId.split('/').at(-1) ?? '');
    return { decision: 'built', imageVersionId: pool.imageId, ...(built === undefined ? {} : { layout: built }) };
  }
  const verdicts = preflight({ request, facts });
  const layout = layOut(request, facts, versionNumber(startedAtMs));
  if (refuses(verdicts) || !layout) return { decision: 'refuse', verdicts };
  const buildId = buildIdOf(request, layout.version);
  const stages = draftResources(request, facts, layout, { buildId, startedAtMs });
  if (stages.length === 0) throw new Error('The preflight let a request pass that cannot be planned.');
  return { decision: 'build', plan: { buildId, layout, stages, verdicts } };
}
