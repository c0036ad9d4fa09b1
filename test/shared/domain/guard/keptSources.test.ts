/** Which sources of an image version are watched when some of them went on purpose. */
import * as fc from 'fast-check';
import { storedResource } from '../../../../shared/azure/storedResources';
import { keptSources } from '../../../../shared/domain/guard/keptSources';
import * as given from '../../../given/build';

const VERSION = `${given.DEFINITION}/versions/${given.VERSION}`;
const IMAGE = given.id('rg-images', `Microsoft.Compute/images/render-${given.VERSION}`);
const snapshot = (disk: string): string =>
  given.id('rg-images', `Microsoft.Compute/snapshots/render-2026-304-18367-${disk}`);

it.each<[label: string, marks: Readonly<Record<string, string>>, watched: readonly string[]]>([
  ['nothing went', {}, [IMAGE]],
  [
    'the image went, and the snapshots of its build stay',
    { 'bip-let-go': 'image', 'bip-kept': 'snapshots' },
    [snapshot('os'), snapshot('data2')],
  ],
  ['the image went, of snapshots that were there before', { 'bip-let-go': 'image' }, []],
  ['both went', { 'bip-let-go': 'image,snapshots' }, []],
  ['somebody else made it, with such tags', { createdBy: 'them', 'bip-let-go': 'image,snapshots' }, [IMAGE]],
])('when %s', (_, marks, watched) => {
  const listed = {
    id: VERSION,
    type: 'Microsoft.Compute/galleries/images/versions',
    location: 'westeurope',
    tags: { createdBy: 'batch-image-pools', ...marks },
    properties: {
      publishingProfile: { targetRegions: [{ name: 'westeurope' }] },
      storageProfile: { source: { id: IMAGE }, osDiskImage: {}, dataDiskImages: [{ lun: 2 }] },
    },
  };
  expect(storedResource(listed)).toMatchObject({ kind: 'version', sourceIds: watched });
});

it('derives snapshots from a managed image alone', () => {
  const marks = { letGo: ['image'], kept: ['snapshots'] };
  expect(keptSources(VERSION, [snapshot('os')], marks, [2])).toEqual([]);
});

it('names nothing that the version does not derive from, whatever its tags say', () => {
  const words = fc.array(fc.constantFrom('image', 'snapshots', 'x'));
  fc.assert(
    fc.property(words, words, fc.array(fc.nat(63)), (letGo, kept, luns) => {
      const derived = [IMAGE, snapshot('os'), ...luns.map((lun) => snapshot(`data${lun}`))];
      for (const id of keptSources(VERSION, [IMAGE], { letGo, kept }, luns)) expect(derived).toContain(id);
    }),
  );
});
