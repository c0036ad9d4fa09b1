import { baseImageOf, isSameImage, purchasePlanOf } from '../../../shared/domain/baseImage';
import type { BaseImage } from '../../../shared/domain/machine';
import * as given from '../../given/build';
import { without } from '../../given/without';

const { there, missing, forbidden } = given;
const fromGallery: BaseImage = { from: 'customImage', id: `${given.GALLERY}/images/golden/versions/1.0.0` };
const silent = without(given.machine(), 'base');

describe('the base image', () => {
  it('is what the VM says, before what its OS disk says', () => {
    const facts = given.facts({ disks: [there(given.osDisk({ base: fromGallery }))] });
    expect(baseImageOf(facts)).toEqual(given.machine().base);
  });

  it('is what the OS disk says when the VM does not', () => {
    const facts = given.facts({ machine: there(silent), disks: [there(given.osDisk({ base: fromGallery }))] });
    expect(baseImageOf(facts)).toEqual(fromGallery);
  });

  it.each([
    { label: 'nobody says it', facts: given.facts({ machine: there(silent) }) },
    { label: 'the OS disk may not be read', facts: given.facts({ machine: there(silent), disks: [forbidden] }) },
    { label: 'there is no VM', facts: given.facts({ machine: missing }) },
  ])('is not known when $label', ({ facts }) => {
    expect(baseImageOf(facts)).toBeUndefined();
  });

  it('is compared without regard to case and version', () => {
    const base = { ...given.UBUNTU, version: '24.04.1' };
    const listed = { publisher: 'Canonical', offer: 'Ubuntu-24_04-LTS', sku: 'SERVER' };
    expect(isSameImage(base, listed)).toBe(true);
    expect(isSameImage(given.UBUNTU, { ...listed, sku: 'server-gen1' })).toBe(false);
  });
});

describe('the purchase plan of the image', () => {
  const plan = (name: string) => ({ name, publisher: 'vendor', product: 'renderer' });
  const disk = there(given.osDisk({ purchasePlan: plan('disk') }));
  const machine = there(given.machine({ plan: plan('vm') }));
  const marketplaceImage = there({ plan: plan('marketplace') });
  it.each([
    { from: 'disk', facts: given.facts({ disks: [disk], machine, marketplaceImage }) },
    { from: 'vm', facts: given.facts({ machine, marketplaceImage }) },
    { from: 'marketplace', facts: given.facts({ marketplaceImage }) },
    { from: undefined, facts: given.facts() },
  ])('is taken from $from', ({ from, facts }) => {
    expect(purchasePlanOf(facts)).toEqual(from === undefined ? undefined : plan(from));
  });
});
