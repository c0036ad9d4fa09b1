/** How messages come into a queue and are looked at there: put, scheduled, cancelled, peeked. */

import type { Draft, HeldMessage } from './heldMessage';
import { moveTo, type QueueState } from './queueState';
import { messageNotFound, sessionIdMissing, type Refusal } from './refusals';

/** Puts a message; a repeated id is accepted and dropped, as Azure does. Answers with its sequence number. */
export function put(queue: QueueState, draft: Draft, nowMs: number): number {
  const sequenceNumber = ++queue.lastSequenceNumber;
  if (isRepeated(queue, draft, nowMs)) return sequenceNumber;
  const { enqueueAtMs } = draft;
  if (enqueueAtMs !== undefined && enqueueAtMs > nowMs) {
    const message = messageOf(queue, draft, { sequenceNumber, enqueuedAtMs: enqueueAtMs });
    moveTo(queue, message, { at: 'scheduled', enqueueAtMs });
  } else {
    moveTo(queue, messageOf(queue, draft, { sequenceNumber, enqueuedAtMs: nowMs }), { at: 'ready' });
  }
  return sequenceNumber;
}

export function whyNotPut(queue: QueueState, draft: Draft): Refusal | undefined {
  return queue.rules.requiresSession && draft.sessionId === undefined ? sessionIdMissing(queue.name) : undefined;
}

/**
 * A scheduled message is appended, with a new number, as if it were sent at its instant:
 * https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing
 */
export function enqueueScheduled(queue: QueueState, message: HeldMessage): void {
  moveTo(queue, message, { at: 'gone' });
  const sequenceNumber = ++queue.lastSequenceNumber;
  moveTo(queue, { ...message, sequenceNumber }, { at: 'ready' });
}

export function cancelScheduled(queue: QueueState, sequenceNumber: number): Refusal | undefined {
  const message = queue.messages.get(sequenceNumber);
  if (message?.standing.at !== 'scheduled') return messageNotFound(sequenceNumber, 'scheduled', queue.name);
  moveTo(queue, message, { at: 'gone' });
  return undefined;
}

export interface PeekRange {
  readonly fromSequenceNumber: number;
  readonly count: number;
  readonly sessionId: string | undefined;
}

export function peek(queue: QueueState, range: PeekRange): HeldMessage[] {
  const found: HeldMessage[] = [];
  for (const message of queue.messages.values()) {
    if (found.length >= range.count) break;
    if (message.sequenceNumber < range.fromSequenceNumber) continue;
    if (range.sessionId === undefined || message.draft.sessionId === range.sessionId) found.push(message);
  }
  return found;
}

function messageOf(
  queue: QueueState,
  draft: Draft,
  place: Pick<HeldMessage, 'sequenceNumber' | 'enqueuedAtMs'>,
): HeldMessage {
  const timeToLiveMs = Math.min(draft.timeToLiveMs ?? Infinity, queue.rules.timeToLiveMs);
  return {
    ...place,
    draft,
    expiresAtMs: place.enqueuedAtMs + timeToLiveMs,
    deadLetterSource: undefined,
    properties: draft.properties,
    deliveryCount: 0,
    standing: { at: 'gone' },
  };
}

function isRepeated(queue: QueueState, { id }: Draft, nowMs: number): boolean {
  const windowMs = queue.rules.duplicateDetectionMs;
  if (windowMs === 0) return false;
  for (const [seenId, seenAtMs] of queue.seenIds) {
    if (nowMs - seenAtMs < windowMs) break;
    queue.seenIds.delete(seenId);
  }
  if (queue.seenIds.has(id)) return true;
  queue.seenIds.set(id, nowMs);
  return false;
}
