/** When a request grows a pool instead of building one; what keeps it from that is told by PoolCannotGrow. */
import type { ExistingPool } from '../../../shared/domain/account';
import { growsExisting } from '../../../shared/domain/growsExisting';
import { GROW_RULES, preflight, RULES } from '../../../shared/domain/preflight/preflight';
import type { BuildRequest } from '../../../shared/domain/request';
import * as given from '../../given/build';

const growing = given.request({ pool: { existing: 'grow', properties: given.fixedScale(600) } });
const standing = (changes: Partial<ExistingPool> = {}) =>
  given.facts({ pool: given.there(given.existingPool(changes)) });

it.each<{ label: string; changes: Partial<ExistingPool> }>([
  { label: 'runs on a version of the definition', changes: {} },
  { label: 'runs on the definition itself', changes: { imageId: given.DEFINITION } },
  { label: 'runs on it in another casing', changes: { imageId: given.DEFINITION.toUpperCase() } },
  { label: 'got none of its nodes', changes: { nodes: { dedicated: 0, spot: 0 } } },
  { label: 'is set to as many nodes already', changes: { targets: { dedicated: 600, spot: 0 } } },
  {
    label: 'failed to get its nodes',
    changes: { sighting: { state: 'failed', code: 'AllocationFailed', message: 'The pool is steady at 0 nodes.' } },
  },
])('a pool grows that $label, and no rule speaks against it', ({ changes }) => {
  const facts = standing(changes);
  expect(growsExisting(growing, facts)).toBe(true);
  const verdicts = preflight(given.aCase({ request: growing, facts }), GROW_RULES);
  expect(verdicts.filter(({ severity }) => severity !== 'note')).toEqual([]);
});

it.each<{ label: string; request: BuildRequest; facts: ReturnType<typeof standing> }>([
  { label: 'nobody asked for it', request: given.request(), facts: standing() },
  {
    label: 'the request says that it may not',
    request: given.request({ pool: { existing: 'refuse' } }),
    facts: standing(),
  },
  { label: 'there is none', request: growing, facts: given.facts() },
  { label: 'it may not be read', request: growing, facts: given.facts({ pool: given.forbidden }) },
  { label: 'it is being deleted', request: growing, facts: standing({ deleting: true }) },
  {
    label: 'it runs on another image',
    request: growing,
    facts: standing({ imageId: `${given.GALLERY}/images/other` }),
  },
])('a pool does not grow when $label', ({ request, facts }) => {
  expect(growsExisting(request, facts)).toBe(false);
});

it('a pool that stands is refused or grown, never passed over', () => {
  const facts = standing({ vmSize: 'STANDARD_D2S_V3' });
  for (const request of [growing, given.request()]) {
    const codes = preflight(given.aCase({ request, facts })).map(({ code }) => code);
    expect(codes.filter((code) => code.startsWith('Pool'))).toEqual([
      request === growing ? 'PoolCannotGrow' : 'PoolExists',
    ]);
  }
});

it('the rules for growing are some of all, in their order, and none on what is made', () => {
  expect(GROW_RULES).toEqual(RULES.filter((rule) => GROW_RULES.includes(rule)));
  const codes = GROW_RULES.map(({ code }) => code);
  expect(codes).toEqual(
    expect.arrayContaining(['PoolCannotGrow', 'RightMissing', 'TooManyNodes', 'CoreQuotaExceeded']),
  );
  for (const code of ['PoolQuotaReached', 'DefinitionDiffers', 'ImageShared', 'VersionExists']) {
    expect(codes).not.toContain(code);
  }
});
