/** What a region has: VM sizes of Batch, cores in use, and the images of the Marketplace. */
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import type { Json } from './kind';
import { marketplaceImage, showImage } from './marketplace';
import { pageOf } from './paging';
import type { ReadingAsked } from './reading';
import { regionOf } from './resourceId';
import { capabilitiesOf, sizesIn, VM_SIZES, type VmSize } from './vmSizes';
import type { Usage } from './worldFacts';

const FAMILY = /^\s*familyName\s+eq\s+'([^']*)'\s*$/i;

function ofFamily(filter: string | null): (size: VmSize) => boolean {
  if (filter === null) return () => true;
  const family = FAMILY.exec(filter)?.[1]?.toLowerCase();
  if (family === undefined) throw notSupported(`the $filter '${filter}' on VM sizes`);
  return (size) => size.family.toLowerCase() === family;
}

/** `batchSupportEndOfLife` came with this version (SupportedSku of rest/api/batchmanagement). */
const ENDS_SINCE = '2024-07-01';

export function virtualMachineSkus({ at, url, apiVersion }: ReadingAsked): Json {
  const sizes = sizesIn(regionOf(at['location'] ?? ''))
    .filter(ofFamily(url.searchParams.get('$filter')))
    .map((size) => ({
      name: size.name,
      familyName: size.family,
      ...(size.endsOn === undefined || apiVersion < ENDS_SINCE ? {} : { batchSupportEndOfLife: size.endsOn }),
      capabilities: capabilitiesOf(size),
    }));
  const { value, next } = pageOf(sizes, url, { size: 'maxresults', token: '$skipToken' });
  return next === undefined ? { value } : { value, nextLink: next };
}

/** What a new subscription of our own making has; the world states the rest. */
const TOTAL: Usage = { currentValue: 0, limit: 1000 };
const LOW_PRIORITY: Usage = { currentValue: 0, limit: 500 };
const PER_FAMILY: Usage = { currentValue: 0, limit: 500 };

const FAMILIES = [...new Set(VM_SIZES.map((size) => size.family))];

/** `standardDSv5Family` is shown as "Standard DSv5 Family vCPUs". */
const familyTitle = (family: string): string => {
  const series = family.replace(/^standard\s*/i, '').replace(/\s*family$/i, '');
  return `Standard ${series} Family vCPUs`;
};

export function usages({ at, world }: ReadingAsked): Json {
  const row = (name: string, localizedValue: string, usual: Usage): Json => {
    const stated = world.usage(at['subscription'] ?? '', at['location'] ?? '', name);
    return { unit: 'Count', ...(stated ?? usual), name: { value: name, localizedValue } };
  };
  const value = [
    row('cores', 'Total Regional vCPUs', TOTAL),
    row('lowPriorityCores', 'Total Regional Low-priority vCPUs', LOW_PRIORITY),
    ...FAMILIES.map((family) => row(family, familyTitle(family), PER_FAMILY)),
  ];
  return { value };
}

/** Every version of a known SKU is there, unless the world withdrew it. */
export function marketplaceVersion({ at, world }: ReadingAsked): Json {
  const { publisher = '', offer = '', sku = '', version = '', subscription = '', location = '' } = at;
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw invalidComputeParameter('version', `The value of parameter version is invalid: '${version}'.`);
  }
  const image = marketplaceImage({ publisher, offer, sku });
  if (image === undefined || world.isWithdrawn(`${publisher}/${offer}/${sku}/${version}`)) {
    throw new ArmError(404, 'NotFound', 'Artifact: VMImage was not found.');
  }
  return { ...showImage(image, { subscription, location: regionOf(location), version }) };
}
