import { outsideScope, parseScope } from '../../../shared/domain/scope';
import * as given from '../../given/build';

const S = given.SUBSCRIPTION;

describe('parseScope', () => {
  it.each([
    { label: 'a subscription id', text: S, scope: { subscriptionId: S } },
    { label: 'a subscription as a resource id', text: `/subscriptions/${S}/`, scope: { subscriptionId: S } },
    {
      label: 'a resource group in any casing',
      text: ` /SUBSCRIPTIONS/${S}/resourcegroups/rg-a `,
      scope: { subscriptionId: S, resourceGroup: 'rg-a' },
    },
    { label: 'a name', text: 'rg-a', scope: undefined },
    { label: 'a resource', text: given.VM, scope: undefined },
    { label: 'half a subscription id', text: S.slice(0, 20), scope: undefined },
  ])('reads $label', ({ text, scope }) => {
    expect(parseScope(text)).toEqual(scope);
  });
});

describe('a request', () => {
  const whole = { subscriptionId: S };
  const groups = ['rg-render', 'rg-images', 'rg-batch'].map((resourceGroup) => ({ subscriptionId: S, resourceGroup }));
  const foreign = (group: string) =>
    `/subscriptions/${given.OTHER_SUBSCRIPTION}/resourceGroups/${group} is not on the app's allow-list`;
  const home = (group: string) => `/subscriptions/${S}/resourceGroups/${group} is not on the app's allow-list`;

  it.each([
    { label: 'a whole subscription', scopes: [whole], request: given.request(), outside: [] },
    { label: 'each of its resource groups', scopes: groups, request: given.request(), outside: [] },
    {
      label: 'resource groups in another casing',
      scopes: groups.map((scope) => ({ ...scope, resourceGroup: scope.resourceGroup.toUpperCase() })),
      request: given.request(),
      outside: [],
    },
    {
      label: 'all but the group of the images',
      scopes: groups.filter(({ resourceGroup }) => resourceGroup !== 'rg-images'),
      request: given.request(),
      outside: [`image.resourceGroup: ${home('rg-images')}`, `image.galleryId: ${home('rg-images')}`],
    },
    {
      label: 'another subscription than that of the VM',
      scopes: [whole],
      request: given.request({
        source: { virtualMachineId: given.id('rg', 'Microsoft.Compute/virtualMachines/vm', given.OTHER_SUBSCRIPTION) },
      }),
      // The image is made in the VM's subscription.
      outside: [`source.virtualMachineId: ${foreign('rg')}`, `image.resourceGroup: ${foreign('rg-images')}`],
    },
    {
      label: 'another subscription than that of the account',
      scopes: [whole],
      request: given.request({
        pool: { batchAccountId: given.id('rg', 'Microsoft.Batch/batchAccounts/b', given.OTHER_SUBSCRIPTION) },
      }),
      outside: [`pool.batchAccountId: ${foreign('rg')}`],
    },
    {
      label: 'nothing',
      scopes: [],
      request: given.request(),
      outside: [
        `source.virtualMachineId: ${home('rg-render')}`,
        `image.resourceGroup: ${home('rg-images')}`,
        `image.galleryId: ${home('rg-images')}`,
        `pool.batchAccountId: ${home('rg-batch')}`,
      ],
    },
  ])('with an allow-list of $label names every field outside', ({ scopes, request, outside }) => {
    expect(outsideScope(request, scopes)).toEqual(outside);
  });
});
