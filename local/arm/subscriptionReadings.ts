/** What a subscription tells of itself: the caller's permissions, its resource providers, and all of its resources. */
import { ArmError, notSupported } from './armError';
import { kindOf } from './catalog';
import type { Json, Site } from './kind';
import { pageOf } from './paging';
import { missing } from './parents';
import type { ReadingAsked } from './reading';
import { keyOf, parseResourceId } from './resourceId';
import { showResource } from './state';

const SUBSCRIPTION = /^\/subscriptions\/[^/]+$/i;

function requireScope(scope: string, site: Site): void {
  if (SUBSCRIPTION.test(scope)) return;
  const id = parseResourceId(scope);
  const kind = id && kindOf(id.type);
  if (id === undefined || kind === undefined) throw notSupported(`permissions at '${scope}'`);
  if (site.find(id.key) === undefined) throw missing(kind, id, site);
}

/** One entry for each grant at the scope or above it. */
export function permissions({ at, site, world }: ReadingAsked): Json {
  const scope = at['scope'] ?? '';
  requireScope(scope, site);
  const value = world.grants.at(scope).map(({ actions, notActions, dataActions, notDataActions }) => ({
    ...{ actions, notActions, dataActions, notDataActions },
  }));
  return { value };
}

const NAMESPACES = ['Batch', 'Compute', 'Storage', 'Resources', 'Authorization'].map((name) => `Microsoft.${name}`);

export function provider({ at, world }: ReadingAsked): Json {
  const { subscription = '', namespace: asked = '' } = at;
  const namespace = NAMESPACES.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (namespace === undefined) {
    throw new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
  }
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: world.registrationState(subscription, namespace),
    resourceTypes: [],
  };
}

const TYPE = /^\s*resourceType\s+eq\s+'([^']*)'\s*$/i;

/** Only types joined by `or`; anything else is refused, so that it cannot pass for an empty list. */
function typesOf(filter: string | null): readonly string[] | undefined {
  if (filter === null) return undefined;
  return filter.split(/\s+or\s+/i).map((clause) => {
    const type = TYPE.exec(clause)?.[1];
    if (type === undefined) throw notSupported(`the $filter '${filter}' on resources`);
    return type.toLowerCase();
  });
}

/** Tracked resources, which are those with a location; resource groups are none. */
export function trackedResources({ at, url, site }: ReadingAsked): Json {
  const types = typesOf(url.searchParams.get('$filter'));
  const prefix = keyOf(`/subscriptions/${at['subscription'] ?? ''}/`);
  const found = site
    .all()
    .filter((stored) => stored.key.startsWith(`${prefix}/`) && stored.key.includes('/providers/'))
    .filter((stored) => typeof stored.input['location'] === 'string')
    .filter((stored) => types?.includes(stored.kind.type.toLowerCase()) ?? true)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((stored) => {
      const { id, name, type, location, tags } = showResource(stored, site);
      return { id, name, type, location, ...(tags === undefined ? {} : { tags }) };
    });
  const { value, next } = pageOf(found, url, { size: '$top', token: '$skiptoken' });
  return next === undefined ? { value } : { value, nextLink: next };
}
