/** Keeps a lock alive while a function runs, as the Service Bus processor of .NET does. */

import type { Cancel, Clock } from '../../clock';
import type { HeldLock } from './heldLock';

/** Renewed this long before the end, or at half of a shorter rest. */
const MARGIN_MS = 10_000;

interface Renewal {
  readonly lock: HeldLock;
  readonly clock: Clock;
  /** maxAutoLockRenewalDuration of host.json. */
  readonly forMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Renews until it is ended, the message is settled or `forMs` has passed. */
export function keepRenewing({ lock, clock, forMs, onFailure }: Renewal): Cancel {
  const untilMs = clock.nowMs() + forMs;
  let ended = false;
  let cancel: Cancel = () => undefined;
  const plan = (): void => {
    const lockedUntilMs = lock.lockedUntilMs;
    if (ended || lock.isSettled || lockedUntilMs === undefined) return;
    const leftMs = lockedUntilMs - clock.nowMs();
    const dueMs = lockedUntilMs - Math.min(MARGIN_MS, leftMs / 2);
    if (dueMs < untilMs) cancel = clock.at(Math.floor(dueMs), () => void renew());
  };
  const renew = async (): Promise<void> => {
    if (lock.isSettled) return;
    try {
      await lock.renew();
      plan();
    } catch (error) {
      onFailure(error);
    }
  };
  plan();
  return () => {
    ended = true;
    cancel();
  };
}
