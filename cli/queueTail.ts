/** The end of a queue, watched by peeking: nothing is taken from those who receive from it. */
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

const PAGE = 100;

type SequenceNumber = NonNullable<ServiceBusReceivedMessage['sequenceNumber']>;

export class QueueTail {
  readonly #receiver: ServiceBusReceiver;
  /** Undefined until the queue was seen to hold something. */
  #from: SequenceNumber | undefined;

  private constructor(receiver: ServiceBusReceiver) {
    this.#receiver = receiver;
  }

  /** Begins behind the messages that are there already. */
  static async open(receiver: ServiceBusReceiver): Promise<QueueTail> {
    const tail = new QueueTail(receiver);
    for await (const page of tail.#pages()) tail.#from = next(page);
    return tail;
  }

  /** Everything that came since it was opened, whatever the order in which it was numbered. */
  async look(): Promise<readonly ServiceBusReceivedMessage[]> {
    const came: ServiceBusReceivedMessage[] = [];
    for await (const page of this.#pages()) came.push(...page);
    const first = came[0]?.sequenceNumber;
    // The queue was empty at first, so all that it holds now has come since: look from its very beginning.
    this.#from ??= first?.sub(first);
    return came;
  }

  async *#pages(): AsyncGenerator<readonly ServiceBusReceivedMessage[]> {
    for (let from = this.#from; ;) {
      // The receiver goes on from where its last peek ended when it is told no number.
      const page = await this.#receiver.peekMessages(PAGE, from === undefined ? {} : { fromSequenceNumber: from });
      if (page.length === 0) return;
      yield page;
      from = next(page);
    }
  }
}

const next = (page: readonly ServiceBusReceivedMessage[]): SequenceNumber | undefined =>
  page.at(-1)?.sequenceNumber?.add(1);
