/** Replication of an image version: each region has a span of its own, and its state is read off the clock. */
import type { ErrorDetail } from './armError';
import type { Json, Span, Stored } from './kind';

interface Order {
  readonly regions: readonly string[];
  readonly readyMs: number;
  readonly replicationMs: number;
  readonly shareMore: number;
  /** Why the replication to a region fails. */
  failureOf?(region: string): string | undefined;
}

/** Regions replicate side by side from `readyMs` on, each further one a share longer. */
export function replicate(order: Order): ReadonlyMap<string, Span> {
  return new Map(
    order.regions.map((region, index) => {
      const lastsMs = Math.round(order.replicationMs * (1 + index * order.shareMore));
      const failure = order.failureOf?.(region);
      const span = { startMs: order.readyMs, endMs: order.readyMs + lastsMs };
      return [region, failure === undefined ? span : { ...span, failure }];
    }),
  );
}

type State = 'Unknown' | 'Replicating' | 'Completed' | 'Failed';

function stateOf(span: Span, failedMs: number, nowMs: number): State {
  if (nowMs >= span.endMs && span.endMs < failedMs) return span.failure === undefined ? 'Completed' : 'Failed';
  if (nowMs >= failedMs) return 'Failed';
  return nowMs < span.startMs ? 'Unknown' : 'Replicating';
}

function progressOf(span: Span, nowMs: number): number {
  const share = (nowMs - span.startMs) / Math.max(1, span.endMs - span.startMs);
  return Math.floor(100 * Math.min(1, Math.max(0, share)));
}

/** UNCONFIRMED: the code, and that the version is Failed where one of its regions is. */
const JOBS_NOT_COMPLETED = 'ReplicationJobsNotCompleted';

/** How the write of a version ends that could not be replicated to all of its regions. */
export function failureOf(spans: ReadonlyMap<string, Span>): ErrorDetail | undefined {
  const failed = [...spans].filter(([, { failure }]) => failure !== undefined).map(([region]) => `'${region}'`);
  if (failed.length === 0) return undefined;
  return {
    code: JOBS_NOT_COMPLETED,
    message: `The replication job has not completed at region: ${failed.join(', ')}.`,
  };
}

/** A write that failed otherwise takes the regions that were not done with it. */
function failedMs({ write }: Stored): number {
  return write?.failure === undefined || write.failure.code === JOBS_NOT_COMPLETED ? Infinity : write.endsMs;
}

/** The words of troubleshooting-shared-images.md. */
const detailsOf = ({ failure = '' }: Span, state: State): string =>
  state === 'Failed' && failure !== '' ? `Replication failed in this region due to '${failure}'` : '';

/** `properties.replicationStatus` of GET with $expand=ReplicationStatus. */
export function showReplication(stored: Stored, nowMs: number): Json {
  const summary = [...(stored.replication ?? [])].map(([region, span]) => {
    const state = stateOf(span, failedMs(stored), nowMs);
    // UNCONFIRMED: of what failed, nothing is done.
    const progress = state === 'Failed' ? 0 : progressOf(span, nowMs);
    return { region, state, details: detailsOf(span, state), progress };
  });
  const states = summary.map((region) => region.state);
  const aggregatedState = states.includes('Failed')
    ? 'Failed'
    : states.every((state) => state === 'Completed')
      ? 'Completed'
      : 'InProgress';
  return { aggregatedState, summary };
}

/** Whether machines can be made from the version in that region. */
export function isReplicatedTo(stored: Stored, region: string, nowMs: number): boolean {
  const span = stored.replication?.get(region);
  return span !== undefined && stateOf(span, failedMs(stored), nowMs) === 'Completed';
}
