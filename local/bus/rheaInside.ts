/** What rhea 3.0.5 knows and does not tell in its types: credit, unsent deliveries, half-read frames, the answer to an attach. */

import { types, type Connection, type Delivery, type Sender, type Session } from 'rhea';
import type { Refusal } from './refusals';

function inside(root: unknown, ...path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function numberInside(root: unknown, ...path: readonly string[]): number {
  const value = inside(root, ...path);
  if (typeof value !== 'number')
    throw new TypeError(`rhea has no number at ${path.join('.')}; look at its new version.`);
  return value;
}

function valuesInside(root: unknown, name: string): readonly unknown[] {
  const value = inside(root, name);
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** A field that is in an event, or in what it carries, but not in its type. */
export const fieldInside = (context: unknown, name: string): unknown => inside(context, name);

/** Null where the peer sent a terminus that is not a node, such as a transaction's coordinator. */
export const addressOf = (terminus: unknown): unknown => inside(terminus, 'address');

/** Credit as the peer last gave it; deliveries that wait in the session are not yet taken off. */
export const creditOf = (link: Sender): number => numberInside(link, 'credit');

/** The id of the first delivery in the session that is not yet on the wire. */
export const firstUnsentId = (session: Session): number => numberInside(session, 'outgoing', 'next_pending_delivery');

/** Completes the answer to an attach, which rhea writes when the current event is over. */
export function answerAttach(link: Sender, fields: Readonly<Record<string, unknown>>): void {
  const attach = inside(link, 'local', 'attach');
  if (typeof attach === 'object' && attach !== null) Object.assign(attach, fields);
}

/** AMQP 1.0 outcomes: https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#section-delivery-state */
const ACCEPTED = 0x24;
const REJECTED = 0x25;

const outcome = (code: number, fields: readonly unknown[]): unknown =>
  types.described_nc(types.wrap_ulong(code), types.wrap_list([...fields]));

/**
 * Answers a client's disposition. The answer to a dead-lettering is `accepted` too: the client takes the error in
 * a `rejected` for the failure of its settlement. The client never confirms, so rhea is told that it did; else the
 * delivery would stay in the session's 2048 places, and delivery would stop for good after that many.
 */
export function answerDisposition(delivery: Delivery, refused: Refusal | undefined): void {
  const state = refused === undefined ? outcome(ACCEPTED, []) : outcome(REJECTED, [types.wrap_error(refused)]);
  delivery.update(true, state);
  Object.assign(delivery, { remote_settled: true });
}

/** True while a frame or a message of several frames has arrived in part, or a delivery waits to be sent. */
export function isHalfWay(connection: Connection): boolean {
  if (isSomething(inside(connection, 'previous_input')) || isSomething(inside(connection, 'chunks'))) return true;
  return valuesInside(connection, 'local_channel_map').some(isSessionHalfWay);
}

function isSessionHalfWay(session: unknown): boolean {
  const unsent =
    numberInside(session, 'outgoing', 'next_delivery_id') - numberInside(session, 'outgoing', 'next_pending_delivery');
  return unsent > 0 || valuesInside(session, 'links').some((link) => isSomething(inside(link, '_incomplete')));
}

const isSomething = (value: unknown): boolean => value !== undefined && value !== null;
