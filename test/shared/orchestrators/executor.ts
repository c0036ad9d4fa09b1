/** Runs an orchestrator to its end in virtual time: the real durable-functions executor, activities scripted by name. */
import type { OrchestrationContext } from 'durable-functions';
import * as z from 'zod';
import { beginEpisode, conclude, type Episode } from '../../../local/host/durable/episode';
import { EventType, timestamp, type HistoryEvent } from '../../../local/host/durable/events';
import { activityFailure } from '../../../local/host/durable/failures';
import { applyChange, isDone, newInstance, type Instance } from '../../../local/host/durable/instance';
import { parseAnswer, parseFailure, triggerJson, type OrchestratorAnswer } from '../../../local/host/durable/protocol';

export type Orchestrator = (context: OrchestrationContext) => Generator;

export interface Call {
  /** 1 for the first call of this activity, retries counted. */
  readonly nth: number;
  readonly atMs: number;
}

/** Answers by activity name; a throw is a failed activity. Inputs are whatever JSON the orchestrator sent. */
export type Fakes = Readonly<Record<string, (input: never, call: Call) => unknown>>;

/** The library's test utilities have no types and no public path (durable-functions 3.5.0). */
interface TestingUtils {
  readonly DummyOrchestrationContext: new (
    functionName: string,
    invocationId: string,
    logHandler: (level: string, ...args: unknown[]) => void,
  ) => object;
  readonly DurableOrchestrationInput: new (
    instanceId: string,
    history: readonly unknown[],
    input: unknown,
    longRunningTimerIntervalDuration: string,
    maximumShortTimerDuration: string,
    httpPollMs: number,
    schemaVersion: number,
    isReplaying: boolean,
  ) => object;
  readonly createOrchestrator: (run: Orchestrator) => (trigger: object, context: object) => Promise<unknown>;
}

const { createOrchestrator, DummyOrchestrationContext, DurableOrchestrationInput } = jest.requireActual<TestingUtils>(
  'durable-functions/lib/src/util/testingUtils',
);

const triggerSchema = z.object({
  instanceId: z.string(),
  history: z.array(z.looseObject({})),
  input: z.unknown(),
  isReplaying: z.boolean(),
  longRunningTimerIntervalDuration: z.string(),
  maximumShortTimerDuration: z.string(),
  defaultHttpAsyncRequestSleepTimeMillseconds: z.number(),
  upperSchemaVersionNew: z.number(),
});

export interface Prefix {
  readonly instanceId: string;
  readonly input: unknown;
  readonly played: readonly HistoryEvent[];
  readonly fresh: readonly HistoryEvent[];
}

/** One run of the orchestrator over a history: what it has scheduled so far, and whether it is done. */
export async function execute(
  orchestrator: Orchestrator,
  prefix: Prefix,
  log: (line: string) => void = () => undefined,
): Promise<OrchestratorAnswer> {
  // Through text, as everything reaches an orchestrator.
  const trigger = triggerSchema.parse(JSON.parse(triggerJson({ ...prefix, parentInstanceId: null })));
  const input = new DurableOrchestrationInput(
    trigger.instanceId,
    trigger.history,
    trigger.input,
    trigger.longRunningTimerIntervalDuration,
    trigger.maximumShortTimerDuration,
    trigger.defaultHttpAsyncRequestSleepTimeMillseconds,
    trigger.upperSchemaVersionNew,
    trigger.isReplaying,
  );
  const context = new DummyOrchestrationContext('orchestrator', 'invocation', (_level, ...args) => log(args.join(' ')));
  try {
    return parseAnswer(JSON.stringify(await createOrchestrator(orchestrator)(input, context)));
  } catch (error) {
    const answer = parseFailure(error);
    if (answer === undefined) throw error;
    return answer;
  }
}

/** What every activity is given: its input, and whom it works for. */
const workSchema = z.object({
  input: z.unknown(),
  trace: z.object({ correlationId: z.guid() }),
  instance: z.string(),
  attempt: z.int().min(1),
});

/** One activity call, when it was scheduled. */
export interface Step {
  readonly atMs: number;
  readonly name: string;
  readonly input: unknown;
  /** Undefined when it threw. */
  readonly output?: unknown;
}

export interface Ended {
  readonly status: Instance['status'];
  /** What the orchestrator returned, or the text that it failed with. */
  readonly result: unknown;
  readonly steps: readonly Step[];
  /** Each custom status once, in order. */
  readonly customStatuses: readonly unknown[];
  readonly history: readonly HistoryEvent[];
  readonly log: readonly string[];
  readonly endedAtMs: number;
}

export interface Run {
  readonly input: unknown;
  readonly startAtMs: number;
  readonly activities: Fakes;
  /** Orchestrations that this one may wait for, by name. */
  readonly children?: Readonly<Record<string, Orchestrator>>;
  readonly activityMs?: number;
  /** Answers that arrive at one instant wake the orchestrator together (the default) or one by one. */
  readonly arrival?: 'together' | 'oneByOne';
}

const INSTANCE = 'the-instance';
/** More episodes than any build can need: an orchestrator that spins must fail its test, not hang it. */
const MAX_EPISODES = 5_000;

export const runToEnd = async (orchestrator: Orchestrator, run: Run): Promise<Ended> =>
  new Simulation(orchestrator, run).end();

class Simulation {
  readonly #orchestrator: Orchestrator;
  readonly #run: Run;
  readonly #instances = new Map<string, Instance>();
  /** What will arrive where, in the order in which it was set going. */
  readonly #coming: { readonly atMs: number; readonly instanceId: string; readonly event: HistoryEvent }[] = [];
  readonly #calls = new Map<string, number>();
  readonly #steps: Step[] = [];
  readonly #statuses: string[] = [];
  readonly #log: string[] = [];
  #nowMs: number;

  constructor(orchestrator: Orchestrator, run: Run) {
    this.#orchestrator = orchestrator;
    this.#run = run;
    this.#nowMs = run.startAtMs;
    const start = { name: orchestrator.name, instanceId: INSTANCE, executionId: 'the-execution', version: '' };
    this.#instances.set(INSTANCE, newInstance({ ...start, input: run.input }, run.startAtMs));
  }

  get #instance(): Instance {
    const instance = this.#instances.get(INSTANCE);
    if (!instance) throw new Error('The instance is gone.');
    return instance;
  }

  async end(): Promise<Ended> {
    for (let episodes = 0; !isDone(this.#instance); episodes += 1) {
      if (episodes > MAX_EPISODES) throw new Error(`The orchestrator did not end within ${MAX_EPISODES} episodes.`);
      if (this.#withMail() === undefined) this.#awaitNext();
      await this.#runEpisode(this.#withMail() ?? this.#instance);
    }
    const { status, output, history } = this.#instance;
    const customStatuses = this.#statuses.map((text): unknown => JSON.parse(text));
    const seen = { steps: this.#steps, customStatuses, history, log: this.#log };
    return { status, result: output, ...seen, endedAtMs: this.#nowMs };
  }

  /** The first instance that something has arrived for, the oldest first. */
  #withMail(): Instance | undefined {
    return [...this.#instances.values()].find((instance) => !isDone(instance) && instance.inbox.length > 0);
  }

  /** Moves time to the next arrival and delivers it. */
  #awaitNext(): void {
    const dueMs = Math.min(...this.#coming.map(({ atMs }) => atMs));
    if (dueMs === Infinity) throw new Error('The orchestrator waits for nothing that could come.');
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    const due = this.#coming.filter(({ atMs }) => atMs === dueMs);
    for (const arrival of this.#run.arrival === 'oneByOne' ? due.slice(0, 1) : due) {
      this.#coming.splice(this.#coming.indexOf(arrival), 1);
      const event = { ...arrival.event, Timestamp: timestamp(this.#nowMs) };
      this.#instances.get(arrival.instanceId)?.inbox.push(event);
    }
  }

  async #runEpisode(instance: Instance): Promise<void> {
    const { children = {} } = this.#run;
    const episode = beginEpisode(instance, this.#nowMs);
    const answer = await this.#answer(episode);
    const world = {
      nowMs: this.#nowMs,
      instances: this.#instances,
      has: (name: string) => name in children,
      hasActivity: (name: string) => name in this.#run.activities,
      newExecutionId: () => 'another-execution',
    };
    for (const change of conclude(episode, answer, world)) {
      applyChange(this.#instances, change);
      if (change.op === 'progress') for (const event of change.history) this.#setGoing(event, change.instanceId);
    }
    const status = JSON.stringify(this.#instance.customStatus);
    if (this.#statuses.at(-1) !== status) this.#statuses.push(status);
  }

  #answer({ instance, fresh }: Episode): Promise<OrchestratorAnswer> {
    const prefix = { instanceId: instance.instanceId, input: instance.input, played: instance.history, fresh };
    const code = this.#run.children?.[instance.name] ?? this.#orchestrator;
    return execute(code, prefix, (line) => this.#log.push(line));
  }

  #setGoing(event: HistoryEvent, instanceId: string): void {
    if (event.EventType === EventType.TimerCreated) {
      const { EventId: TimerId, FireAt } = event;
      const fired = { EventType: EventType.TimerFired, EventId: -1, Timestamp: FireAt, TimerId, FireAt } as const;
      this.#coming.push({ atMs: Date.parse(FireAt), instanceId, event: fired });
    }
    if (event.EventType === EventType.TaskScheduled) {
      const atMs = this.#nowMs + (this.#run.activityMs ?? 1_000);
      this.#coming.push({ atMs, instanceId, event: this.#runActivity(event) });
    }
  }

  #runActivity({ Name, Input, EventId }: Extract<HistoryEvent, { EventType: typeof EventType.TaskScheduled }>) {
    const common = { EventId: -1, Timestamp: timestamp(this.#nowMs), TaskScheduledId: EventId };
    const { input } = workSchema.parse(JSON.parse(Input ?? '{}'));
    const step = { atMs: this.#nowMs, name: Name, input };
    const nth = (this.#calls.get(Name) ?? 0) + 1;
    this.#calls.set(Name, nth);
    try {
      // The orchestrator's types say what it sends; the fakes of a test are written for it.
      const output = this.#run.activities[Name]?.(input as never, { nth, atMs: this.#nowMs });
      this.#steps.push({ ...step, output });
      return { EventType: EventType.TaskCompleted, ...common, Result: JSON.stringify(output ?? null) } as const;
    } catch (error) {
      this.#steps.push(step);
      return { EventType: EventType.TaskFailed, ...common, ...activityFailure(Name, error) } as const;
    }
  }
}
