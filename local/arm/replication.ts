/** Replication of an image version: each region has a span of its own, and its state is read off the clock. */
import type { Json, Span, Stored } from './kind';

interface Order {
  readonly regions: readonly string[];
  readonly readyMs: number;
  readonly replicationMs: number;
  readonly shareMore: number;
}

/** Regions replicate side by side from `readyMs` on, each further one a share longer. */
export function replicate(order: Order): ReadonlyMap<string, Span> {
  return new Map(
    order.regions.map((region, index) => {
      const lastsMs = Math.round(order.replicationMs * (1 + index * order.shareMore));
      return [region, { startMs: order.readyMs, endMs: order.readyMs + lastsMs }];
    }),
  );
}

type State = 'Unknown' | 'Replicating' | 'Completed' | 'Failed';

function stateOf(span: Span, failedMs: number, nowMs: number): State {
  if (nowMs >= span.endMs && span.endMs < failedMs) return 'Completed';
  if (nowMs >= failedMs) return 'Failed';
  return nowMs < span.startMs ? 'Unknown' : 'Replicating';
}

function progressOf(span: Span, nowMs: number): number {
  const share = (nowMs - span.startMs) / Math.max(1, span.endMs - span.startMs);
  return Math.floor(100 * Math.min(1, Math.max(0, share)));
}

/** A failed write takes the regions that were not done with it. */
function failedMs(stored: Stored): number {
  return stored.write?.failure === undefined ? Infinity : stored.write.endsMs;
}

/** `properties.replicationStatus` of GET with $expand=ReplicationStatus. */
export function showReplication(stored: Stored, nowMs: number): Json {
  const summary = [...(stored.replication ?? [])].map(([region, span]) => ({
    region,
    state: stateOf(span, failedMs(stored), nowMs),
    details: '',
    progress: progressOf(span, nowMs),
  }));
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
