/** What happens in a queue because time passed: locks end, messages expire, scheduled ones arrive. */

import { enqueueScheduled } from './enqueueing';
import type { Fields, HeldMessage } from './heldMessage';
import { giveBack } from './locking';
import { deadLetter, moveTo, type QueueState } from './queueState';
import { loseSession } from './sessions';

/** The holder of a session that was lost, for its link to be closed. */
export interface LostSession {
  readonly sessionId: string;
  readonly holder: string;
}

/** Does everything that is due by `nowMs`, in the order of its instants. */
export function letTimePass(queue: QueueState, nowMs: number): LostSession[] {
  const lost: LostSession[] = [];
  for (let target = queue.due.takeDue(nowMs); target !== undefined; target = queue.due.takeDue(nowMs)) {
    if ('draft' in target) {
      actWhenDue(queue, target);
    } else {
      const { sessionId, holder } = target;
      loseSession(queue, target);
      if (holder !== undefined) lost.push({ sessionId, holder });
    }
  }
  return lost;
}

function actWhenDue(queue: QueueState, message: HeldMessage): void {
  const { at } = message.standing;
  if (at === 'scheduled') enqueueScheduled(queue, message);
  if (at === 'locked') giveBack(queue, message);
  if (at === 'ready') expire(queue, message);
}

function expire(queue: QueueState, message: HeldMessage): void {
  if (queue.rules.deadLetterOnExpiration) deadLetter(queue, message, expired(message));
  else moveTo(queue, message, { at: 'gone' });
}

const expired = ({ properties }: HeldMessage): Fields => ({
  ...properties,
  DeadLetterReason: 'TTLExpiredException',
  DeadLetterErrorDescription: 'The message expired and was dead lettered.',
});
