/** A pool that grows as the test says, and the machine that makes it grow, from the first look to the end. */
import { isDeepStrictEqual } from 'node:util';
import {
  afterCount,
  afterDiagnosis,
  afterLook,
  afterResize,
  nextStep,
  startGrowing,
  type Growing,
  type GrowthStep,
} from '../../../../shared/domain/growth/growing';
import type { GrowthEnd, GrowthJob, ResizeAnswer } from '../../../../shared/domain/growth/growthJob';
import type { NodeCounts, NodeStates, PoolLook, ResizeError } from '../../../../shared/domain/growth/poolLook';
import { sumOf } from '../../../../shared/domain/growth/poolLook';
import { succeed, type Outcome } from '../../../../shared/domain/outcome';
import * as given from '../../../given/build';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const START_MS = given.STARTED_AT_MS;

export const error = (code: string, message = `${code} happened.`): ResizeError => ({ code, message, details: [] });

export const job = (changes: Partial<GrowthJob> = {}): GrowthJob => ({
  poolId: given.POOL,
  targets: { dedicated: 600, spot: 0 },
  resizeTimeoutMinutes: 30,
  mostUnusablePercent: 10,
  ...changes,
});

export const iso = (ms: number): string => new Date(ms).toISOString();

/** Nodes that are all up. */
export const states = (total: number, changes: Partial<NodeStates> = {}): NodeStates => ({
  total,
  usable: total,
  underway: 0,
  unusable: 0,
  startTaskFailed: 0,
  errors: [],
  ...changes,
});

/** How one resize goes; number 0 is the creation. */
export interface Resize {
  readonly brings: number;
  readonly error?: ResizeError;
  readonly minutes?: number;
  /** After so long it shows at the pool, which looks as before until then; a creation shows at once. */
  readonly showsAfterMinutes?: number;
  /** Orders of the targets that the pool has already are taken, and begin nothing. */
  readonly onlyForNewTargets?: boolean;
}

export interface Order {
  readonly atMs: number;
  /** It came while another resize was under way. */
  readonly isSecond: boolean;
  readonly targets: NodeCounts;
  readonly from: NodeCounts;
}

export interface Run {
  readonly end: GrowthEnd;
  readonly endedAtMs: number;
  readonly steps: readonly GrowthStep['do'][];
  readonly orders: readonly Order[];
  readonly growing: Growing;
}

export type Course = (resize: number, atMs: number) => Resize;

/** Code of a failure that comes although the order took effect. */
export const LOST = 'AnswerLost';

/** What a step gets instead of the model's answer, by a test that wants trouble. */
export type Twist = (step: GrowthStep, index: number, atMs: number) => Outcome<never> | undefined;

class PoolModel {
  nodes: NodeCounts = { dedicated: 0, spot: 0 };
  readonly orders: Order[] = [];
  private going: Resize & { readonly untilMs: number };
  private steadySince = START_MS;
  private startedAt = START_MS;
  private before: { readonly look: PoolLook; readonly untilMs: number } | undefined;
  private errors: readonly ResizeError[] = [];
  private isSteady = false;

  constructor(
    private targets: NodeCounts,
    private readonly course: Course,
  ) {
    this.going = this.begun(0, START_MS);
  }

  private begun(resize: number, atMs: number): Resize & { readonly untilMs: number } {
    const going = this.course(resize, atMs);
    return { ...going, untilMs: atMs + (going.minutes ?? 7) * MINUTE };
  }

  private settle(atMs: number): void {
    if (this.isSteady || atMs < this.going.untilMs) return;
    const room = sumOf(this.targets) - sumOf(this.nodes);
    const brought = Math.min(room, this.going.brings);
    const dedicated = Math.min(brought, this.targets.dedicated - this.nodes.dedicated);
    this.nodes = { dedicated: this.nodes.dedicated + dedicated, spot: this.nodes.spot + brought - dedicated };
    this.errors = brought < room ? [this.going.error ?? error('AllocationTimedOut')] : [];
    this.isSteady = true;
    this.steadySince = this.going.untilMs;
  }

  look(atMs: number): PoolLook {
    this.settle(atMs);
    if (this.before !== undefined && atMs < this.before.untilMs) return this.before.look;
    return {
      allocationState: this.isSteady ? 'Steady' : 'Resizing',
      allocationStateSince: iso(this.isSteady ? this.steadySince : this.startedAt),
      resizeStartedAt: iso(this.startedAt),
      nodes: this.nodes,
      resizeErrors: this.isSteady ? this.errors : [],
      deleting: false,
      etag: `"${this.orders.length}-${this.isSteady}"`,
    };
  }

  resize(targets: NodeCounts, atMs: number): ResizeAnswer {
    this.settle(atMs);
    this.orders.push({ atMs, isSecond: !this.isSteady, targets, from: this.nodes });
    if (!this.isSteady) return { state: 'busy' };
    if (this.going.onlyForNewTargets === true && isDeepStrictEqual(targets, this.targets)) return { state: 'begun' };
    const before = this.look(atMs);
    this.targets = targets;
    this.isSteady = false;
    this.startedAt = atMs;
    this.going = this.begun(this.orders.length, atMs);
    this.before = { look: before, untilMs: atMs + (this.going.showsAfterMinutes ?? 0) * MINUTE };
    return { state: 'begun' };
  }
}

/** Image and replica are there, so that nothing but capacity is left as a cause. */
export const inPlace = {
  image: { id: `${given.DEFINITION}/versions/1.0.0`, fact: given.there(null) },
  replica: given.there('Completed'),
  region: 'westeurope',
  sources: [],
};

function answerTo(growing: Growing, step: GrowthStep, pool: PoolModel, at: At): Growing {
  const trouble = at.twist?.(step, at.index, at.ms);
  // The order takes effect, and only its answer is lost.
  if (step.do === 'resize' && trouble?.ok === false && trouble.failure.code === LOST) pool.resize(step.targets, at.ms);
  switch (step.do) {
    case 'look':
      return afterLook(growing, trouble ?? succeed(pool.look(at.ms)), at.ms);
    case 'resize':
      return afterResize(growing, trouble ?? succeed(pool.resize(step.targets, at.ms)), at.ms);
    case 'diagnose':
      return afterDiagnosis(growing, trouble ?? succeed(inPlace), at.ms);
    case 'count':
      return afterCount(growing, trouble ?? succeed(states(sumOf(pool.nodes))), at.ms);
    case 'end':
      return growing;
  }
}

interface At {
  readonly ms: number;
  readonly index: number;
  readonly twist?: Twist | undefined;
}

const MOST_STEPS = 20_000;

/** Grows a pool from its creation to the machine's end; throws when that never comes. */
export function grow(given: GrowthJob, course: Course, twist?: Twist): Run {
  const pool = new PoolModel(given.targets ?? { dedicated: 0, spot: 0 }, course);
  const steps: GrowthStep['do'][] = [];
  let growing = startGrowing(given, START_MS);
  let ms = START_MS;
  for (let index = 0; index < MOST_STEPS; index += 1) {
    const step = nextStep(growing);
    steps.push(step.do);
    if (step.do === 'end') return { end: step.end, endedAtMs: ms, steps, orders: pool.orders, growing };
    ms = Math.max(ms, step.dueMs);
    growing = answerTo(growing, step, pool, { ms, index, twist });
  }
  throw new Error(`No end after ${MOST_STEPS} steps.`);
}
