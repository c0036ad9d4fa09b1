/** Plays an orchestrator's list of actions against its history and numbers its tasks exactly as DTFx does. Pure. */
import { EventType, type HistoryEvent } from './events';
import { ExternalEvents } from './externalEvents';
import { pollHttp } from './httpPolling';
import { ActionType, TIMER_LIMITS, type Action } from './protocol';
import { ReplayTask, whenAll, whenAny } from './replayTask';
import { retry } from './retry';
import { checkAgainstHistory, type NumberedStep, type Step } from './steps';

export interface ReplayResult {
  /** What the history does not record yet, in the order in which it was scheduled. */
  readonly decisions: readonly NumberedStep[];
  /** Timers of this execution that nobody waits for any more. */
  readonly cancelledTimers: readonly number[];
  /** Every action has run and no task is open: only then does an orchestration complete (TaskOrchestrationExecutor). */
  readonly isFinished: boolean;
  readonly continueAsNew?: { readonly input: unknown };
}

/** Something that the orchestrator may do in Azure and not here. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

export function replay(history: readonly HistoryEvent[], actions: readonly Action[]): ReplayResult {
  const run = new Replay(actions);
  for (const event of history) run.play(event);
  return run.result();
}

/** The actions carry no ids: the order in which they start and unblock each other, event by event, decides. */
export class Replay {
  readonly #actions: readonly Action[];
  readonly #steps = new Map<number, Step>();
  readonly #recorded = new Set<number>();
  readonly #open = new Map<number, ReplayTask>();
  readonly #events = new ExternalEvents();
  #nextAction = 0;
  #continueAsNew: { input: unknown } | undefined;
  nowMs = 0;

  constructor(actions: readonly Action[]) {
    this.#actions = actions;
  }

  play(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.nowMs = Math.max(this.nowMs, Date.parse(event.Timestamp));
        break;
      case EventType.ExecutionStarted:
        this.#advance();
        break;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
        checkAgainstHistory(event, this.#steps.get(event.EventId));
        this.#recorded.add(event.EventId);
        break;
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        this.#settle(event.TaskScheduledId, true, event.Result);
        break;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        this.#settle(event.TaskScheduledId, false);
        break;
      case EventType.TimerFired:
        this.#settle(event.TimerId, true);
        break;
      case EventType.EventRaised:
        this.#events.raise(event.Name, event.Input);
        break;
    }
  }

  result(): ReplayResult {
    const steps = Array.from(this.#steps, ([id, step]) => ({ id, step }));
    return {
      decisions: steps.filter(({ id }) => !this.#recorded.has(id)),
      cancelledTimers: steps.filter(({ step }) => step.kind === 'timer' && step.isCancelled).map(({ id }) => id),
      isFinished: this.#nextAction > this.#actions.length && this.#open.size === 0,
      ...(this.#continueAsNew && { continueAsNew: this.#continueAsNew }),
    };
  }

  /** Gives the step the next number; its task settles when the history completes that number. */
  schedule(step: Step): ReplayTask {
    const id = this.#steps.size;
    const task = new ReplayTask();
    this.#steps.set(id, step);
    if (step.kind === 'timer' && step.isCancelled) task.settle(false);
    else this.#open.set(id, task);
    return task;
  }

  #settle(id: number, ok: boolean, result?: string): void {
    const task = this.#open.get(id);
    this.#open.delete(id);
    task?.settle(ok, result);
  }

  /** Starts one action after the other, each when the one before has settled. */
  #advance(): void {
    const action = this.#actions[this.#nextAction];
    this.#nextAction += 1;
    if (action !== undefined) this.#start(action).whenSettled(() => this.#advance());
  }

  #start(action: Action): ReplayTask {
    switch (action.actionType) {
      case ActionType.CallActivity:
      case ActionType.CallSubOrchestrator:
        return this.schedule(callOf(action));
      case ActionType.CallActivityWithRetry:
      case ActionType.CallSubOrchestratorWithRetry:
        return retry(this, callOf(action), action.retryOptions);
      case ActionType.CreateTimer:
        return this.#timer(Date.parse(action.fireAt), action.isCanceled);
      case ActionType.WaitForExternalEvent:
        return this.#events.wait(action.externalEventName);
      case ActionType.CallHttp:
        return pollHttp(this, action.httpRequest);
      case ActionType.WhenAll:
        return whenAll(action.compoundActions.map((child) => this.#start(child)));
      case ActionType.WhenAny:
        return whenAny(action.compoundActions.map((child) => this.#start(child)));
      case ActionType.ContinueAsNew:
        this.#continueAsNew = { input: continuedInput(action.input) };
        return whenAny([settledTask()]);
      default:
        throw new Unsupported('Durable entities and entity locks are not supported by the local durable backend.');
    }
  }

  /** A long timer is a chain of shorter ones, each with a number of its own. */
  #timer(fireAtMs: number, isCancelled: boolean): ReplayTask {
    const whole = new ReplayTask();
    const next = (): void => {
      const isLong = fireAtMs - this.nowMs > TIMER_LIMITS.shortTimerMs;
      const piece = this.schedule({
        kind: 'timer',
        fireAtMs: isLong ? this.nowMs + TIMER_LIMITS.longTimerStepMs : fireAtMs,
        isCancelled,
      });
      piece.whenSettled(({ ok }) => {
        if (ok && isLong && fireAtMs > this.nowMs) next();
        else whole.settle(ok);
      });
    };
    next();
    return whole;
  }
}

function settledTask(): ReplayTask {
  const task = new ReplayTask();
  task.settle(true);
  return task;
}

type Call = Extract<Action, { functionName: string }>;

function callOf(action: Call): Step {
  if (action.actionType === ActionType.CallActivity || action.actionType === ActionType.CallActivityWithRetry) {
    return { kind: 'activity', name: action.functionName, input: activityInput(action.input) };
  }
  return {
    kind: 'subOrchestration',
    name: action.functionName,
    input: action.input ?? null,
    instanceId: action.instanceId ?? undefined,
    version: action.version ?? undefined,
  };
}

/** The library encodes a string input once more before it sends it; everything else comes as a plain value. */
function activityInput(input: unknown): string | undefined {
  if (input === null || input === undefined) return undefined;
  return typeof input === 'string' ? input : JSON.stringify(input);
}

function continuedInput(input: unknown): unknown {
  return typeof input === 'string' ? JSON.parse(input) : (input ?? null);
}
