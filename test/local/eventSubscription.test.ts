/** What an event subscription's filter lets through, and what Event Grid would not let be deployed. */
import { EventSubscription, RESOURCE_EVENTS } from '../../local/eventSubscription';

const event = (operationName: string, eventType = 'Microsoft.Resources.ResourceDeleteSuccess'): object => ({
  eventType,
  data: { operationName },
});
const WRITTEN = 'Microsoft.Resources.ResourceWriteSuccess';

describe('the subscription to resource events', () => {
  it.each([
    ['Microsoft.Compute/images', true],
    ['Microsoft.Compute/galleries', false],
    ['Microsoft.Compute/galleries/images', true],
    ['Microsoft.Compute/galleries/images/versions', true],
    ['Microsoft.Compute/snapshots', false],
    ['Microsoft.Compute/disks', false],
    ['Microsoft.Storage/storageAccounts', false],
    ['Microsoft.Batch/batchAccounts', false],
    ['Microsoft.Batch/batchAccounts/pools', true],
    ['Microsoft.Resources/subscriptions/resourceGroups', false],
  ])('delivers deletions of %s; its writes: %s', (type, writes) => {
    expect(RESOURCE_EVENTS.delivers(event(`${type}/delete`))).toBe(true);
    expect(RESOURCE_EVENTS.delivers(event(`${type.toUpperCase()}/DELETE`))).toBe(true);
    expect(RESOURCE_EVENTS.delivers(event(`${type}/write`, WRITTEN))).toBe(writes);
  });

  it.each([
    event('Microsoft.Batch/batchAccounts/pools/delete', 'Microsoft.Resources.ResourceDeleteFailure'),
    event('Microsoft.Batch/batchAccounts/pools/stopResize/action', 'Microsoft.Resources.ResourceActionSuccess'),
    event('Microsoft.Network/virtualNetworks/delete'),
    { eventType: WRITTEN, data: {} },
    { eventType: WRITTEN },
    {},
    undefined,
  ])('does not deliver %j', (other) => {
    expect(RESOURCE_EVENTS.delivers(other)).toBe(false);
  });
});

describe('a filter', () => {
  const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `value ${index}`);
  const subscribe = (...lists: string[][]): EventSubscription =>
    new EventSubscription({
      includedEventTypes: [WRITTEN],
      stringIn: lists.map((list) => ({ key: 'data.operationName', values: list })),
    });

  it('has 25 values at most, over all keys together', () => {
    expect(() => subscribe(values(25))).not.toThrow();
    expect(() => subscribe(values(13), values(12))).not.toThrow();
    expect(() => subscribe(values(26))).toThrow('25 values in all of its filters at most, not 26');
    expect(() => subscribe(values(13), values(13))).toThrow(RangeError);
  });

  it('comes with 24 others at most, and has short values', () => {
    expect(() => subscribe(...values(26).map(() => []))).toThrow('25 advanced filters at most, not 26');
    expect(() => subscribe(['x'.repeat(513)])).toThrow('512 characters at most');
  });

  it('is passed only together with all others', () => {
    const subscription = subscribe(['a', 'b'], ['b', 'c']);
    expect(['a', 'b', 'c'].map((name) => subscription.delivers(event(name, WRITTEN)))).toEqual([false, true, false]);
  });
});
