/** Turns what an orchestrator newly scheduled into history events and, for sub-orchestrations, into new instances. Pure. */
import { EventType, HTTP_ACTIVITY, timestamp, type HistoryEvent } from './events';
import { notRegistered } from './failures';
import { isDone, newInstance, type Change, type Instance } from './instance';
import type { NumberedStep, Step } from './steps';

/** What an episode may know beyond its own instance. */
export interface World {
  readonly nowMs: number;
  readonly instances: ReadonlyMap<string, Instance>;
  has(orchestration: string): boolean;
  hasActivity(name: string): boolean;
  newExecutionId(): string;
}

/** The orchestrator scheduled something that cannot be; it fails. */
export class Unschedulable extends Error {
  override readonly name = 'Unschedulable';
}

const CUSTOM_STATUS_KB = 16;

/** DurableOrchestrationContext.SetCustomStatus measures the JSON text in UTF-16. */
export function checkCustomStatus(customStatus: unknown): void {
  const kilobytes = (JSON.stringify(customStatus).length * 2) / 1024;
  if (kilobytes <= CUSTOM_STATUS_KB) return;
  const limit = `The UTF-16 size of the JSON-serialized payload must not exceed ${CUSTOM_STATUS_KB} KB.`;
  throw new Unschedulable(`${limit} The current payload size is ${kilobytes.toFixed(1)} KB.`);
}

interface Recorded {
  readonly event: HistoryEvent;
  /** What has to happen to another instance, or to this one, together with recording the event. */
  readonly change?: Change;
}

export function recordDecisions(decisions: readonly NumberedStep[], instance: Instance, world: World): Recorded[] {
  const claimed = new Set<string>();
  return decisions.map(({ id, step }) => {
    const common = { EventId: id, Timestamp: timestamp(world.nowMs) };
    switch (step.kind) {
      case 'timer':
        return {
          event: { EventType: EventType.TimerCreated, ...common, FireAt: new Date(step.fireAtMs).toISOString() },
        };
      case 'http': {
        const input = JSON.stringify(step.request);
        return { event: { EventType: EventType.TaskScheduled, ...common, Name: HTTP_ACTIVITY, Input: input } };
      }
      case 'activity':
        if (!world.hasActivity(step.name)) throw new Unschedulable(notRegistered(step.name, 'activity'));
        return {
          event: { EventType: EventType.TaskScheduled, ...common, Name: step.name, Input: step.input },
        };
      case 'subOrchestration':
        return recordChild({ id, step }, instance, world, claimed);
    }
  });
}

interface ChildDecision {
  readonly id: number;
  readonly step: Extract<Step, { kind: 'subOrchestration' }>;
}

function recordChild({ id, step }: ChildDecision, parent: Instance, world: World, claimed: Set<string>): Recorded {
  const childId = step.instanceId ?? `${parent.executionId}:${id.toString(16).toUpperCase().padStart(8, '0')}`;
  checkChild(step.name, childId, parent, world);
  const common = { EventId: id, Timestamp: timestamp(world.nowMs) };
  const event: HistoryEvent = {
    ...{ EventType: EventType.SubOrchestrationInstanceCreated, ...common },
    ...{ Name: step.name, InstanceId: childId },
  };
  const running = world.instances.get(childId);
  if (claimed.has(childId) || (running !== undefined && !isDone(running))) {
    return {
      event,
      change: { op: 'deliver', instanceId: parent.instanceId, event: alreadyRunning(id, childId, world) },
    };
  }
  claimed.add(childId);
  const { instanceId, executionId } = parent;
  const start = {
    ...{ name: step.name, instanceId: childId, executionId: world.newExecutionId(), version: step.version ?? '' },
    ...{ input: step.input, parent: { instanceId, executionId, taskId: id } },
  };
  return { event, change: { op: 'put', instance: newInstance(start, world.nowMs) } };
}

/** DurableOrchestrationContext.CallDurableTaskFunctionAsync. */
function checkChild(name: string, childId: string, parent: Instance, world: World): void {
  if (!world.has(name)) throw new Unschedulable(notRegistered(name, 'orchestrator'));
  if (childId.startsWith('@')) throw new Unschedulable('Orchestration instance ids must not start with @');
  const ancestors = [parent.instanceId, parent.parent?.instanceId].map((id) => id?.toLowerCase());
  if (ancestors.includes(childId.toLowerCase())) {
    throw new Unschedulable(
      'The instance ID of a sub-orchestration must be different than the instance ID of a parent orchestration.',
    );
  }
}

/** Azure leaves the parent waiting for ever here; failing tells it why. */
function alreadyRunning(id: number, childId: string, world: World): HistoryEvent {
  const reason = `An Orchestration instance with the id '${childId}' is already running.`;
  return {
    ...{ EventType: EventType.SubOrchestrationInstanceFailed, EventId: -1, Timestamp: timestamp(world.nowMs) },
    ...{ TaskScheduledId: id, Reason: reason, Details: reason },
  };
}
