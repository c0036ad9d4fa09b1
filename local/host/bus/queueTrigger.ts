/** Runs a function for every message of a queue and settles the message by how the function ended. */

import type { QueueTrigger } from '../bindings';
import type { ServiceBusSettings } from '../hostJson';
import type { TypedData } from '../worker/typedData';
import type { Clock } from '../../clock';
import { errorText, settlementAfter, settleOrLetGo } from './afterRun';
import type { BusConnection, Say } from './busConnection';
import type { HeldLock } from './heldLock';
import { keepRenewing } from './lockRenewal';
import { modelBindingData } from './modelBinding';
import { QueueReceiver } from './queueReceiver';
import type { HandledMessages } from './settlementServer';
import { triggerMetadata } from './triggerMetadata';

export interface QueueTriggerOptions {
  readonly binding: QueueTrigger;
  readonly queueName: string;
  readonly connection: BusConnection;
  readonly settings: ServiceBusSettings;
  readonly handled: HandledMessages;
  readonly clock: Clock;
  readonly say: Say;
  /** Counts what is under way, from the receipt of a message until its settlement is confirmed. */
  readonly track: (work: () => Promise<void>) => Promise<void>;
  readonly trackRenewal: (work: () => Promise<void>) => Promise<void>;
  readonly invoke: (trigger: TypedData, metadata: Record<string, TypedData>, reason: string) => Promise<void>;
}

/** `atATime` messages are handled at a time; beside them, prefetched ones are held. */
export function receiverFor(
  { connection, queueName, clock, say, settings, track }: QueueTriggerOptions,
  atATime: number,
  handle: (lock: HeldLock) => Promise<void>,
): QueueReceiver {
  const limit = atATime + settings.prefetchCount;
  return new QueueReceiver({
    connection,
    queueName,
    clock,
    say,
    limit,
    onMessage: (lock) => track(() => handle(lock)),
  });
}

export class QueueTriggerListener {
  readonly #options: QueueTriggerOptions;
  readonly #receiver: QueueReceiver;
  readonly #turns: (() => void)[] = [];
  #running = 0;

  constructor(options: QueueTriggerOptions) {
    this.#options = options;
    const handle = (lock: HeldLock) => this.#inTurn(() => this.#handle(lock));
    this.#receiver = receiverFor(options, options.settings.maxConcurrentCalls, handle);
  }

  close(): void {
    this.#receiver.close();
  }

  /** Prefetched messages wait here until one of the concurrent calls has ended. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#running >= this.#options.settings.maxConcurrentCalls) {
      await new Promise<void>((resolve) => this.#turns.push(resolve));
    }
    this.#running += 1;
    try {
      await work();
    } finally {
      this.#running -= 1;
      this.#turns.shift()?.();
    }
  }

  async #handle(lock: HeldLock): Promise<void> {
    const { settings, handled, clock, queueName, say, trackRenewal } = this.#options;
    handled.add(lock);
    const stopRenewing = keepRenewing({
      lock,
      clock,
      forMs: settings.maxAutoLockRenewalDuration,
      track: trackRenewal,
      onFailure: (error) => say('warning', `Queue '${queueName}', message '${lock.message.id}': ${errorText(error)}`),
    });
    const settlement = await settlementAfter(() => this.#run(lock), this.#options.binding, settings);
    stopRenewing();
    handled.remove(lock);
    await settleOrLetGo(lock, settlement, say);
  }

  #run(lock: HeldLock): Promise<void> {
    const { binding, invoke, queueName } = this.#options;
    const { message, token } = lock;
    const reason = `message '${message.id}' of queue '${queueName}', delivery ${message.deliveryCount}`;
    return invoke(triggerData(binding, lock), triggerMetadata(message, token), reason);
  }
}

function triggerData(binding: QueueTrigger, { message, token }: HeldLock): TypedData {
  if (binding.properties?.supportsDeferredBinding === 'true') {
    return { modelBindingData: modelBindingData(message, token) };
  }
  if (binding.dataType === 'binary' || binding.dataType === 'stream') return { bytes: message.bodyBytes };
  return { string: message.bodyBytes.toString('utf8') };
}
