/** What becomes of a message after its function: settled by how the function ended, or left to what the app did with it. */

import type { QueueTrigger } from '../bindings';
import type { ServiceBusSettings } from '../hostJson';
import type { Say } from './busConnection';
import type { HeldLock, Settlement } from './heldLock';

/** As the real extension does; undefined when settling was the app's to do. */
export async function settlementAfter(
  run: () => Promise<void>,
  { autoCompleteMessages }: QueueTrigger,
  settings: ServiceBusSettings,
): Promise<Settlement | undefined> {
  try {
    await run();
    return (autoCompleteMessages ?? settings.autoCompleteMessages) ? { kind: 'complete' } : undefined;
  } catch {
    // The invocation has logged it. A failure abandons, whether or not messages are completed automatically.
    return { kind: 'abandon' };
  }
}

export async function settleOrLetGo(lock: HeldLock, settlement: Settlement | undefined, say: Say): Promise<void> {
  if (lock.isSettled) return;
  if (settlement === undefined) {
    lock.letGo();
    return;
  }
  await lock.settle(settlement).catch((error: unknown) => {
    say('error', `Message '${lock.message.id}' was not settled: ${errorText(error)}`);
  });
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
