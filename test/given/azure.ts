/** Azure as the orchestrators see it: one scripted answer for each activity, by name; tests say what goes differently. */
import type { BuildFacts } from '../../shared/domain/facts';
import type { DiagnosisFacts } from '../../shared/domain/growth/diagnosis';
import type { ResizeOrder } from '../../shared/domain/growth/growthJob';
import type { NodeStates, PoolLook } from '../../shared/domain/growth/poolLook';
import { fail, succeed, type Failure, type Outcome } from '../../shared/domain/outcome';
import {
  mayBeShared,
  type Begun,
  type Removal,
  type ResourceSpec,
  type Sighting,
  type Spec,
  type SpecKind,
} from '../../shared/domain/resources';
import type { CloudEvent } from '../../shared/domain/resultEvent';
import type { BuildRequest } from '../../shared/domain/request';
import type { ActivityHandlers, Look } from '../../shared/orchestrators/contracts';
import type { Call, Fakes } from '../shared/orchestrators/executor';
import * as given from './build';

/** How long each kind takes, in Azure minutes: a day on which nothing hurries. */
export const USUAL_MINUTES: Readonly<Record<SpecKind, number>> = {
  deallocation: 2,
  generalization: 0,
  snapshot: 3,
  image: 2,
  definition: 0.3,
  version: 20,
  pool: 7,
  release: 0.5,
};

type Answers = {
  readonly [K in keyof ActivityHandlers]: (
    input: Parameters<ActivityHandlers[K]>[0],
    call: Call,
  ) => Awaited<ReturnType<ActivityHandlers[K]>>;
};

/** What the activities that are about several resources do for each of them. */
interface EachAnswers {
  beginResource(spec: Spec, call: Call): Outcome<Begun>;
  lookAtResource(look: Look, call: Call): Outcome<Sighting>;
}

type TwistsOf<T> = {
  readonly [K in keyof T]?: T[K] extends (...given: infer G) => infer O ? (...given: G) => O | undefined : never;
};

/** An answer that differs from the usual one, or undefined where it does not. `nth` counts each resource by itself. */
export type Twists = TwistsOf<Omit<Answers, 'beginResources' | 'lookAtResources'> & EachAnswers>;

export interface AzureOptions extends Twists {
  readonly facts?: BuildFacts;
  readonly minutes?: Partial<Record<SpecKind, number>>;
}

/** A pool that has the 16 nodes of the given request. */
export const poolLook = (changes: Partial<PoolLook> = {}): PoolLook => ({
  allocationState: 'Steady',
  nodes: { dedicated: 16, spot: 0 },
  resizeErrors: [],
  deleting: false,
  ...changes,
});

/** An image that lacks nothing. */
export const diagnosis = (changes: Partial<DiagnosisFacts> = {}): DiagnosisFacts => ({
  image: { id: `${given.DEFINITION}/versions/${given.VERSION}`, fact: given.there(null) },
  replica: given.there('Completed'),
  region: 'westeurope',
  sources: [],
  ...changes,
});

export const nodeStates = (changes: Partial<NodeStates> = {}): NodeStates => ({
  total: 16,
  usable: 16,
  underway: 0,
  unusable: 0,
  startTaskFailed: 0,
  errors: [],
  ...changes,
});

const USUAL_GROWTH: Pick<Answers, 'resizePool' | 'diagnosePool' | 'countNodes'> = {
  resizePool: () => succeed({ state: 'begun' }),
  diagnosePool: () => succeed(diagnosis()),
  countNodes: () => succeed(nodeStates()),
};

export function azure({ facts = given.facts(), minutes, ...twists }: AzureOptions = {}): Fakes {
  const takes = { ...USUAL_MINUTES, ...minutes };
  const begunAt = new Map<string, number>();
  const isDone = ({ id, kind }: Pick<Spec, 'id' | 'kind'>, atMs: number): boolean =>
    atMs - (begunAt.get(id) ?? -Infinity) >= takes[kind] * 60_000;
  const usual: Omit<Answers, 'beginResources' | 'lookAtResources'> & EachAnswers = {
    surveyBuild: () => succeed(facts),
    beginResource: ({ id, kind }, { atMs }) => {
      begunAt.set(id, begunAt.get(id) ?? atMs);
      // A pool is made at once; its nodes take their time.
      return succeed(kind === 'pool' ? { ready: true } : {});
    },
    lookAtResource: ({ spec }, { atMs }) =>
      succeed(isDone(spec, atMs) ? { state: 'ready' } : { state: 'underway', progress: 'Creating' }),
    lookAtPool: (id, { atMs }) =>
      succeed(
        isDone({ id, kind: 'pool' }, atMs)
          ? poolLook()
          : poolLook({ allocationState: 'Resizing', nodes: { dedicated: 0, spot: 0 } }),
      ),
    removeResource: () => succeed({ state: 'gone' }),
    ...USUAL_GROWTH,
    publishEvent: () => succeed(null),
  };
  const counted = { beginResource: 0, lookAtResource: 0 };
  const begin = (spec: Spec, { atMs }: Call): Outcome<Begun> => {
    const call = { atMs, nth: (counted.beginResource += 1) };
    return twists.beginResource?.(spec, call) ?? usual.beginResource(spec, call);
  };
  const look = (one: Look, { atMs }: Call): Outcome<Sighting> => {
    const call = { atMs, nth: (counted.lookAtResource += 1) };
    return twists.lookAtResource?.(one, call) ?? usual.lookAtResource(one, call);
  };
  return {
    surveyBuild: (input: BuildRequest, call) => twists.surveyBuild?.(input, call) ?? usual.surveyBuild(input, call),
    beginResources: (specs: readonly Spec[], call) => {
      const own = specs.filter((spec) => !mayBeShared(spec)).map((spec) => begin(spec, call));
      return own.some(({ ok }) => !ok) ? own : [...own, ...specs.filter(mayBeShared).map((spec) => begin(spec, call))];
    },
    lookAtResources: (looks: readonly Look[], call) => {
      const answers: Outcome<Sighting>[] = [];
      for (const one of looks) {
        const answer = look(one, call);
        answers.push(answer);
        if (!answer.ok || answer.value.state !== 'ready') break;
      }
      return answers;
    },
    removeResource: (input: ResourceSpec, call) =>
      twists.removeResource?.(input, call) ?? usual.removeResource(input, call),
    lookAtPool: (input: string, call) => twists.lookAtPool?.(input, call) ?? usual.lookAtPool(input, call),
    resizePool: (input: ResizeOrder, call) => twists.resizePool?.(input, call) ?? usual.resizePool(input, call),
    diagnosePool: (input: string, call) => twists.diagnosePool?.(input, call) ?? usual.diagnosePool(input, call),
    countNodes: (input: string, call) => twists.countNodes?.(input, call) ?? usual.countNodes(input, call),
    publishEvent: (input: CloudEvent, call) => twists.publishEvent?.(input, call) ?? usual.publishEvent(input, call),
  };
}

export const failure = (changes: Partial<Failure> = {}): Failure => ({
  kind: 'rejected',
  code: 'OperationNotAllowed',
  message: 'Azure answered 409 OperationNotAllowed.',
  ...changes,
});

export const throttled = (retryAfterMs?: number): Failure =>
  failure({
    kind: 'throttled',
    code: 'TooManyRequests',
    message: 'Azure answered 429 TooManyRequests.',
    status: 429,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

export const rejects = (changes: Partial<Failure> = {}): Outcome<never> => fail(failure(changes));

export const begun = (value: Begun = {}): Outcome<Begun> => succeed(value);
export const sighted = (value: Sighting): Outcome<Sighting> => succeed(value);
export const removal = (value: Removal): Outcome<Removal> => succeed(value);
