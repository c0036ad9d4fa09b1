/** A client's receiving link: credit, deliveries, and the client's verdicts on them. */

import { randomUUID } from 'node:crypto';
import type { Delivery, Sender } from 'rhea';
import type { HeldMessage } from './heldMessage';
import type { Consumer, LiveQueue } from './liveQueue';
import { settle, type Verdict } from './locking';
import type { Refusal } from './refusals';
import { answerDisposition, creditOf, firstUnsentId } from './rheaInside';
import { encode } from './wireMessage';
import { tagOfToken, tokenOfTag } from './wireValues';

/** AMQP's name for it is the sender settle mode "settled". */
const SETTLED = 1;

export class LinkConsumer implements Consumer {
  readonly id = randomUUID();
  readonly link: Sender;
  readonly queue: LiveQueue;
  readonly deletesOnReceipt: boolean;
  sessionId: string | undefined;
  /** Ids of deliveries that wait in the AMQP session, in rising order. */
  readonly #unsent: number[] = [];

  constructor(link: Sender, queue: LiveQueue) {
    this.link = link;
    this.queue = queue;
    this.deletesOnReceipt = link.snd_settle_mode === SETTLED;
  }

  /** A delivery without credit would block every other one of its AMQP session, so credit is counted here to the last. */
  hasCredit(): boolean {
    if (!this.link.sendable()) return false;
    const sentBelow = firstUnsentId(this.link.session);
    const firstUnsent = this.#unsent.findIndex((id) => id >= sentBelow);
    this.#unsent.splice(0, firstUnsent === -1 ? this.#unsent.length : firstUnsent);
    return creditOf(this.link) > this.#unsent.length;
  }

  hand(message: HeldMessage): void {
    const { standing } = message;
    const tag = standing.at === 'locked' ? tagOfToken(standing.token) : undefined;
    const delivery = this.link.send(encode(message), tag, 0);
    this.#unsent.push(delivery.id);
  }

  dismiss(reason: Refusal): void {
    this.link.close(reason);
  }

  judge(delivery: Delivery, verdict: Verdict): void {
    if (delivery.settled || !Buffer.isBuffer(delivery.tag)) return;
    const token = tokenOfTag(delivery.tag);
    answerDisposition(
      delivery,
      this.queue.act((state) => settle(state, token, verdict)),
    );
  }

  /** The client waits until it hears that no more will come on the credit it gave. */
  drain(): void {
    this.queue.deliver();
    this.link.set_drained(true);
  }
}
