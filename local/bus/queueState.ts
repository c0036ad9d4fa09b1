/** A queue as data: its messages, and where each is found. All time comes in as `nowMs`. */

import { DueTimes } from './dueTimes';
import { dueMsOf, type Fields, type HeldMessage, type Standing } from './heldMessage';
import { deadLetterRulesOf, type QueueRules } from './queueOptions';
import { SequenceList } from './sequenceList';

export interface Session {
  readonly sessionId: string;
  /** Who may receive its messages now. */
  holder: string | undefined;
  lockedUntilMs: number | undefined;
  /** What the application keeps with the session. */
  state: Buffer | undefined;
}

export interface QueueState {
  readonly name: string;
  readonly rules: QueueRules;
  /** By sequence number, in rising order. */
  readonly messages: Map<number, HeldMessage>;
  /** Ready messages by session; all under one key where the queue has no sessions. */
  readonly ready: Map<string, SequenceList>;
  readonly locks: Map<string, HeldMessage>;
  readonly sessions: Map<string, Session>;
  /** Message ids and when each was first seen, oldest first. */
  readonly seenIds: Map<string, number>;
  readonly due: DueTimes<HeldMessage | Session>;
  /** Undefined for a dead-letter queue. */
  readonly deadLetters: QueueState | undefined;
  lastSequenceNumber: number;
}

const NO_SESSION = '';

export function emptyQueue(name: string, rules: QueueRules): QueueState {
  const deadLetters = blankQueue(`${name}/$DeadLetterQueue`, deadLetterRulesOf(rules), undefined);
  return blankQueue(name, rules, deadLetters);
}

function blankQueue(name: string, rules: QueueRules, deadLetters: QueueState | undefined): QueueState {
  return {
    name,
    rules,
    messages: new Map(),
    ready: new Map(),
    locks: new Map(),
    sessions: new Map(),
    seenIds: new Map(),
    due: new DueTimes((target) => ('draft' in target ? dueMsOf(target) : target.lockedUntilMs)),
    deadLetters,
    lastSequenceNumber: 0,
  };
}

/** The oldest ready message that a receiver (of that session, if the queue has sessions) may take. */
export function firstReady(queue: QueueState, sessionId: string | undefined): HeldMessage | undefined {
  const sequenceNumber = queue.ready.get(sessionId ?? NO_SESSION)?.first;
  return sequenceNumber === undefined ? undefined : queue.messages.get(sequenceNumber);
}

/** Brings a message in, or from one standing to another, and keeps every index right. */
export function moveTo(queue: QueueState, message: HeldMessage, standing: Standing): void {
  leave(queue, message);
  message.standing = standing;
  if (standing.at === 'gone') queue.messages.delete(message.sequenceNumber);
  else queue.messages.set(message.sequenceNumber, message);
  if (standing.at === 'ready') readyListOf(queue, message).add(message.sequenceNumber);
  if (standing.at === 'locked') queue.locks.set(standing.token, message);
  queue.due.note(message);
}

function leave(queue: QueueState, message: HeldMessage): void {
  const { standing, sequenceNumber } = message;
  if (standing.at === 'locked') queue.locks.delete(standing.token);
  if (standing.at !== 'ready') return;
  const list = readyListOf(queue, message);
  list.remove(sequenceNumber);
  if (list.first === undefined) queue.ready.delete(readyKeyOf(queue, message));
}

const readyKeyOf = (queue: QueueState, { draft }: HeldMessage): string =>
  queue.rules.requiresSession ? (draft.sessionId ?? NO_SESSION) : NO_SESSION;

function readyListOf(queue: QueueState, message: HeldMessage): SequenceList {
  const key = readyKeyOf(queue, message);
  const list = queue.ready.get(key) ?? new SequenceList();
  queue.ready.set(key, list);
  return list;
}

/** Takes a message out for good, into the dead-letter queue where there is one. */
export function deadLetter(queue: QueueState, message: HeldMessage, properties: Fields): void {
  moveTo(queue, message, { at: 'gone' });
  const target = queue.deadLetters;
  if (target === undefined) return;
  const copy: HeldMessage = {
    ...message,
    sequenceNumber: ++target.lastSequenceNumber,
    expiresAtMs: Infinity,
    deadLetterSource: queue.name,
    properties,
    standing: { at: 'gone' },
  };
  moveTo(target, copy, { at: 'ready' });
}

export interface Counts {
  readonly active: number;
  readonly locked: number;
  readonly deferred: number;
  readonly scheduled: number;
  readonly deadLettered: number;
}

export function countsOf(queue: QueueState): Counts {
  const counts = { ready: 0, locked: 0, deferred: 0, scheduled: 0, gone: 0 };
  for (const { standing } of queue.messages.values()) counts[standing.at]++;
  const { ready: active, locked, deferred, scheduled } = counts;
  return { active, locked, deferred, scheduled, deadLettered: queue.deadLetters?.messages.size ?? 0 };
}
