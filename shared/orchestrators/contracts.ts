/** The activities by name, with what goes in and comes out; orchestrators and handlers are both checked against this. */
import { RetryOptions } from 'durable-functions';
import type { BuildFacts } from '../domain/facts';
import type { DiagnosisFacts } from '../domain/growth/diagnosis';
import type { GrowthEnd, GrowthJob, ResizeAnswer, ResizeOrder } from '../domain/growth/growthJob';
import type { NodeStates, PoolLook } from '../domain/growth/poolLook';
import type {
  AccountAudit,
  AccountJob,
  AuditResult,
  AuditSummary,
  Changes,
  Discovery,
  WholeAudit,
  WholeJob,
} from '../domain/guard/audit';
import type { ResourceChange } from '../domain/guard/change';
import type { AuditAnswer } from '../domain/guard/guardMessages';
import type { Snooze } from '../domain/guard/snooze';
import type { Outcome } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import type { Begun, Removal, ResourceSpec, Sighting, Spec } from '../domain/resources';
import type { CloudEvent } from '../domain/resultEvent';
import type { Trace } from '../domain/trace';
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

/** From where on to list, and into which file. */
export interface StockOrder {
  readonly auditId: string;
  readonly part: number;
  readonly query: number;
  readonly skipToken?: string;
}

export interface StockTaken {
  readonly resources: number;
  /** Rows that could not be read. */
  readonly unreadable: number;
  /** Undefined when everything is listed. */
  readonly next?: { readonly query: number; readonly skipToken?: string; readonly pauseMs: number };
}

export interface Dependents {
  /** False when no audit has ended yet, so that nobody can say. */
  readonly known: boolean;
  /** Batch accounts with pools that changes may concern, and which of the changes, by their places in the input. */
  readonly accounts: readonly { readonly accountId: string; readonly changes: readonly number[] }[];
}

/** The part of an audit that one account's orchestration is given; it adds the time at which it begins. */
export type AccountPart = Omit<AccountJob, 'nowMs'> & { readonly trace?: Trace };

/** A growing, and whom it is for. */
export type TracedGrowth = GrowthJob & { readonly trace?: Trace };

/** To look at the pools of one account that changes may concern. */
export interface PoolsCheck {
  readonly accountId: string;
  readonly changes: readonly ResourceChange[];
  readonly nowMs: number;
  /** ISO 8601: only pools with findings that opened since then. */
  readonly openedSince?: string;
}

export interface PoolsChecked extends Changes {
  readonly pools: number;
}

export interface Look {
  readonly spec: Spec;
  readonly begun: Begun;
}

/** Every activity of the app. */
export const ACTIVITIES = {
  /** Reads all that the preflight needs, without changing anything. */
  surveyBuild: activity<BuildRequest, Outcome<BuildFacts>>('surveyBuild'),
  /**
   * Begins to make resources, or to act on them, side by side, or finds that they were begun; returns before Azure is done.
   * Answers in their order; a resource that others may share is left out when another one could not be begun.
   */
  beginResources: activity<readonly Spec[], readonly Outcome<Begun>[]>('beginResources'),
  /** Looks once at each resource that was begun, in order, and ends with the first that is not ready. */
  lookAtResources: activity<readonly Look[], readonly Outcome<Sighting>[]>('lookAtResources'),
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

/** Every activity of the guard. */
export const GUARD_ACTIVITIES = {
  /** Finds the Batch accounts within the allow-list. */
  discoverAccounts: activity<Record<string, never>, Outcome<Discovery>>('discoverAccounts'),
  /** Lists images by Resource Graph, from a place on, into one file; says where to go on, and when. */
  takeStock: activity<StockOrder, Outcome<StockTaken>>('takeStock'),
  /** Audits the pools of one account. */
  auditAccountPools: activity<AccountJob, Outcome<AccountAudit>>('auditAccountPools'),
  /** Audits what needs all accounts together. */
  auditWhole: activity<WholeJob, Outcome<WholeAudit>>('auditWhole'),
  /** Writes the report of an audit, and sweeps out what it no longer needs. */
  fileReport: activity<AuditResult, Outcome<AuditSummary>>('fileReport'),
  /** Reads the summary of the last audit; null when there is none, or none that ended since then (ISO 8601). */
  readLastAudit: activity<{ readonly endedSince?: string }, Outcome<AuditSummary | null>>('readLastAudit'),
  /** Starts an audit, or finds that one is running. */
  requestAudit: activity<Record<string, never>, Outcome<null>>('requestAudit'),
  /** Finds the accounts with pools that a change may concern, in what the last audit read. */
  findDependents: activity<readonly ResourceChange[], Outcome<Dependents>>('findDependents'),
  /** Looks at pools and all that they stand on, and enters what is found. */
  checkPools: activity<PoolsCheck, Outcome<PoolsChecked>>('checkPools'),
  /** Keeps a pool's findings from being told for a while. */
  snoozePool: activity<Snooze, Outcome<null>>('snoozePool'),
  /** Sends the answer to an audit that was asked for. */
  publishAudit: activity<CloudEvent<AuditAnswer>, Outcome<null>>('publishAudit'),
};

/** What only the host's durable client can do. */
export const HOST_ACTIVITIES = {
  /** Purges the histories of what began before this instant (ISO 8601) and has ended. */
  purgeHistories: activity<{ readonly createdBefore: string }, Outcome<{ readonly purged: number }>>('purgeHistories'),
};

/** Every orchestration that another one waits for. */
export const CHILDREN: {
  readonly growPool: OrchestrationRef<TracedGrowth, GrowthEnd>;
  readonly auditAccount: OrchestrationRef<AccountPart, AccountAudit>;
} = {
  /** Audits one Batch account, with patience; never fails. */
  auditAccount: { name: 'auditAccount' },
  /** Waits until a pool has its nodes, and resizes it as often as that takes. */
  growPool: { name: 'growPool' },
};

type HandlersOf<T> = {
  readonly [K in keyof T]: T[K] extends ActivityRef<infer I, infer O> ? (input: I) => Promise<O> : never;
};

/** A handler for every activity of a build, with its input and output. */
export type ActivityHandlers = HandlersOf<typeof ACTIVITIES>;

/** The same for the guard; `requestAudit` is the host's to make. */
export type GuardHandlers = HandlersOf<Omit<typeof GUARD_ACTIVITIES, 'requestAudit'>>;
