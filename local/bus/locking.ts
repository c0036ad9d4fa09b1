/** How a message is taken, held under a lock, and let go again. */

import { withChanges, type Fields, type HeldMessage } from './heldMessage';
import { deadLetter, moveTo, type QueueState } from './queueState';
import { alreadyDeadLettered, messageLockLost, messageNotFound, sessionOfLockLost, type Refusal } from './refusals';

/** What a receiver says about a message that it holds; `changes` are application properties to set. */
export interface Verdict {
  readonly kind: 'complete' | 'abandon' | 'defer' | 'deadLetter';
  readonly changes: Fields;
}

export interface LockRequest {
  readonly token: string;
  readonly nowMs: number;
}

export function lock(queue: QueueState, message: HeldMessage, { token, nowMs }: LockRequest): void {
  const session = queue.rules.requiresSession ? queue.sessions.get(message.draft.sessionId ?? '') : undefined;
  moveTo(queue, message, {
    at: 'locked',
    token,
    untilMs: session?.lockedUntilMs ?? nowMs + queue.rules.lockDurationMs,
    bySession: session !== undefined,
    returnsTo: message.standing.at === 'deferred' ? 'deferred' : 'ready',
  });
}

/** The messages deferred under these numbers, or why one of them cannot be had. */
export function findDeferred(queue: QueueState, sequenceNumbers: readonly number[]): HeldMessage[] | Refusal {
  const found: HeldMessage[] = [];
  for (const sequenceNumber of sequenceNumbers) {
    const message = queue.messages.get(sequenceNumber);
    if (message?.standing.at !== 'deferred') return messageNotFound(sequenceNumber, 'deferred', queue.name);
    found.push(message);
  }
  return found;
}

export function settle(queue: QueueState, token: string, verdict: Verdict): Refusal | undefined {
  const message = queue.locks.get(token);
  if (message === undefined) return lockLost(queue, token);
  const properties = withChanges(message.properties, verdict.changes);
  if (verdict.kind === 'complete') {
    moveTo(queue, message, { at: 'gone' });
  } else if (verdict.kind === 'deadLetter') {
    if (queue.deadLetters === undefined) return alreadyDeadLettered(queue.name);
    deadLetter(queue, message, properties);
  } else {
    message.properties = properties;
    if (verdict.kind === 'defer') moveTo(queue, message, { at: 'deferred' });
    else giveBack(queue, message);
  }
  return undefined;
}

/** Makes a lock last its full duration again; answers with the instant at which it ends. */
export function renewLock(queue: QueueState, token: string, nowMs: number): number | Refusal {
  const message = queue.locks.get(token);
  if (message?.standing.at !== 'locked') return lockLost(queue, token);
  const untilMs = nowMs + queue.rules.lockDurationMs;
  moveTo(queue, message, { ...message.standing, untilMs });
  return untilMs;
}

/** Ends a lock without success: one delivery more, and the dead-letter queue once there were enough. */
export function giveBack(queue: QueueState, message: HeldMessage): void {
  message.deliveryCount++;
  if (message.deliveryCount >= queue.rules.maxDeliveryCount) deadLetter(queue, message, tooManyDeliveries(message));
  else unlock(queue, message);
}

/** Ends a lock as if the message had never been taken. */
export function unlock(queue: QueueState, message: HeldMessage): void {
  if (message.standing.at === 'locked') moveTo(queue, message, { at: message.standing.returnsTo });
}

const lockLost = (queue: QueueState, token: string): Refusal =>
  queue.rules.requiresSession ? sessionOfLockLost(token) : messageLockLost(token);

const tooManyDeliveries = ({ properties, deliveryCount }: HeldMessage): Fields => ({
  ...properties,
  DeadLetterReason: 'MaxDeliveryCountExceeded',
  DeadLetterErrorDescription: `Message could not be consumed after ${deliveryCount} delivery attempts.`,
});
