/** What a stored resource looks like at an instant: its provisioning state and its REST body. */
import type { Json, Site, Stored } from './kind';
import { statusOf } from './operation';
import { objectAt } from './schema';

export type ProvisioningState = 'Creating' | 'Updating' | 'Deleting' | 'Succeeded' | 'Failed' | 'Canceled';

export function provisioningState(stored: Stored, nowMs: number): ProvisioningState {
  const { removal, write } = stored;
  if (removal !== undefined) {
    const status = statusOf(removal, nowMs);
    return status === 'InProgress' || status === 'Succeeded' ? 'Deleting' : 'Failed';
  }
  if (write === undefined) return 'Succeeded';
  const status = statusOf(write, nowMs);
  if (status !== 'InProgress') return status;
  return write.verb === 'create' ? 'Creating' : 'Updating';
}

/** The resource as GET answers it. */
export function showResource(stored: Stored, site: Site, query = new URLSearchParams()): Json {
  const rest: Json = {
    ...stored.input,
    id: stored.id,
    name: stored.id.split('/').at(-1) ?? '',
    type: stored.kind.type,
    properties: {
      ...objectAt(stored.input, 'properties'),
      ...stored.properties,
      provisioningState: provisioningState(stored, site.nowMs),
    },
  };
  if (stored.etag !== '') rest['etag'] = stored.etag;
  const shown = stored.kind.show?.(stored, site, query) ?? {};
  return { ...rest, ...shown, properties: { ...objectAt(rest, 'properties'), ...objectAt(shown, 'properties') } };
}
