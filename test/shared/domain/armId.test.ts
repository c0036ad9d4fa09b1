import * as fc from 'fast-check';
import {
  armIdText,
  armKey,
  armName,
  parseArmId,
  parseArmIdOf,
  regionKey,
  sameArmId,
} from '../../../shared/domain/armId';
import * as given from '../../given/build';

const VM = given.VM;

describe('parseArmId', () => {
  it.each([
    {
      label: 'a resource',
      text: VM,
      type: 'Microsoft.Compute/virtualMachines',
      names: ['vm-render'],
    },
    {
      label: 'a nested resource, outermost name first',
      text: `${given.DEFINITION}/versions/1.2.3`,
      group: 'rg-images',
      type: 'Microsoft.Compute/galleries/images/versions',
      names: ['gal_render', 'render', '1.2.3'],
    },
    {
      label: 'fixed words in any case',
      text: VM.replace('/subscriptions/', '/SUBSCRIPTIONS/')
        .replace('resourceGroups', 'resourcegroups')
        .replace('providers', 'Providers'),
      type: 'Microsoft.Compute/virtualMachines',
      names: ['vm-render'],
    },
    {
      label: 'an id with slashes and blanks at its end',
      text: ` ${VM}// `,
      type: 'Microsoft.Compute/virtualMachines',
      names: ['vm-render'],
    },
  ])('reads $label', ({ text, group = 'rg-render', type, names }) => {
    expect(parseArmId(text)).toEqual({
      subscriptionId: given.SUBSCRIPTION,
      resourceGroup: group,
      type,
      names,
    });
  });

  it.each([
    { label: 'nothing', text: '' },
    { label: 'a name', text: 'vm-render' },
    { label: 'a URL', text: `https://management.azure.com${VM}` },
    { label: 'a resource group', text: `/subscriptions/${given.SUBSCRIPTION}/resourceGroups/rg` },
    { label: 'an id without a name', text: VM.replace('/vm-render', '') },
    { label: 'an id with an empty name', text: VM.replace('vm-render', '') },
    { label: 'an id with an empty resource group', text: VM.replace('rg-render', '') },
    { label: 'an id with a type too many', text: `${VM}/extensions` },
    { label: 'an id with an empty part', text: VM.replace('virtualMachines', 'virtualMachines/') },
    { label: 'another first word', text: VM.replace('subscriptions', 'tenants') },
  ])('does not take $label for an id', ({ text }) => {
    expect(parseArmId(text)).toBeUndefined();
  });

  it('reads what armIdText writes, and never throws', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,11}$/);
    const path = fc.array(fc.tuple(part, part), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, path, (subscriptionId, resourceGroup, namespace, pairs) => {
        const type = [namespace, ...pairs.map(([one]) => one)].join('/');
        const id = { subscriptionId, resourceGroup, type, names: pairs.map(([, name]) => name) };
        expect(parseArmId(armIdText(id))).toEqual(id);
        expect(armName(id)).toBe(id.names.at(-1));
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseArmId(text)));
  });

  // The pool is created at a URL made of the id as it came; what a URL reads as a path, a query or an escape leads elsewhere.
  it.each([
    { label: 'a backslash', name: '..\\..\\other' },
    { label: 'a question mark', name: 'name?x=1' },
    { label: 'a hash', name: 'name#x' },
    { label: 'an escape', name: 'name%2f..' },
    { label: 'a dot segment', name: '..' },
    { label: 'a control character', name: 'na\u0000me' },
    { label: 'a lone surrogate', name: 'na\ud800me' },
  ])('does not take $label in a name for an id', ({ name }) => {
    expect(parseArmId(VM.replace('vm-render', name))).toBeUndefined();
  });
});

describe('parseArmIdOf', () => {
  it.each([
    { label: 'the type in any case', type: 'microsoft.compute/VIRTUALMACHINES', reads: true },
    { label: 'another type', type: 'Microsoft.Compute/disks', reads: false },
    { label: 'a parent type', type: 'Microsoft.Compute', reads: false },
  ])('asked for $label', ({ type, reads }) => {
    expect(parseArmIdOf(type, VM) !== undefined).toBe(reads);
  });
});

describe('two ids', () => {
  it.each([
    { label: 'differ in case', other: VM.toUpperCase(), same: true },
    { label: 'differ in a trailing slash', other: `${VM}/`, same: true },
    {
      label: 'differ in the casing of resourceGroups',
      other: VM.replace('resourceGroups', 'resourcegroups'),
      same: true,
    },
    { label: 'differ in a name', other: `${VM}2`, same: false },
  ])('that $label: one resource is $same', ({ other, same }) => {
    expect(sameArmId(VM, other)).toBe(same);
    expect(armKey(VM) === armKey(other)).toBe(same);
  });
});

it.each([
  ['West Europe', 'westeurope'],
  ['westeurope', 'westeurope'],
  ['UK  South', 'uksouth'],
])('the region %s is %s', (region, key) => {
  expect(regionKey(region)).toBe(key);
});
