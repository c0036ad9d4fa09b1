/** The requests that a client sends to a queue's `$management` address, as a table of operations. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { cancelScheduled, peek, put, whyNotPut } from './enqueueing';
import type { Fields, HeldMessage } from './heldMessage';
import type { LiveQueue } from './liveQueue';
import { findDeferred, lock, renewLock, settle, type Verdict } from './locking';
import { moveTo } from './queueState';
import { isRefusal, messageTooLarge, notSupported, notUnderstood, type Refusal } from './refusals';
import { heldSession, renewSession } from './sessions';
import { aBuffer, aLockToken, aLong, binary, longs, map, someFields, timestamps, uuid } from './wireValues';
import { decode, draftOf, encode } from './wireMessage';

/** Operations: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response */
export interface Desk {
  readonly queue: LiveQueue;
  readonly maxMessageBytes: number;
}

export type Answer = Refusal | { readonly body?: Fields };

type Operation = (body: unknown, desk: Desk) => Answer;

const RECEIVE_AND_DELETE = 0;
const DONE: Answer = { body: {} };
const NOTHING: Answer = {};

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['com.microsoft:renew-lock', renewLocks],
  ['com.microsoft:update-disposition', updateDisposition],
  ['com.microsoft:peek-message', peekMessages],
  ['com.microsoft:schedule-message', scheduleMessages],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessages],
  ['com.microsoft:receive-by-sequence-number', receiveDeferred],
  ['com.microsoft:renew-session-lock', renewSessionLock],
  ['com.microsoft:set-session-state', setSessionState],
  ['com.microsoft:get-session-state', getSessionState],
]);

export function manage(operation: unknown, body: unknown, desk: Desk): Answer {
  const handle = OPERATIONS.get(String(operation));
  if (handle === undefined) {
    return notSupported(`the management operation '${String(operation)}'; it has ${[...OPERATIONS.keys()].join(', ')}`);
  }
  try {
    return handle(body, desk);
  } catch (problem) {
    if (!(problem instanceof z.ZodError)) throw problem;
    return notUnderstood(`The request '${String(operation)}' is not understood: ${z.prettifyError(problem)}`);
  }
}

const LockTokens = z.object({ 'lock-tokens': z.array(aLockToken) });
const SequenceNumbers = z.object({ 'sequence-numbers': z.array(aLong) });
const SessionId = z.object({ 'session-id': z.string() });

function renewLocks(body: unknown, { queue }: Desk): Answer {
  const { 'lock-tokens': tokens } = LockTokens.parse(body);
  return queue.act((state, nowMs) => {
    const ends: number[] = [];
    for (const token of tokens) {
      const end = renewLock(state, token, nowMs);
      if (isRefusal(end)) return end;
      ends.push(end);
    }
    return { body: { expirations: timestamps(ends) } };
  });
}

/** "defered" is how the protocol spells it. */
const VERDICTS = { completed: 'complete', abandoned: 'abandon', defered: 'defer', suspended: 'deadLetter' } as const;

const Disposition = LockTokens.extend({
  'disposition-status': z.enum(['completed', 'abandoned', 'defered', 'suspended']),
  'deadletter-reason': z.string().optional(),
  'deadletter-description': z.string().optional(),
  'properties-to-modify': someFields.optional(),
});

function updateDisposition(body: unknown, { queue }: Desk): Answer {
  const wanted = Disposition.parse(body);
  const verdict: Verdict = {
    kind: VERDICTS[wanted['disposition-status']],
    changes: {
      ...wanted['properties-to-modify'],
      DeadLetterReason: wanted['deadletter-reason'],
      DeadLetterErrorDescription: wanted['deadletter-description'],
    },
  };
  const refused = queue.act((state) =>
    wanted['lock-tokens'].map((token) => settle(state, token, verdict)).find((refusal) => refusal !== undefined),
  );
  return refused ?? DONE;
}

const PeekRequest = z.object({
  'from-sequence-number': aLong,
  'message-count': z.number(),
  'session-id': z.string().optional(),
});

function peekMessages(body: unknown, { queue }: Desk): Answer {
  const wanted = PeekRequest.parse(body);
  const range = {
    fromSequenceNumber: wanted['from-sequence-number'],
    count: wanted['message-count'],
    sessionId: wanted['session-id'],
  };
  const messages = queue.act((state) => peek(state, range).map((message) => map({ message: binary(encode(message)) })));
  return messages.length === 0 ? NOTHING : { body: { messages } };
}

const ScheduleRequest = z.object({ messages: z.array(z.object({ message: aBuffer })) });

function scheduleMessages(body: unknown, { queue, maxMessageBytes }: Desk): Answer {
  const encoded = ScheduleRequest.parse(body).messages.map(({ message }) => message);
  const tooLarge = encoded.find((bytes) => bytes.length > maxMessageBytes);
  if (tooLarge !== undefined) return messageTooLarge(tooLarge.length, maxMessageBytes);
  const drafts = encoded.map((bytes) => draftOf(decode(bytes)));
  return queue.act((state, nowMs) => {
    const refused = drafts.map((draft) => whyNotPut(state, draft)).find((refusal) => refusal !== undefined);
    return refused ?? { body: { 'sequence-numbers': longs(drafts.map((draft) => put(state, draft, nowMs))) } };
  });
}

function cancelScheduledMessages(body: unknown, { queue }: Desk): Answer {
  const { 'sequence-numbers': numbers } = SequenceNumbers.parse(body);
  const refused = queue.act((state) =>
    numbers.map((number) => cancelScheduled(state, number)).find((refusal) => refusal !== undefined),
  );
  return refused ?? DONE;
}

const DeferredRequest = SequenceNumbers.extend({ 'receiver-settle-mode': z.number() });

function receiveDeferred(body: unknown, { queue }: Desk): Answer {
  const wanted = DeferredRequest.parse(body);
  return queue.act((state, nowMs) => {
    const found = findDeferred(state, wanted['sequence-numbers']);
    if (isRefusal(found)) return found;
    const take = (message: HeldMessage): unknown => {
      const token = randomUUID();
      lock(state, message, { token, nowMs });
      const taken = map({ message: binary(encode(message)), 'lock-token': uuid(token) });
      if (wanted['receiver-settle-mode'] === RECEIVE_AND_DELETE) moveTo(state, message, { at: 'gone' });
      return taken;
    };
    return { body: { messages: found.map(take) } };
  });
}

function renewSessionLock(body: unknown, { queue }: Desk): Answer {
  const { 'session-id': sessionId } = SessionId.parse(body);
  const end = queue.act((state, nowMs) => renewSession(state, sessionId, nowMs));
  return isRefusal(end) ? end : { body: { expiration: new Date(end) } };
}

const SessionState = SessionId.extend({ 'session-state': aBuffer.nullish() });

function setSessionState(body: unknown, { queue }: Desk): Answer {
  const { 'session-id': sessionId, 'session-state': sessionState } = SessionState.parse(body);
  return queue.act((state) => {
    const session = heldSession(state, sessionId);
    if (isRefusal(session)) return session;
    session.state = sessionState ?? undefined;
    return DONE;
  });
}

function getSessionState(body: unknown, { queue }: Desk): Answer {
  const { 'session-id': sessionId } = SessionId.parse(body);
  const session = queue.act((state) => heldSession(state, sessionId));
  return isRefusal(session) ? session : { body: { 'session-state': session.state } };
}
