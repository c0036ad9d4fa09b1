/** How the durable HTTP API shows an instance, and which instances a query selects. */
import { EventType, type HistoryEvent } from './events';
import { STATUSES, type Instance } from './instance';

/** StatusResponsePayload of the extension: every property is always there. */
export function statusPayload(instance: Instance, query: URLSearchParams): object {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: query.get('showInput') === 'false' ? null : (instance.input ?? null),
    customStatus: instance.customStatus ?? null,
    output: instance.output ?? null,
    createdTime: toTheSecond(instance.createdTime),
    lastUpdatedTime: toTheSecond(instance.lastUpdatedTime),
    historyEvents: isTrue(query, 'showHistory')
      ? visibleHistory(instance.history, isTrue(query, 'showHistoryOutput'))
      : null,
  };
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}

function toTheSecond(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

const NAMES = new Map<number, string>(Object.entries(EventType).map(([name, number]) => [number, name]));

/** Scheduling events are folded into what completed them, and what only the framework needs is left out. */
function visibleHistory(history: readonly HistoryEvent[], withOutput: boolean): object[] {
  const scheduled = new Map(history.filter(({ EventId: id }) => id >= 0).map((event) => [event.EventId, event]));
  return history.filter(isVisible).map((event) => {
    const { EventType: type, Timestamp, ...rest } = event;
    const cause = 'TaskScheduledId' in event ? scheduled.get(event.TaskScheduledId) : undefined;
    return {
      EventType: NAMES.get(type),
      Timestamp,
      ...(cause !== undefined && { ScheduledTime: cause.Timestamp }),
      ...(cause !== undefined && 'Name' in cause && { FunctionName: cause.Name }),
      ...rest,
      EventId: undefined,
      ...('Result' in event && { Result: withOutput ? parsed(event.Result) : undefined }),
      ...('Input' in event && { Input: withOutput && event.Input !== undefined ? parsed(event.Input) : undefined }),
    };
  });
}

const HIDDEN: ReadonlySet<number> = new Set([
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
]);

function isVisible({ EventType: type }: HistoryEvent): boolean {
  return !HIDDEN.has(type);
}

/** A reason for termination is plain text, everything else is JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The instances that the query asks for, in the order of their ids; filters that cannot be read are ignored, as in Azure. */
export function select(instances: readonly Instance[], query: URLSearchParams): Instance[] {
  const fromMs = Date.parse(query.get('createdTimeFrom') ?? '');
  const toMs = Date.parse(query.get('createdTimeTo') ?? '');
  const asked = new Set((query.get('runtimeStatus') ?? '').split(','));
  const statuses = STATUSES.filter((status) => asked.has(status));
  const prefix = query.get('instanceIdPrefix') ?? '';
  return instances
    .filter(({ instanceId, status, createdTime }) => {
      const createdMs = Date.parse(createdTime);
      const isTooEarly = createdMs < fromMs;
      const isTooLate = createdMs > toMs;
      const hasStatus = statuses.length === 0 || statuses.includes(status);
      return instanceId.startsWith(prefix) && hasStatus && !isTooEarly && !isTooLate;
    })
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

export interface Page {
  readonly items: Instance[];
  /** Where the next page begins, when there is one. */
  readonly continuation?: string;
}

const PAGE_SIZE = 100;

/** A page continues behind the id that it names, so that instances may come and go between two pages. */
export function page(sorted: readonly Instance[], query: URLSearchParams, after: string | undefined): Page {
  const size = Number.parseInt(query.get('top') ?? '', 10) || PAGE_SIZE;
  const last = after === undefined ? '' : Buffer.from(after, 'base64url').toString();
  const rest = sorted.filter(({ instanceId }) => instanceId > last);
  const items = rest.slice(0, size);
  const end = items.at(-1);
  if (rest.length <= size || end === undefined) return { items };
  return { items, continuation: Buffer.from(end.instanceId).toString('base64url') };
}
