/** The plan of a build: from request and facts to every resource that will be made, or to the reasons why none will. */
import type { ExistingPool } from './account';
import { parseArmIdOf } from './armId';
import { draftResources, type Stage } from './draft';
import { found, type BuildFacts } from './facts';
import { growsExisting } from './growsExisting';
import type { GrowthJob } from './growth/growthJob';
import { layOut, type Layout } from './layout';
import { buildIdOf, poolIdOf, versionNumber } from './names';
import { notThePool } from './preflight/existenceRules';
import { GROW_RULES, preflight } from './preflight/preflight';
import type { Case } from './preflight/rule';
import { acceptAtLeastOf, nodeTargets, type BuildRequest } from './request';
import { resizeTimeoutFor } from './sizing';
import { newestOf } from './versionOrder';
import { refuses, type Verdict } from './verdict';

export interface BuildPlan {
  readonly buildId: string;
  readonly layout: Layout;
  /** In order; what one stage holds is made side by side. */
  readonly stages: readonly Stage[];
  /** What follows when all of them stand, or the pool stood before. */
  readonly growth: GrowthJob;
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
  const given: Case = { request, facts, nowMs: around.startedAtMs, version };
  if (pool && growsExisting(request, facts)) return decideGrowth(given, pool);
  const verdicts = preflight(given);
  const layout = layOut(request, facts, version);
  if (refuses(verdicts) || !layout) return { decision: 'refuse', verdicts };
  const buildId = buildIdOf(request, layout.version);
  const stages = draftResources(request, facts, layout, { buildId, startedAtMs: around.startedAtMs });
  if (stages.length === 0) throw new Error('The preflight let a request pass that cannot be planned.');
  return { decision: 'build', plan: { buildId, layout, stages, growth: growthJob(request, facts), verdicts } };
}

/** Nothing is made for a pool that stands: only the rules on its nodes matter, and its own image is its lineage. */
function decideGrowth({ request, facts, ...given }: Case, pool: ExistingPool): Decision {
  const verdicts = preflight({ request, facts, ...given }, GROW_RULES);
  const layout = layOut(request, facts, versionUnder(pool, facts));
  if (refuses(verdicts) || !layout) return { decision: 'refuse', verdicts };
  const buildId = buildIdOf(request, given.version);
  const growth = { ...growthJob(request, facts), stood: true };
  return { decision: 'build', plan: { buildId, layout, stages: [], growth, verdicts } };
}

/** The version that new nodes of a pool are made from: the one that it names, or the newest of its definition. */
function versionUnder({ imageId = '' }: ExistingPool, facts: BuildFacts): string {
  const named = parseArmIdOf('Microsoft.Compute/galleries/images/versions', imageId)?.names.at(-1);
  return named ?? newestOf(found(facts.versions) ?? []) ?? '';
}

function growthJob(request: BuildRequest, facts: BuildFacts): GrowthJob {
  const { properties } = request.pool;
  const targets = nodeTargets(properties);
  const timeout = resizeTimeoutFor(properties);
  const accept = acceptAtLeastOf(request);
  return {
    poolId: poolIdOf(request),
    ...(targets === undefined ? {} : { targets }),
    ...(timeout === undefined ? {} : { resizeTimeoutMinutes: timeout.minutes }),
    ...(accept === undefined ? {} : { acceptAtLeast: accept }),
    mostUnusablePercent: facts.policy.mostUnusablePercent,
  };
}
