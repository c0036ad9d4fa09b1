/** Starts the listener of each kind of trigger; a stopped listener takes nothing new. */

import type { Clock } from '../clock';
import { httpTrigger, queueTrigger, timerTrigger } from './bindings';
import { BatchTriggerListener } from './bus/batchTrigger';
import type { QueueLinks } from './bus/queueLinks';
import { QueueTriggerListener } from './bus/queueTrigger';
import type { HandledMessages } from './bus/settlementServer';
import type { HostJson } from './hostJson';
import type { LogLevel } from './log';
import type { Runner } from './runner';
import type { Settings } from './settings';
import { Schedule } from './timer/schedule';
import type { TimerStatusStore } from './timer/timerStatus';
import { TimerListener } from './timer/timerTrigger';
import type { UnderWay } from './underWay';
import type { HttpFunction } from './web/endpoints';
import { Route } from './web/route';
import type { RegisteredFunction } from './worker/registration';

export interface TriggerParts {
  readonly settings: Settings;
  readonly hostJson: HostJson;
  readonly links: QueueLinks;
  readonly handled: HandledMessages;
  readonly statuses: TimerStatusStore;
  readonly runner: Runner;
  readonly underWay: UnderWay;
  readonly renewals: UnderWay;
  readonly clock: Clock;
  readonly say: (level: LogLevel, message: string, functionName?: string) => void;
}

export class Triggers {
  readonly #parts: TriggerParts;
  readonly #queues: (QueueTriggerListener | BatchTriggerListener)[] = [];
  readonly #timers = new Map<string, TimerListener>();

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  start(functions: readonly RegisteredFunction[]): void {
    const starters: Readonly<Record<string, (target: RegisteredFunction) => void>> = {
      serviceBusTrigger: (target) => void this.#queues.push(this.#startQueue(target)),
      timerTrigger: (target) => void this.#timers.set(target.name, this.#startTimer(target)),
    };
    for (const target of functions) starters[target.trigger.binding.type]?.(target);
  }

  stop(): void {
    for (const queue of this.#queues) queue.close();
    for (const timer of this.#timers.values()) timer.stop();
  }

  /** False when the function has no timer. */
  runTimer(functionName: string): boolean {
    const timer = this.#timers.get(functionName);
    timer?.runByHand();
    return timer !== undefined;
  }

  #startQueue(target: RegisteredFunction): QueueTriggerListener | BatchTriggerListener {
    const { settings, hostJson, links, handled, underWay, renewals, clock, runner, say } = this.#parts;
    const binding = queueTrigger.parse(target.trigger.binding);
    const Listener = binding.cardinality === 'many' ? BatchTriggerListener : QueueTriggerListener;
    return new Listener({
      binding,
      queueName: settings.resolve(binding.queueName),
      connection: links.connection(binding.connection),
      settings: hostJson.extensions.serviceBus,
      handled,
      clock,
      say: (level, message) => say(level, message, target.name),
      track: (work) => underWay.run(work),
      trackRenewal: (work) => renewals.run(work),
      invoke: async (trigger, metadata, reason) => {
        await runner.run(target, { trigger, metadata, reason });
      },
    });
  }

  #startTimer(target: RegisteredFunction): TimerListener {
    const { settings, statuses, underWay, clock, runner } = this.#parts;
    const binding = timerTrigger.parse(target.trigger.binding);
    return new TimerListener({
      name: target.name,
      binding,
      schedule: new Schedule(settings.resolve(binding.schedule)),
      statuses,
      clock,
      track: (work) => underWay.run(work),
      invoke: async (trigger, reason) => {
        await runner.run(target, { trigger, reason });
      },
    });
  }
}

/** The functions that are reached by a route of their own. */
export function httpFunctions(functions: readonly RegisteredFunction[], settings: Settings): HttpFunction[] {
  return functions
    .filter(({ trigger }) => trigger.binding.type === 'httpTrigger')
    .map(({ name, trigger }) => {
      const { route, methods } = httpTrigger.parse(trigger.binding);
      const upperCase = methods.map((method) => method.toUpperCase());
      return { name, route: new Route(settings.resolve(route ?? name)), methods: upperCase };
    });
}
