/** The columns of the table `resources`: what each row shows of a resource (governance/resource-graph, resource table). */
import type { Json, Site, Stored } from '../kind';
import { POOL } from '../pools';
import { RESOURCE_GROUP } from '../resourceId';
import { showResource } from '../state';
import { TENANT } from '../../tenant';

/** Resource groups have a table of their own, and Batch pools are in none (reference/supported-tables-resources). */
const NOT_IN_RESOURCES = [RESOURCE_GROUP, POOL];

export const isInResources = ({ kind }: Stored): boolean => !NOT_IN_RESOURCES.includes(kind.type);

const segmentOf = (id: string, index: number): string => id.split('/')[index] ?? '';
const textAt = (stored: Stored, name: string): string => {
  const value = stored.input[name];
  return typeof value === 'string' ? value : '';
};

/** Columns with text, by which rows are picked and put in order. */
const TEXTS = {
  id: ({ id }: Stored) => id,
  name: ({ id }: Stored) => id.slice(id.lastIndexOf('/') + 1),
  type: ({ kind }: Stored) => kind.type.toLowerCase(),
  tenantId: () => TENANT,
  kind: (stored: Stored) => textAt(stored, 'kind'),
  location: (stored: Stored) => textAt(stored, 'location'),
  resourceGroup: ({ id }: Stored) => segmentOf(id, 4).toLowerCase(),
  subscriptionId: ({ id }: Stored) => segmentOf(id, 2).toLowerCase(),
  managedBy: (stored: Stored) => textAt(stored, 'managedBy'),
} as const satisfies Readonly<Record<string, (stored: Stored) => string>>;

/** Columns with values of any form, null where there is none. */
const DYNAMIC = ['sku', 'plan', 'properties', 'tags', 'identity', 'zones', 'extendedLocation'] as const;

export type TextColumn = keyof typeof TEXTS;
export type Column = TextColumn | (typeof DYNAMIC)[number];

export const isTextColumn = (name: string): name is TextColumn => Object.hasOwn(TEXTS, name);
export const isColumn = (name: string): name is Column =>
  isTextColumn(name) || DYNAMIC.some((dynamic) => dynamic === name);

export const ALL_COLUMNS: readonly Column[] = [
  ...['id', 'name', 'type', 'tenantId', 'kind', 'location', 'resourceGroup', 'subscriptionId', 'managedBy'].filter(
    isTextColumn,
  ),
  ...DYNAMIC,
];

export const textOf = (stored: Stored, column: TextColumn): string => TEXTS[column](stored);

/** One value of a row: a column, or a part of one, under a name of its own. */
export interface Shown {
  readonly name: string;
  readonly column: Column;
  /** Names of what is nested in the column. */
  readonly path: readonly string[];
}

export const asItIs = (column: Column): Shown => ({ name: column, column, path: [] });

const partOf = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );

export function rowOf(stored: Stored, all: readonly Shown[], site: Site): Json {
  const resource = all.every(({ column }) => isTextColumn(column)) ? {} : showResource(stored, site);
  const valueOf = ({ column, path }: Shown): unknown =>
    isTextColumn(column) ? textOf(stored, column) : (partOf(resource[column], path) ?? null);
  return Object.fromEntries(all.map((shown) => [shown.name, valueOf(shown)]));
}
