/** Names that Azure takes, given and derived. */
import * as fc from 'fast-check';
import { IMAGE_DEFINITION_NAME, POOL_NAME } from '../../../../shared/domain/limits';
import { nameRules } from '../../../../shared/domain/preflight/nameRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { parseBuildRequest } from '../../../../shared/messages';
import type { ImageIdentifier } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';

const { missing, there } = given;

/** Nothing of what the request names is there, so that its names are all that is known. */
const nothing = given.facts({ machine: missing, account: missing, imageGroup: missing, gallery: missing });
const gallery = (name: string) =>
  given.request({ image: { galleryId: given.id('rg-images', `Microsoft.Compute/galleries/${name}`) } });
const account = (name: string) =>
  given.request({ pool: { batchAccountId: given.id('rg-batch', `Microsoft.Batch/batchAccounts/${name}`) } });
const vm = (name: string) =>
  given.request({ source: { virtualMachineId: given.id('rg', `Microsoft.Compute/virtualMachines/${name}`) } });
const identifier = (changes: Partial<ImageIdentifier>) =>
  given.request({ image: { identifier: { publisher: 'contoso', offer: 'render', sku: 'render', ...changes } } });

const DEFINITION_NAMES =
  'it must be 1 to 80 letters, digits, ., _ and -, beginning with a letter or digit, not ending with a period or hyphen.';

testRules(nameRules, {
  NameNotAllowed: {
    pass: [
      { when: 'they are usual ones' },
      { when: 'nothing is there, and names are usual ones', facts: nothing },
      { when: 'a gallery that is there has an unusual one', request: gallery('gal-render') },
      { when: 'an account is named in upper case', request: account('BATCHRENDER'), facts: nothing },
      { when: 'the image has the longest name', request: given.request({ image: { name: 'n'.repeat(80) } }) },
      { when: 'the version has the largest parts', version: '2147483647.0.2147483647' },
    ],
    fail: [
      {
        when: 'a gallery has a hyphen',
        request: gallery('gal-render'),
        facts: nothing,
        says: [
          [
            'image.galleryId',
            'Azure does not take "gal-render" as the name of the gallery: it must be 1 to 80 letters, digits, . and _, beginning and ending with a letter or digit.',
          ],
        ],
      },
      {
        when: 'an account has a hyphen',
        request: account('batch-render'),
        facts: nothing,
        says: [
          [
            'pool.batchAccountId',
            'Azure does not take "batch-render" as the name of the Batch account: it must be 3 to 24 letters and digits.',
          ],
        ],
      },
      {
        when: 'a VM ends with a hyphen',
        request: vm('vm-render-'),
        facts: nothing,
        says: [
          [
            'source.virtualMachineId',
            'Azure does not take "vm-render-" as the name of the VM: it must be 1 to 64 characters, not beginning with _ or ending with a period or hyphen.',
          ],
        ],
      },
      {
        when: 'pool and resource group have blanks',
        request: given.request({ pool: { name: 'render pool' }, image: { resourceGroup: 'rg images' } }),
        facts: nothing,
        says: [
          [
            'image.resourceGroup',
            'Azure does not take "rg images" as the name of the resource group: it must be 1 to 90 letters, digits, ., _, - and parentheses, not ending with a period.',
          ],
          [
            'pool.name',
            'Azure does not take "render pool" as the name of the pool: it must be 1 to 64 letters, digits, _ and -.',
          ],
        ],
      },
      {
        when: 'the name of the image spoils the names derived from it',
        request: given.request({ image: { name: '_render' } }),
        facts: nothing,
        says: [
          ['image.name', `Azure does not take "_render" as the name of the image definition: ${DEFINITION_NAMES}`],
          [
            'image.name',
            'Azure does not take "_render-2026-304-18367-os" as the name of the snapshot: it must be 1 to 80 letters, digits, _ and -, beginning with a letter or digit.',
          ],
          [
            'image.name',
            'Azure does not take "_render-2026.304.18367" as the name of the managed image: it must be 1 to 80 letters, digits, ., _ and -, beginning with a letter or digit.',
          ],
        ],
      },
      {
        when: 'a part of the version is too large',
        version: '2026.304.2147483648',
        says: [
          [
            'image.name',
            'Azure does not take "2026.304.2147483648" as the name of the image version: it must be Major.Minor.Patch, each from 0 to 2147483647.',
          ],
        ],
      },
    ],
  },
  IdentifierNotAllowed: {
    pass: [
      { when: 'it is derived' },
      {
        when: 'each part is as long as it can be',
        request: identifier({ publisher: 'p'.repeat(128), offer: 'o'.repeat(64), sku: '1.2_3-' }),
      },
      {
        when: 'the definition is there',
        request: identifier({ sku: 'a b' }),
        facts: given.facts({ definition: there(given.definition()) }),
      },
    ],
    fail: [
      {
        when: 'parts are too long, have a blank, or end with a period',
        request: identifier({ publisher: 'p'.repeat(129), offer: 'my render', sku: 'v1.' }),
        says: [
          [
            'image.identifier.publisher',
            `Azure does not take "${'p'.repeat(129)}" as the publisher of the image definition: it must be 1 to 128 letters, digits, ., _ and -, not ending with a period.`,
          ],
          [
            'image.identifier.offer',
            'Azure does not take "my render" as the offer of the image definition: it must be 1 to 64 letters, digits, ., _ and -, not ending with a period.',
          ],
          [
            'image.identifier.sku',
            'Azure does not take "v1." as the sku of the image definition: it must be 1 to 64 letters, digits, ., _ and -, not ending with a period.',
          ],
        ],
      },
    ],
  },
});

describe('a request that is a message', () => {
  const imageName = fc.oneof(fc.stringMatching(IMAGE_DEFINITION_NAME), fc.string({ minLength: 1, maxLength: 90 }));
  const poolName = fc.oneof(fc.stringMatching(POOL_NAME), fc.string({ minLength: 1, maxLength: 70 }));

  it('leads to names that Azure takes', () => {
    fc.assert(
      fc.property(imageName, poolName, fc.nat(64), (image, pool, disks) => {
        const parsed = parseBuildRequest(given.request({ image: { name: image }, pool: { name: pool } }));
        fc.pre(parsed.ok);
        const facts = given.facts({ machine: there(given.machineWithDisks(disks)) });
        expect(preflight(given.aCase({ request: parsed.message, facts }), nameRules)).toEqual([]);
      }),
    );
  });
});
