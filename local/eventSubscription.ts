/** An Event Grid event subscription's filter: which events it delivers (event-grid/event-filtering). */

/** `StringIn` alone, of the operators that Event Grid has. */
export interface StringInFilter {
  /** Of a field of the event, with dots between what is nested. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface EventFilter {
  readonly includedEventTypes: readonly string[];
  /** An event must pass every one of them. */
  readonly stringIn: readonly StringInFilter[];
}

/** "25 advanced filters and 25 filter values across all the filters", "512 characters per string value". */
const MOST_FILTERS = 25;
const MOST_VALUES = 25;
const MOST_CHARACTERS = 512;

function valueAt(event: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), event);
}

const lower = (texts: readonly string[]): ReadonlySet<string> => new Set(texts.map((text) => text.toLowerCase()));

interface Wanted {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

export class EventSubscription {
  readonly #wanted: readonly Wanted[];

  /** Throws what Event Grid would refuse when the subscription is deployed. */
  constructor({ includedEventTypes, stringIn }: EventFilter) {
    const values = stringIn.flatMap((filter) => filter.values);
    if (stringIn.length > MOST_FILTERS)
      throw new RangeError(
        `An event subscription has ${MOST_FILTERS} advanced filters at most, not ${stringIn.length}.`,
      );
    if (values.length > MOST_VALUES)
      throw new RangeError(
        `An event subscription has ${MOST_VALUES} values in all of its filters at most, not ${values.length}.`,
      );
    const long = values.find((value) => value.length > MOST_CHARACTERS);
    if (long !== undefined)
      throw new RangeError(`A value of a filter has ${MOST_CHARACTERS} characters at most: ${long.slice(0, 40)}…`);
    this.#wanted = [
      { key: 'eventType', values: lower(includedEventTypes) },
      ...stringIn.map((filter) => ({ key: filter.key, values: lower(filter.values) })),
    ];
  }

  /** Event Grid compares text without regard to case. */
  delivers(event: unknown): boolean {
    return this.#wanted.every(({ key, values }) => {
      const value = valueAt(event, key);
      return typeof value === 'string' && values.has(value.toLowerCase());
    });
  }
}

/** Operations on what pools stand on or lie in, of which only some bring anything back. */
const WRITTEN_AND_DELETED = [
  'Microsoft.Compute/images',
  'Microsoft.Compute/galleries/images',
  'Microsoft.Compute/galleries/images/versions',
  'Microsoft.Batch/batchAccounts/pools',
];
const DELETED = [
  'Microsoft.Compute/snapshots',
  'Microsoft.Compute/disks',
  'Microsoft.Compute/galleries',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Batch/batchAccounts',
  'Microsoft.Resources/subscriptions/resourceGroups',
];

/** As the deployed one is meant to be: it feeds the queue `resource-events`. */
export const RESOURCE_EVENTS = new EventSubscription({
  includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
  stringIn: [
    {
      key: 'data.operationName',
      values: [
        ...WRITTEN_AND_DELETED.map((type) => `${type}/write`),
        ...[...WRITTEN_AND_DELETED, ...DELETED].map((type) => `${type}/delete`),
      ],
    },
  ],
});
