/** What the source of an image was made from, as far as Azure says, and the purchase plan that comes with it. */
import { found, osDiskOf, type BuildFacts, type SourceFacts } from './facts';
import type { BaseImage, MarketplaceReference, PurchasePlan } from './machine';

type ImageWords = Pick<MarketplaceReference, 'publisher' | 'offer' | 'sku'>;

/** What a VM says that it was made from, else what the OS disk says; undefined when neither does, or neither was read. */
export const baseImageOf = (facts: SourceFacts): BaseImage | undefined =>
  found(facts.machine)?.base ?? osDiskOf(facts)?.base;

/** `publisher/offer/sku`, as a person writes it. */
export const imageText = ({ publisher, offer, sku }: ImageWords): string => `${publisher}/${offer}/${sku}`;

/** True when both name one image of the Marketplace; Azure does not regard the case of letters, nor is the version. */
export const isSameImage = (one: ImageWords, other: ImageWords): boolean =>
  imageText(one).toLowerCase() === imageText(other).toLowerCase();

/** The plan that the image comes with: what the OS disk says, else the VM, else the Marketplace; undefined for none. */
export const purchasePlanOf = (facts: BuildFacts): PurchasePlan | undefined =>
  osDiskOf(facts)?.purchasePlan ?? found(facts.machine)?.plan ?? found(facts.marketplaceImage)?.plan;
