/** What each link that a client opens leads to, or why it leads nowhere. */

import type { Connection, EventContext, Receiver, Sender, Session } from 'rhea';
import { isDeadLetterKey, readAddress, type Address } from './addresses';
import { LinkConsumer } from './linkConsumer';
import type { LiveQueue } from './liveQueue';
import { entityNotFound, isRefusal, notSupported, sessionNeeded, sessionNotKept, type Refusal } from './refusals';
import { addressOf, answerAttach } from './rheaInside';
import { acceptSession } from './sessions';
import { dotNetTicks, fieldsOf } from './wireValues';

const SESSION_FILTER = 'com.microsoft:session-filter';
const SESSION_LOCKED_UNTIL = 'com.microsoft:locked-until-utc';

export interface Directory {
  find(name: string): LiveQueue | undefined;
  names(): readonly string[];
}

export class ClientLinks {
  readonly #queues: Directory;
  readonly #consumers = new Map<Sender, LinkConsumer>();

  constructor(queues: Directory) {
    this.#queues = queues;
  }

  consumerOf(link: Sender | undefined): LinkConsumer | undefined {
    return link && this.#consumers.get(link);
  }

  /** Where a message that arrives on the link is meant to go. */
  destinationOf(link: Receiver): Exclude<Address, { kind: 'unsupported' }> | Refusal {
    return this.#supported(addressOf(link.target));
  }

  queueNamed(name: string): LiveQueue | Refusal {
    return this.#queues.find(name) ?? entityNotFound(name, this.#queues.names());
  }

  /** The client opened a link to send messages, or requests. */
  openForSending({ receiver }: EventContext): void {
    if (receiver === undefined) return;
    const destination = this.destinationOf(receiver);
    const refused = isRefusal(destination) ? destination : this.#whyNoSending(destination);
    receiver.set_source(addressed(receiver.source));
    receiver.set_target(addressed(receiver.target));
    if (refused !== undefined) receiver.close(refused);
  }

  /** The client opened a link to receive messages, or replies. */
  openForReceiving({ sender }: EventContext): void {
    if (sender === undefined) return;
    const origin = this.#supported(addressOf(sender.source));
    sender.set_source(addressed(sender.source));
    sender.set_target(addressed(sender.target));
    const refused = isRefusal(origin) ? origin : this.#serve(sender, origin);
    if (refused !== undefined) sender.close(refused);
  }

  /** The link is gone, or all links of a session or connection are. */
  forget(gone: { sender?: Sender; session?: Session; connection: Connection }): void {
    const { sender, session, connection } = gone;
    for (const consumer of this.#consumers.values()) {
      const { link, queue } = consumer;
      const isGone = sender ? link === sender : session ? link.session === session : link.connection === connection;
      if (!isGone) continue;
      this.#consumers.delete(link);
      queue.leave(consumer);
    }
  }

  #supported(address: unknown): Exclude<Address, { kind: 'unsupported' }> | Refusal {
    const read = readAddress(address);
    return read.kind === 'unsupported' ? notSupported(read.what) : read;
  }

  #whyNoSending(destination: Address): Refusal | undefined {
    if (destination.kind !== 'queue') return undefined;
    if (isDeadLetterKey(destination.queue)) return notSupported('sending to a dead-letter queue');
    const queue = this.queueNamed(destination.queue);
    return isRefusal(queue) ? queue : undefined;
  }

  #serve(link: Sender, origin: Address): Refusal | undefined {
    if (origin.kind !== 'queue') return undefined;
    const queue = this.queueNamed(origin.queue);
    return isRefusal(queue) ? queue : this.#consume(link, queue);
  }

  #consume(link: Sender, queue: LiveQueue): Refusal | undefined {
    const consumer = new LinkConsumer(link, queue);
    const filter = fieldsOf(link.source.filter);
    const wantsSession = SESSION_FILTER in filter;
    if (queue.requiresSession && !wantsSession) return sessionNeeded(queue.name);
    if (wantsSession && !queue.requiresSession) return sessionNotKept(queue.name);
    if (wantsSession && !bindSession(consumer, filter[SESSION_FILTER])) return undefined;
    answerAttach(link, { snd_settle_mode: link.snd_settle_mode, rcv_settle_mode: link.rcv_settle_mode });
    this.#consumers.set(link, consumer);
    queue.join(consumer);
    return undefined;
  }
}

/** A session that is not to be had is refused by an answer without the filter; the client makes its own error of that. */
function bindSession(consumer: LinkConsumer, wanted: unknown): boolean {
  const { link, queue, id: holder } = consumer;
  const sessionId = typeof wanted === 'string' ? wanted : undefined;
  const session = queue.act((state, nowMs) => acceptSession(state, { sessionId, holder, nowMs }));
  if (session?.lockedUntilMs === undefined) return false;
  consumer.sessionId = session.sessionId;
  link.set_source({ ...addressed(link.source), filter: { [SESSION_FILTER]: session.sessionId } });
  answerAttach(link, { properties: { [SESSION_LOCKED_UNTIL]: dotNetTicks(session.lockedUntilMs) } });
  return true;
}

function addressed(terminus: unknown): { address: string } {
  const address = addressOf(terminus);
  return { address: typeof address === 'string' ? address : '' };
}
