/** Publisher, offer and sku that a build gives its image definition. */
import { CREATED_BY, offerName } from './names';
import type { BuildRequest, ImageIdentifier } from './request';

/** The request's own, or the one that is derived from the name of the definition. */
export function identifierOf({ identifier, name }: BuildRequest['image']): ImageIdentifier {
  return identifier ?? { publisher: CREATED_BY, offer: offerName(name), sku: offerName(name) };
}

export const identifierText = ({ publisher, offer, sku }: ImageIdentifier): string => `${publisher}/${offer}/${sku}`;
