/** Runs a function for all messages that wait in a queue, up to a limit, one batch after another (`cardinality: 'many'`). */

import { typedData, type TypedData } from '../worker/typedData';
import { settlementAfter, settleOrLetGo } from './afterRun';
import type { HeldLock } from './heldLock';
import { modelBindingData } from './modelBinding';
import type { QueueReceiver } from './queueReceiver';
import { receiverFor, type QueueTriggerOptions } from './queueTrigger';

interface Waiting {
  readonly lock: HeldLock;
  readonly done: () => void;
}

/** The locks of a batch are not renewed (functions-bindings-service-bus, `maxAutoLockRenewalDuration`). */
export class BatchTriggerListener {
  readonly #options: QueueTriggerOptions;
  readonly #receiver: QueueReceiver;
  readonly #waiting: Waiting[] = [];
  #running = false;

  constructor(options: QueueTriggerOptions) {
    this.#options = options;
    this.#receiver = receiverFor(options, options.settings.maxMessageBatchSize, (lock) => this.#join(lock));
  }

  close(): void {
    this.#receiver.close();
  }

  #join(lock: HeldLock): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ lock, done: resolve });
      // What the broker has sent along with it belongs to the same batch.
      setImmediate(() => void this.#next());
    });
  }

  async #next(): Promise<void> {
    if (this.#running || this.#waiting.length === 0) return;
    this.#running = true;
    const batch = this.#waiting.splice(0, this.#options.settings.maxMessageBatchSize);
    await this.#handle(batch.map(({ lock }) => lock));
    for (const { done } of batch) done();
    this.#running = false;
    setImmediate(() => void this.#next());
  }

  async #handle(locks: readonly HeldLock[]): Promise<void> {
    const { binding, settings, handled, invoke, queueName, say } = this.#options;
    for (const lock of locks) handled.add(lock);
    const run = () => invoke(collection(locks), metadataOf(locks), `${locks.length} messages of queue '${queueName}'`);
    const settlement = await settlementAfter(run, binding, settings);
    for (const lock of locks) handled.remove(lock);
    await Promise.all(locks.map((lock) => settleOrLetGo(lock, settlement, say)));
  }
}

const collection = (locks: readonly HeldLock[]): TypedData => ({
  collectionModelBindingData: {
    modelBindingData: locks.map(({ message, token }) => modelBindingData(message, token)),
  },
});

/** The real extension has a list of each: MessageIdArray, DeliveryCountArray and so on. */
function metadataOf(locks: readonly HeldLock[]): Record<string, TypedData> {
  const lists = {
    MessageIdArray: locks.map(({ message }) => message.fields.message_id ?? null),
    DeliveryCountArray: locks.map(({ message }) => message.deliveryCount),
    LockTokenArray: locks.map(({ token }) => token.text),
    ContentTypeArray: locks.map(({ message }) => message.fields.content_type ?? null),
    CorrelationIdArray: locks.map(({ message }) => message.fields.correlation_id ?? null),
    SubjectArray: locks.map(({ message }) => message.fields.subject ?? null),
    ApplicationPropertiesArray: locks.map(({ message }) => message.fields.application_properties ?? {}),
  };
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, typedData(list)]));
}
