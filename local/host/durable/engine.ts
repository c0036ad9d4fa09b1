/** Drives the instances: runs episodes and activities, keeps timers, and commits every change before acting on it. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock';
import { Alarms } from './alarms';
import type { World } from './decisions';
import { beginEpisode, conclude, end, type Episode } from './episode';
import { EventType, HTTP_ACTIVITY, timestamp, type HistoryEvent } from './events';
import { activityFailure, isError, messageOf, notRegistered, orchestratorFailed } from './failures';
import { runHttpActivity } from './httpActivity';
import { isDone, openTasks, type Change, type Instance } from './instance';
import { Journal } from './journal';
import { Lane } from './lane';
import { parseAnswer, parseFailure, triggerJson, type OrchestratorAnswer } from './protocol';
import { NonDeterminism } from './steps';

/** The functions of the app, as the host offers them. */
export interface DurableCalls {
  /** An orchestration of that name is registered. */
  has(name: string): boolean;
  hasActivity(name: string): boolean;
  /** Answers the returned JSON text; rejects with the worker's error, whose message may end in $OutOfProcData$. */
  runOrchestrator(name: string, triggerJson: string): Promise<string>;
  /** Takes JSON text, or undefined for no input; answers JSON text, 'null' for no result. */
  runActivity(name: string, input: string | undefined, instanceId: string): Promise<string>;
}

export interface EngineOptions {
  readonly calls: DurableCalls;
  readonly clock: Clock;
  readonly folder: string;
  readonly maxConcurrentActivities: number;
  readonly maxConcurrentOrchestrators: number;
  readonly log: (level: string, message: string) => void;
}

type Scheduled = Extract<HistoryEvent, { EventType: typeof EventType.TaskScheduled }>;

export class Engine {
  readonly #options: EngineOptions;
  readonly #journal: Journal;
  readonly #alarms: Alarms;
  readonly #activities: Lane;
  readonly #orchestrators: Lane;
  /** Instances that have an episode queued or running. */
  readonly #busy = new Set<string>();
  /** Activities queued or running, by execution and number, so that none is started twice. */
  readonly #started = new Set<string>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#journal = new Journal(options.folder);
    this.#alarms = new Alarms(options.clock);
    this.#activities = new Lane(options.maxConcurrentActivities);
    this.#orchestrators = new Lane(options.maxConcurrentOrchestrators);
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.#journal.instances;
  }

  get nowMs(): number {
    return this.#options.clock.nowMs();
  }

  get isIdle(): boolean {
    return this.#activities.isIdle && this.#orchestrators.isIdle && this.#alarms.isIdle;
  }

  /** What an interpreter of changes may ask about the outside. */
  world(): World {
    const { calls } = this.#options;
    return {
      nowMs: this.nowMs,
      instances: this.instances,
      has: (name) => calls.has(name),
      hasActivity: (name) => calls.hasActivity(name),
      newExecutionId: () => randomUUID().replaceAll('-', ''),
    };
  }

  /** Takes up everything that was under way when the last process ended. */
  resume(): void {
    for (const instance of this.instances.values()) this.#pursue(instance);
  }

  stop(): void {
    this.#alarms.cancelAll();
    this.#activities.clear();
    this.#orchestrators.clear();
    this.#journal.close();
  }

  /** Makes the changes durable, then lets them take effect. */
  commit(changes: readonly Change[]): void {
    const replaced = changes.flatMap(
      (change) => (change.op === 'put' ? this.instances.get(change.instance.instanceId) : undefined) ?? [],
    );
    this.#journal.commit(changes);
    for (const old of replaced) this.#alarms.cancelAll(old.executionId);
    for (const change of changes) {
      const instance = this.instances.get(change.op === 'put' ? change.instance.instanceId : change.instanceId);
      if (instance === undefined || !this.#journal.isOpen) continue;
      if (change.op === 'put') this.#pursue(instance);
      else if (change.op === 'progress') this.#follow(instance, change.history);
      this.#wake(instance.instanceId);
    }
  }

  #pursue(instance: Instance): void {
    if (isDone(instance)) return;
    for (const task of openTasks(instance)) this.#begin(instance, task);
    this.#wake(instance.instanceId);
  }

  #follow(instance: Instance, history: readonly HistoryEvent[]): void {
    if (isDone(instance)) this.#alarms.cancelAll(instance.executionId);
    else for (const event of history) this.#begin(instance, event);
    for (const id of instance.cancelledTimers) this.#alarms.cancel(instance.executionId, id);
  }

  #begin(instance: Instance, event: HistoryEvent): void {
    if (event.EventType === EventType.TaskScheduled) this.#beginActivity(instance, event);
    if (event.EventType !== EventType.TimerCreated || instance.cancelledTimers.includes(event.EventId)) return;
    const { EventId: TimerId, FireAt } = event;
    this.#alarms.set(instance.executionId, TimerId, Date.parse(FireAt), () => {
      this.#deliver(instance, { ...this.#stamp(), EventType: EventType.TimerFired, TimerId, FireAt });
    });
  }

  #stamp(): { EventId: number; Timestamp: string } {
    return { EventId: -1, Timestamp: timestamp(this.nowMs) };
  }

  /** Only to the execution that waits for it: an instance that ended or began anew meanwhile never sees it. */
  #deliver({ instanceId, executionId }: Instance, event: HistoryEvent): void {
    const current = this.instances.get(instanceId);
    if (current === undefined || current.executionId !== executionId || isDone(current)) return;
    this.commit([{ op: 'deliver', instanceId, event }]);
  }

  #beginActivity(instance: Instance, event: Scheduled): void {
    const key = `${instance.executionId}/${event.EventId}`;
    if (this.#started.has(key)) return;
    this.#started.add(key);
    this.#activities.add(async () => {
      const completion = await this.#runActivity(instance, event);
      this.#started.delete(key);
      this.#deliver(instance, { ...completion, ...this.#stamp() });
    });
  }

  async #runActivity(instance: Instance, { Name, Input, EventId }: Scheduled): Promise<HistoryEvent> {
    const common = { ...this.#stamp(), TaskScheduledId: EventId };
    const { calls, log } = this.#options;
    try {
      if (Name !== HTTP_ACTIVITY && !calls.hasActivity(Name)) throw new Error(notRegistered(Name, 'activity'));
      const run = Name === HTTP_ACTIVITY ? runHttpActivity(Input) : calls.runActivity(Name, Input, instance.instanceId);
      return { EventType: EventType.TaskCompleted, ...common, Result: await run };
    } catch (error) {
      log('warning', `Activity '${Name}' of instance '${instance.instanceId}' failed: ${messageOf(error)}`);
      return { EventType: EventType.TaskFailed, ...common, ...activityFailure(Name, error) };
    }
  }

  #wake(instanceId: string): void {
    if (this.#busy.has(instanceId) || !isRunnable(this.instances.get(instanceId))) return;
    this.#busy.add(instanceId);
    this.#orchestrators.add(async () => {
      const instance = this.instances.get(instanceId);
      if (instance !== undefined && isRunnable(instance)) await this.#runEpisode(instance);
      this.#busy.delete(instanceId);
      this.#wake(instanceId);
    });
  }

  async #runEpisode(instance: Instance): Promise<void> {
    const episode = beginEpisode(instance, this.nowMs);
    const killed = episode.fresh.find((event) => event.EventType === EventType.ExecutionTerminated);
    if (killed !== undefined) {
      this.commit(end(episode, { status: 'Terminated', output: killed.Input, details: killed.Input }, this.world()));
      return;
    }
    try {
      const answer = await this.#runOrchestrator(episode);
      this.commit(conclude(episode, answer, this.world()));
    } catch (error) {
      this.#fail(episode, error);
    }
  }

  async #runOrchestrator({ instance, fresh }: Episode): Promise<OrchestratorAnswer> {
    const { name, instanceId, input, history, parent } = instance;
    const { calls } = this.#options;
    if (!calls.has(name)) throw new Error(notRegistered(name, 'orchestrator'));
    const parentInstanceId = parent?.instanceId ?? null;
    try {
      return parseAnswer(
        await calls.runOrchestrator(name, triggerJson({ instanceId, parentInstanceId, input, played: history, fresh })),
      );
    } catch (error) {
      const answer = parseFailure(error);
      if (answer === undefined) throw error;
      return answer;
    }
  }

  /** The orchestrator cannot go on, whatever is still open. */
  #fail(episode: Episode, error: unknown): void {
    const { name, instanceId } = episode.instance;
    const output = error instanceof NonDeterminism ? error.message : orchestratorFailed(name, messageOf(error));
    this.#options.log('error', `Instance '${instanceId}': ${output}`);
    const details = isError(error) ? (error.stack ?? '') : '';
    this.commit(end(episode, { status: 'Failed', output, details }, this.world()));
  }
}

function isRunnable(instance: Instance | undefined): boolean {
  if (instance === undefined || isDone(instance) || instance.inbox.length === 0) return false;
  return (
    instance.status !== 'Suspended' || instance.inbox.some((event) => event.EventType === EventType.ExecutionTerminated)
  );
}
