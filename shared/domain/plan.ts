/** The plan of a build: from request and facts to every resource that will be made, or to the reasons why none will. */
import type { ExistingPool } from './account';
import { parseArmIdOf } from './armId';
import type { Stage } from './buildSteps';
import { draftResources } from './draft';
import { found, type BuildFacts } from './facts';
import { growsExisting } from './growsExisting';
import type { GrowthJob } from './growth/growthJob';
import { layOut, type Layout } from './layout';
import { letGo } from './letGo';
import { buildIdOf, poolIdOf, versionNumber } from './names';
import { notThePool } from './preflight/existenceRules';
import { GROW_RULES, preflight } from './preflight/preflight';
import type { Case } from './preflight/rule';
import { acceptAtLeastOf, nodeTargets, type BuildRequest } from './request';
import type { ResourceSpec } from './resources';
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
  /** What follows when the pool has its nodes; what fails of it does not fail the build. */
  readonly closing: Closing;
  readonly verdicts: readonly Verdict[];
}

export interface Closing {
  /** Lets the version into `latest`. */
  readonly stages: readonly Stage[];
  /** What carried the image and is not needed any more. */
  readonly letGo: readonly ResourceSpec[];
}

const NOTHING_TO_CLOSE: Closing = { stages: [], letGo: [] };

export type Decision =
  | { readonly decision: 'build'; readonly plan: BuildPlan }
  | { readonly decision: 'refuse'; readonly verdicts: readonly Verdict[] }
  /** The pool stands, made by the same request: its image says what belongs to it. */
  | { readonly decision: 'built'; readonly imageId: string; readonly layout?: Layout };

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
    const built = layOut(request, facts, versionIn(pool.imageId, request));
    return { decision: 'built', imageId: pool.imageId, ...(built === undefined ? {} : { layout: built }) };
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
  const closing = closingOf(request, layout, stages);
  return { decision: 'build', plan: { buildId, layout, stages, growth: growthJob(request, facts), closing, verdicts } };
}

function closingOf(request: BuildRequest, layout: Layout, stages: readonly Stage[]): Closing {
  const made = stages.flatMap(({ resources }) => resources);
  const released = request.image.excludeFromLatest === true ? [] : made.filter(({ kind }) => kind === 'version');
  const resources = released.map(({ id }) => ({ kind: 'release', id }) as const);
  return {
    stages: resources.length === 0 ? [] : [{ step: 'latest', resources }],
    letGo: letGo(request, layout, made),
  };
}

/** The version that the names of a build derive from, in the id of the image that it made. */
function versionIn(imageId: string, { image }: BuildRequest): string {
  const name = imageId.split('/').at(-1) ?? '';
  const prefix = `${image.name}-`;
  return parseArmIdOf('Microsoft.Compute/images', imageId) && name.startsWith(prefix)
    ? name.slice(prefix.length)
    : name;
}

/** Nothing is made for a pool that stands: only the rules on its nodes matter, and its own image is its lineage. */
function decideGrowth({ request, facts, ...given }: Case, pool: ExistingPool): Decision {
  const verdicts = preflight({ request, facts, ...given }, GROW_RULES);
  const layout = layOut(request, facts, versionUnder(pool, request, facts));
  if (refuses(verdicts) || !layout) return { decision: 'refuse', verdicts };
  const buildId = buildIdOf(request, given.version);
  const growth = { ...growthJob(request, facts), stood: true };
  return { decision: 'build', plan: { buildId, layout, stages: [], growth, closing: NOTHING_TO_CLOSE, verdicts } };
}

/** The version that new nodes of a pool are made from: the one that it names, or the newest of its definition. */
function versionUnder({ imageId = '' }: ExistingPool, request: BuildRequest, facts: BuildFacts): string {
  if (parseArmIdOf('Microsoft.Compute/galleries/images', imageId)) return newestOf(found(facts.versions) ?? []) ?? '';
  return versionIn(imageId, request);
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
