/** The plan of a build: from request and facts to every resource that will be made, or to the reasons why none will. */
import { draftResources, type Stage } from './draft';
import { found, type BuildFacts } from './facts';
import { layOut, type Layout } from './layout';
import { buildIdOf, versionNumber } from './names';
import { notThePool } from './preflight/existenceRules';
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
  /** The pool stands, made by the same request: its image's version says what belongs to it. */
  | { readonly decision: 'built'; readonly imageVersionId: string; readonly layout?: Layout };

/** What the decision is based on, beside the facts. */
export interface Circumstances {
  /** Names and version derive from it. */
  readonly namedAtMs: number;
  readonly startedAtMs: number;
  /** A build of this pool by the same request is known to have ended well. */
  readonly wasWhole: boolean;
}

/** Decides what to do about a request. */
export function decideBuild(request: BuildRequest, facts: BuildFacts, around: Circumstances): Decision {
  const pool = found(facts.pool);
  if (pool?.imageId !== undefined && notThePool({ request, facts }, around.wasWhole) === undefined) {
    const built = layOut(request, facts, pool.imageId.split('/').at(-1) ?? '');
    return { decision: 'built', imageVersionId: pool.imageId, ...(built === undefined ? {} : { layout: built }) };
  }
  const version = versionNumber(around.namedAtMs);
  const verdicts = preflight({ request, facts, nowMs: around.startedAtMs, version });
  const layout = layOut(request, facts, version);
  if (refuses(verdicts) || !layout) return { decision: 'refuse', verdicts };
  const buildId = buildIdOf(request, layout.version);
  const stages = draftResources(request, facts, layout, { buildId, startedAtMs: around.startedAtMs });
  if (stages.length === 0) throw new Error('The preflight let a request pass that cannot be planned.');
  return { decision: 'build', plan: { buildId, layout, stages, verdicts } };
}
