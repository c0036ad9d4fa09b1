/** What every kind of source of an image version has to tell, and what every one must be. */
import { ArmError, invalidComputeParameter } from './armError';
import type { Json, Site, Stored } from './kind';
import { regionOf } from './resourceId';
import { provisioningState } from './state';
import type { VersionInput } from './versionBody';

export const STORAGE = 'galleryImageVersion.properties.storageProfile';

/** What is undefined, the source does not tell. */
export interface Source {
  readonly id: string;
  readonly kind: 'machine' | 'disk' | 'image' | 'version' | 'vhd';
  readonly generation: string | undefined;
  readonly osType: string | undefined;
  readonly osState: string | undefined;
  readonly securityType: string;
}

/** A source, and the disks that it gives the version. */
export interface Captured {
  readonly source: Source;
  readonly disks: Json;
}

/** The source, which must be there, of one of the types, ready, and in the version's region. */
export function usable(id: string, types: readonly string[], input: VersionInput, site: Site): Stored {
  const stored = site.find(id);
  if (stored === undefined || !types.includes(stored.kind.type)) {
    const message = `The source '${id}' of the gallery image version was not found, or is not one of ${types.join(', ')}.`;
    throw new ArmError(404, 'NotFound', message, { target: STORAGE });
  }
  const state = provisioningState(stored, site.nowMs);
  if (state !== 'Succeeded') {
    const message = `The source '${stored.id}' is in provisioning state '${state}'; it must be 'Succeeded'.`;
    throw new ArmError(409, 'Conflict', message, { target: STORAGE });
  }
  refuseElsewhere(stored.id, String(stored.input['location']), input);
  return stored;
}

export function refuseElsewhere(id: string, location: string, input: VersionInput): void {
  const region = regionOf(location);
  if (region === regionOf(input.location)) return;
  const message = `The resource '${id}' is in location '${region}', not in the gallery image version's location '${input.location}'.`;
  throw invalidComputeParameter(STORAGE, message);
}

/** `dataDiskImages` is left out when there are none. */
export const ifAny = (dataDiskImages: readonly Json[]): Json => (dataDiskImages.length === 0 ? {} : { dataDiskImages });
