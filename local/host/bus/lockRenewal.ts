/** Keeps a lock alive while a function runs, as the Service Bus processor of .NET does. */

import type { Cancel, Clock } from '../../clock';
import type { HeldLock } from './heldLock';
import { LockLost } from './management';

/** Renewed this long before the end, or at half of a shorter rest. */
const MARGIN_MS = 10_000;
/** Less than this is not worth another try. */
const SHORTEST_REST_MS = 1_000;

interface Renewal {
  readonly lock: HeldLock;
  readonly clock: Clock;
  /** maxAutoLockRenewalDuration of host.json. */
  readonly forMs: number;
  readonly onFailure: (error: unknown) => void;
  /** Counts renewals that the broker has not answered yet. */
  readonly track: (work: () => Promise<void>) => Promise<void>;
}

/** Renews until it is ended, the message is settled or `forMs` has passed. */
export function keepRenewing({ lock, clock, forMs, onFailure, track }: Renewal): Cancel {
  const untilMs = clock.nowMs() + forMs;
  let ended = false;
  let cancel: Cancel = () => undefined;
  const plan = (): void => {
    const lockedUntilMs = lock.lockedUntilMs;
    if (ended || lock.isSettled || lockedUntilMs === undefined) return;
    const leftMs = lockedUntilMs - clock.nowMs();
    if (leftMs < SHORTEST_REST_MS) return;
    const dueMs = lockedUntilMs - Math.min(MARGIN_MS, leftMs / 2);
    if (dueMs < untilMs) cancel = clock.at(Math.floor(dueMs), () => void track(renew));
  };
  const renew = async (): Promise<void> => {
    if (lock.isSettled) return;
    try {
      await lock.renew();
    } catch (error) {
      onFailure(error);
      if (error instanceof LockLost) return;
    }
    plan();
  };
  plan();
  return () => {
    ended = true;
    cancel();
  };
}
