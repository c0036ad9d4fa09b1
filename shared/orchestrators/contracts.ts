/** The activities by name, with what goes in and comes out; orchestrators and handlers are both checked against this. */
import { RetryOptions } from 'durable-functions';
import type { BuildFacts } from '../domain/facts';
import type { DiagnosisFacts } from '../domain/growth/diagnosis';
import type { GrowthEnd, GrowthJob, ResizeAnswer, ResizeOrder } from '../domain/growth/growthJob';
import type { NodeStates, PoolLook } from '../domain/growth/poolLook';
import type { Outcome } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import type { Begun, Removal, ResourceSpec, Sighting } from '../domain/resources';
import type { CloudEvent } from '../domain/resultEvent';
import type { ActivityRef, OrchestrationRef } from './steps';

export type { ActivityRef };

/**
 * Activities return what Azure answered, faults included, as data; what they throw is a bug or a dying process. So a
 * few quick tries are enough here, and patience with Azure is the orchestrator's (waiting.ts).
 */
function afterACrash(): RetryOptions {
  const options = new RetryOptions(5_000, 4);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = 30_000;
  return options;
}

const activity = <I, O>(name: string): ActivityRef<I, O> => ({ name, retry: afterACrash() });

export interface Look {
  readonly spec: ResourceSpec;
  readonly begun: Begun;
}

/** Every activity of the app. */
export const ACTIVITIES = {
  /** Reads all that the preflight needs, without changing anything. */
  surveyBuild: activity<BuildRequest, Outcome<BuildFacts>>('surveyBuild'),
  /** Begins to make one resource, or finds that it was begun; returns before Azure is done. */
  beginResource: activity<ResourceSpec, Outcome<Begun>>('beginResource'),
  /** Looks once at a resource that was begun. */
  lookAtResource: activity<Look, Outcome<Sighting>>('lookAtResource'),
  /** Takes one resource away if it is ours, or finds it gone; call it until it says so. */
  removeResource: activity<ResourceSpec, Outcome<Removal>>('removeResource'),
  /** Looks once at the nodes of a pool, by its id. */
  lookAtPool: activity<string, Outcome<PoolLook>>('lookAtPool'),
  /** Sets new targets of a steady pool. */
  resizePool: activity<ResizeOrder, Outcome<ResizeAnswer>>('resizePool'),
  /** Looks up what the image of a pool stands on, by the pool's id. */
  diagnosePool: activity<string, Outcome<DiagnosisFacts>>('diagnosePool'),
  /** Counts the nodes of a pool by their states, by the pool's id. */
  countNodes: activity<string, Outcome<NodeStates>>('countNodes'),
  /** Sends one result event; the bus drops what it has seen. */
  publishEvent: activity<CloudEvent, Outcome<null>>('publishEvent'),
};

/** Every orchestration that another one waits for. */
export const CHILDREN: { readonly growPool: OrchestrationRef<GrowthJob, GrowthEnd> } = {
  /** Waits until a pool has its nodes, and resizes it as often as that takes. */
  growPool: { name: 'growPool' },
};

/** A handler for every activity, with its input and output. */
export type ActivityHandlers = {
  readonly [K in keyof typeof ACTIVITIES]: (typeof ACTIVITIES)[K] extends ActivityRef<infer I, infer O>
    ? (input: I) => Promise<O>
    : never;
};
