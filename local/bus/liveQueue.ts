/** A queue at work: its state, the receivers that wait at it, and the one timer for what is due next. */

import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../clock';
import type { HeldMessage } from './heldMessage';
import { lock } from './locking';
import { letTimePass } from './passingTime';
import { firstReady, moveTo, type QueueState } from './queueState';
import { sessionLockLost, type Refusal } from './refusals';
import { releaseSession } from './sessions';

/** A client's receiving link, as the queue sees it. */
export interface Consumer {
  readonly id: string;
  readonly sessionId: string | undefined;
  /** True for receiveAndDelete: a message is gone once it is handed over. */
  readonly deletesOnReceipt: boolean;
  hasCredit(): boolean;
  hand(message: HeldMessage): void;
  dismiss(reason: Refusal): void;
}

export class LiveQueue {
  readonly #state: QueueState;
  readonly #clock: Clock;
  readonly deadLetters: LiveQueue | undefined;
  #consumers: readonly Consumer[] = [];
  /** Whom a locked message was handed to; a receiver that is gone will never settle it. */
  readonly #holders = new WeakMap<HeldMessage, Consumer>();
  #turn = 0;
  #timer: { readonly dueMs: number; readonly cancel: Cancel } | undefined;

  constructor(state: QueueState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
    this.deadLetters = state.deadLetters && new LiveQueue(state.deadLetters, clock);
  }

  get name(): string {
    return this.#state.name;
  }

  get requiresSession(): boolean {
    return this.#state.rules.requiresSession;
  }

  /** Every operation goes through here: first what time has brought, then the operation, then what follows from it. */
  act<Result>(operation: (queue: QueueState, nowMs: number) => Result): Result {
    const nowMs = this.#clock.nowMs();
    this.#catchUp(nowMs);
    const result = operation(this.#state, nowMs);
    this.#catchUp(nowMs);
    this.#settleDown();
    if (this.deadLetters) this.deadLetters.#settleDown();
    return result;
  }

  join(consumer: Consumer): void {
    this.#consumers = [...this.#consumers, consumer];
    this.deliver();
  }

  leave(consumer: Consumer): void {
    const { id, sessionId } = consumer;
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
    if (sessionId !== undefined) this.act((queue) => releaseSession(queue, sessionId, id));
  }

  /** Hands out ready messages for as long as some receiver has credit for one. */
  deliver(): void {
    this.act(() => undefined);
  }

  /** True when no connected receiver holds a message or could be handed one; what a lost one held waits for its lock's end. */
  isIdle(): boolean {
    const holders = [...this.#state.locks.values()].map((message) => this.#holders.get(message));
    if (holders.some((holder) => holder === undefined || this.#consumers.includes(holder))) return false;
    return !this.#consumers.some((consumer) => this.#nextFor(consumer) !== undefined);
  }

  /** Stops the timer, for the broker to close. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.deadLetters?.stop();
  }

  #catchUp(nowMs: number): void {
    for (const { sessionId, holder } of letTimePass(this.#state, nowMs)) {
      const consumer = this.#consumers.find(({ id }) => id === holder);
      this.#consumers = this.#consumers.filter((other) => other !== consumer);
      consumer?.dismiss(sessionLockLost(sessionId));
    }
  }

  #settleDown(): void {
    this.#handOut(this.#clock.nowMs());
    this.#setTimer();
  }

  #handOut(nowMs: number): void {
    for (let refusedInARow = 0; refusedInARow < this.#consumers.length; refusedInARow++) {
      const consumer = this.#consumers[this.#turn++ % this.#consumers.length];
      const message = consumer && this.#nextFor(consumer);
      if (consumer === undefined || message === undefined) continue;
      if (consumer.deletesOnReceipt) moveTo(this.#state, message, { at: 'gone' });
      else {
        lock(this.#state, message, { token: randomUUID(), nowMs });
        this.#holders.set(message, consumer);
      }
      consumer.hand(message);
      refusedInARow = -1;
    }
  }

  #nextFor(consumer: Consumer): HeldMessage | undefined {
    return consumer.hasCredit() ? firstReady(this.#state, consumer.sessionId) : undefined;
  }

  #setTimer(): void {
    const dueMs = this.#state.due.nextDueMs();
    if (dueMs === this.#timer?.dueMs) return;
    this.#timer?.cancel();
    this.#timer = dueMs === undefined ? undefined : { dueMs, cancel: this.#clock.at(dueMs, () => this.#ring()) };
  }

  #ring(): void {
    this.#timer = undefined;
    this.deliver();
  }
}
