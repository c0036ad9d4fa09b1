/** The world before the first request: REST bodies of resources, checked as strictly as requests are. */
import { z } from 'zod';
import { settledResize } from './allocation';
import { kindOf } from './catalog';
import type { Blob, Json, ResourceKind, Span, Stored } from './kind';
import { poolBody } from './poolBody';
import { POOL } from './pools';
import { replicate } from './replication';
import { keyOf, parentOf, parseResourceId, regionOf } from './resourceId';
import { NO_RESIZE_FAULTS } from './resizeFaults';
import { objectAt, withoutReadOnly } from './schema';
import type { Store } from './store';
import { versionBody } from './versionBody';
import { WorldFacts, worldFactsShape } from './worldFacts';
import { ALWAYS_READ_ONLY, hasEtag, newEtag } from './writes';

const worldSchema = z.strictObject({
  ...worldFactsShape,
  about: z.union([z.string(), z.array(z.string())]).optional(),
  resources: z.array(
    z.looseObject({ id: z.string(), name: z.string(), type: z.string(), location: z.string().optional() }),
  ),
});

type Resource = z.infer<typeof worldSchema>['resources'][number];

const describe = (where: string, error: z.ZodError): string[] =>
  error.issues.map((issue) => `${[where, ...issue.path.map(String)].filter(Boolean).join('.')}: ${issue.message}`);

interface Checked {
  readonly faults: readonly string[];
  /** Undefined when the body is at fault. */
  readonly input: Json | undefined;
}

/** Everything that is wrong with one resource. */
function check(resource: Resource, where: string, kind: ResourceKind): Checked {
  const id = parseResourceId(resource.id);
  const { location, name } = resource;
  const body = kind.body.safeParse(withoutReadOnly(resource, [...ALWAYS_READ_ONLY, ...kind.readOnly]));
  const faults = [
    id?.names.at(-1) === name ? undefined : `${where}.name: '${name}' is not the last name of the id '${resource.id}'.`,
    location === undefined || regionOf(location) === location
      ? undefined
      : `${where}.location: '${location}' must be written lower-case and without spaces.`,
    ...(body.success ? [] : describe(where, body.error)),
  ].filter((fault) => fault !== undefined);
  return { faults, input: body.data };
}

/** Reads the world's resources into the store and answers with the rest, or throws one error that names every bad field. */
export function loadWorld(world: unknown, store: Store): WorldFacts {
  const parsed = worldSchema.safeParse(world);
  if (!parsed.success) throw invalid(describe('', parsed.error));
  const faults: string[] = [];
  const loaded: Stored[] = [];
  for (const [index, resource] of parsed.data.resources.entries()) {
    const where = `resources[${index}]`;
    const kind = kindOf(parseResourceId(resource.id)?.type ?? '');
    if (kind === undefined || kind.type !== resource.type) {
      faults.push(`${where}.type: '${resource.type}' is unknown, or does not fit the id '${resource.id}'.`);
      continue;
    }
    const { input, faults: found } = check(resource, where, kind);
    faults.push(...found);
    if (found.length === 0 && input !== undefined) loaded.push(stored(resource, input, kind, store));
  }
  if (faults.length > 0) throw invalid(faults);
  for (const item of loaded) store.put(item);
  for (const item of loaded) requireParent(item, store);
  for (const item of loaded) store.put(withResize(item, store));
  for (const { uri, sizeGB } of parsed.data.blobs) addBlob({ uri, sizeGb: sizeGB }, store);
  store.managedImagePools = parsed.data.managedImagePools;
  return new WorldFacts(parsed.data);
}

const invalid = (faults: readonly string[]): Error =>
  new Error(`The world is invalid. Correct these fields:\n  ${faults.join('\n  ')}`);

function requireParent(item: Stored, store: Store): void {
  const parent = parentOf(item.key);
  if (parent === item.key || store.site().find(parent) !== undefined) return;
  throw invalid([`${item.id}: its parent '${parent}' is not in the world.`]);
}

function addBlob(blob: Blob, store: Store): void {
  store.blobs.add(blob);
  if (store.site().blob(blob.uri) !== undefined) return;
  throw invalid([`${blob.uri}: its storage account is not in the world.`]);
}

function stored(resource: Resource, input: Json, kind: ResourceKind, store: Store): Stored {
  const { nowMs } = store.site();
  const replication = replicationOf(input, kind, nowMs);
  return {
    key: keyOf(resource.id),
    id: resource.id,
    kind,
    createdMs: nowMs,
    changedMs: nowMs,
    input,
    properties: objectAt(resource, 'properties'),
    etag: hasEtag(kind) ? newEtag() : '',
    ...(replication === undefined ? {} : { replication }),
  };
}

/** An image version of the world has long been replicated. */
function replicationOf(input: Json, kind: ResourceKind, nowMs: number): ReadonlyMap<string, Span> | undefined {
  const version = versionBody.safeParse(input);
  if (kind.type !== 'Microsoft.Compute/galleries/images/versions' || !version.success) return undefined;
  const { location, properties } = version.data;
  const regions = (properties.publishingProfile.targetRegions ?? [{ name: location }]).map(({ name }) =>
    regionOf(name),
  );
  return replicate({ regions, readyMs: nowMs - 1, replicationMs: 0, shareMore: 0 });
}

const nodeCounts = z
  .object({ currentDedicatedNodes: z.int().min(0).optional(), currentLowPriorityNodes: z.int().min(0).optional() })
  .transform(({ currentDedicatedNodes: dedicated, currentLowPriorityNodes: lowPriority }) => ({
    ...(dedicated === undefined ? {} : { dedicated }),
    ...(lowPriority === undefined ? {} : { lowPriority }),
  }));

/** A pool of the world is steady. */
function withResize(item: Stored, store: Store): Stored {
  if (item.kind.type !== POOL) return item;
  const site = store.site();
  const account = site.find(parentOf(item.key));
  const input = poolBody.safeParse(item.input);
  if (account === undefined || !input.success) return item;
  const ask = { input: input.data, account, pool: undefined, poolKey: item.key, site };
  const how = { faults: NO_RESIZE_FAULTS, slowed: (durationMs: number) => durationMs };
  return { ...item, properties: {}, resize: settledResize({ ...ask, ...how }, nodeCounts.parse(item.properties)) };
}
