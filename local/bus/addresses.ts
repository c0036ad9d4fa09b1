/** What an AMQP address of a client means to the broker. */

export type Address =
  | { readonly kind: 'authorization' }
  | { readonly kind: 'management'; readonly queue: string }
  | { readonly kind: 'queue'; readonly queue: string }
  | { readonly kind: 'unsupported'; readonly what: string };

const DEAD_LETTERS = '/$deadletterqueue';

/** Endings that Service Bus knows and this broker does not. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\/subscriptions\//i, 'topics and their subscriptions; use a queue'],
  [/\/\$transfer(\/\$deadletterqueue)?$/i, 'forwarding between entities, so there is no transfer dead-letter queue'],
];

/** `address` is unknown because a link may come without one, or with something else than text. */
export function readAddress(address: unknown): Address {
  if (typeof address !== 'string' || address === '') {
    return { kind: 'unsupported', what: 'links without an address, which transactions use' };
  }
  const path = address.replace(/^(sb|amqps?):\/\/[^/]*\//i, '').replace(/^\/+|\/+$/g, '');
  if (/^\$cbs$/i.test(path)) return { kind: 'authorization' };
  const unsupported = UNSUPPORTED.find(([pattern]) => pattern.test(path.replace(/\/\$management$/i, '')));
  if (unsupported !== undefined) return { kind: 'unsupported', what: unsupported[1] };
  const managed = /^(.+)\/\$management$/i.exec(path)?.[1];
  return managed === undefined ? { kind: 'queue', queue: path } : { kind: 'management', queue: managed };
}

/** Queue names differ by more than case: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus */
export const queueKey = (name: string): string => name.toLowerCase();

export const deadLetterKey = (name: string): string => `${queueKey(name)}${DEAD_LETTERS}`;

export const isDeadLetterKey = (name: string): boolean => queueKey(name).endsWith(DEAD_LETTERS);
