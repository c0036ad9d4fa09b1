/** Who holds which session, until when. */

import { giveBack, unlock } from './locking';
import type { HeldMessage } from './heldMessage';
import type { QueueState, Session } from './queueState';
import { isRefusal, sessionLockLost, type Refusal } from './refusals';

export interface AcceptRequest {
  /** Undefined asks for the next session that has messages and no holder. */
  readonly sessionId: string | undefined;
  readonly holder: string;
  readonly nowMs: number;
}

/** Undefined when the session is held by another, or none is to be had. */
export function acceptSession(queue: QueueState, { sessionId, holder, nowMs }: AcceptRequest): Session | undefined {
  const wanted = sessionId ?? nextFreeSession(queue);
  if (wanted === undefined) return undefined;
  const session = sessionOf(queue, wanted);
  if (session.holder !== undefined) return undefined;
  session.holder = holder;
  lockSession(queue, session, nowMs);
  return session;
}

/** Makes the session's lock last its full duration again; answers with the instant at which it ends. */
export function renewSession(queue: QueueState, sessionId: string, nowMs: number): number | Refusal {
  const session = heldSession(queue, sessionId);
  return isRefusal(session) ? session : lockSession(queue, session, nowMs);
}

export function heldSession(queue: QueueState, sessionId: string): Session | Refusal {
  const session = queue.sessions.get(sessionId);
  return session?.holder === undefined ? sessionLockLost(sessionId) : session;
}

/** Closing a session gives its messages back uncounted: https://learn.microsoft.com/azure/service-bus-messaging/message-sessions */
export function releaseSession(queue: QueueState, sessionId: string, holder: string): void {
  const session = queue.sessions.get(sessionId);
  if (session?.holder !== holder) return;
  free(session);
  for (const message of lockedMessagesOf(queue, session)) unlock(queue, message);
}

/** A session whose lock ran out gives its messages back as failed deliveries. */
export function loseSession(queue: QueueState, session: Session): void {
  free(session);
  for (const message of lockedMessagesOf(queue, session)) giveBack(queue, message);
}

function sessionOf(queue: QueueState, sessionId: string): Session {
  const known = queue.sessions.get(sessionId);
  if (known !== undefined) return known;
  const session: Session = { sessionId, holder: undefined, lockedUntilMs: undefined, state: undefined };
  queue.sessions.set(sessionId, session);
  return session;
}

function nextFreeSession(queue: QueueState): string | undefined {
  let next: { readonly sessionId: string; readonly first: number } | undefined;
  for (const [sessionId, { first }] of queue.ready) {
    if (first === undefined || queue.sessions.get(sessionId)?.holder !== undefined) continue;
    if (next === undefined || first < next.first) next = { sessionId, first };
  }
  return next?.sessionId;
}

function lockSession(queue: QueueState, session: Session, nowMs: number): number {
  const lockedUntilMs = nowMs + queue.rules.lockDurationMs;
  session.lockedUntilMs = lockedUntilMs;
  queue.due.note(session);
  return lockedUntilMs;
}

function free(session: Session): void {
  session.holder = undefined;
  session.lockedUntilMs = undefined;
}

const lockedMessagesOf = (queue: QueueState, { sessionId }: Session): HeldMessage[] =>
  [...queue.locks.values()].filter(({ draft }) => draft.sessionId === sessionId);
