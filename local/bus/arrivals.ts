/** Messages that arrive from clients: into a queue, or to the request that they are. */

import type { Delivery, EventContext } from 'rhea';
import type { Address } from './addresses';
import type { ClientLinks } from './clientLinks';
import { put, whyNotPut } from './enqueueing';
import type { Fields } from './heldMessage';
import type { LiveQueue } from './liveQueue';
import { manage } from './management';
import { isRefusal, messageTooLarge, type Refusal } from './refusals';
import { replyAuthorized, replyTo, requestOf, type Request } from './replies';
import { fieldInside } from './rheaInside';
import { draftOf, sizeOf, unpackBatch } from './wireMessage';

export interface Limits {
  readonly maxMessageBytes: number;
}

export function takeArrival(context: EventContext, links: ClientLinks, limits: Limits): void {
  const { receiver, delivery } = context;
  if (receiver === undefined || delivery === undefined) return;
  const destination = links.destinationOf(receiver);
  if (isRefusal(destination)) {
    delivery.reject(destination);
  } else if (destination.kind === 'queue') {
    const queue = links.queueNamed(destination.queue);
    answer(delivery, isRefusal(queue) ? queue : enqueue(context, queue, limits));
  } else {
    delivery.accept();
    answerRequest(requestOf(context), destination, { links, limits });
  }
}

interface Backing {
  readonly links: ClientLinks;
  readonly limits: Limits;
}

function answerRequest(request: Request, destination: Address, { links, limits }: Backing): void {
  if (destination.kind === 'authorization') replyAuthorized(request);
  if (destination.kind !== 'management') return;
  const queue = links.queueNamed(destination.queue);
  replyTo(request, isRefusal(queue) ? queue : manage(request.operation, request.body, { queue, ...limits }));
}

function answer(delivery: Delivery, refused: Refusal | undefined): void {
  if (refused === undefined) delivery.accept();
  else delivery.reject(refused);
}

function enqueue(context: EventContext, queue: LiveQueue, { maxMessageBytes }: Limits): Refusal | undefined {
  const { messages, bytes } = contentOf(context);
  if (bytes > maxMessageBytes) return messageTooLarge(bytes, maxMessageBytes);
  const drafts = messages.map(draftOf);
  return queue.act((state, nowMs) => {
    const refused = drafts.map((draft) => whyNotPut(state, draft)).find((refusal) => refusal !== undefined);
    if (refused === undefined) for (const draft of drafts) put(state, draft, nowMs);
    return refused;
  });
}

/** rhea decodes what has the standard format; a client's batch (format 0x80013700) stays as it came. */
function contentOf(context: EventContext): { readonly messages: readonly Fields[]; readonly bytes: number } {
  const arrived = fieldInside(context, 'message');
  if (Buffer.isBuffer(arrived)) return { messages: unpackBatch(arrived), bytes: arrived.length };
  const message: Fields = { ...context.message };
  return { messages: [message], bytes: sizeOf(message) };
}
