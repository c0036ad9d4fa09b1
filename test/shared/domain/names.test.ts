import * as fc from 'fast-check';
import { IMAGE_DEFINITION_NAME, MAX_OFFER_LENGTH } from '../../../shared/domain/limits';
import {
  answerInstanceId,
  buildIdOf,
  buildInstanceId,
  digest,
  fingerprint,
  managedImageName,
  offerName,
  poolIdOf,
  requestIdOf,
  snapshotName,
  versionNumber,
} from '../../../shared/domain/names';
import type { BuildRequest } from '../../../shared/domain/request';
import * as given from '../../given/build';

const imageName = fc.stringMatching(IMAGE_DEFINITION_NAME).filter((name) => name.length <= 80);
/** From the first gallery to long after us. */
const startMs = fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2199, 11, 31, 23, 59, 59) });
const disk = fc.oneof(fc.constant('os' as const), fc.nat(63));

describe('versionNumber', () => {
  it.each([
    { at: '2026-01-01T00:00:00Z', version: '2026.101.0' },
    { at: '2026-03-04T05:06:07Z', version: '2026.304.18367' },
    { at: '2026-12-31T23:59:59Z', version: '2026.1231.86399' },
  ])('of $at is $version', ({ at, version }) => {
    expect(versionNumber(Date.parse(at))).toBe(version);
  });

  it('grows with every second, as three 32-bit numbers do', () => {
    const parts = (at: number) => versionNumber(at).split('.').map(Number);
    fc.assert(
      fc.property(startMs, fc.integer({ min: 1_000, max: 10 ** 10 }), (at, laterMs) => {
        const [one, other] = [parts(at), parts(at + laterMs)];
        const first = one.findIndex((part, index) => part !== other[index]);
        expect(other[first]).toBeGreaterThan(one[first] ?? NaN);
        for (const part of one) expect(part).toBeLessThan(2 ** 31);
      }),
    );
  });
});

describe('the names of a build', () => {
  it('say what they are of', () => {
    expect(snapshotName('render', given.VERSION, 'os')).toBe('render-2026-304-18367-os');
    expect(snapshotName('render', given.VERSION, 5)).toBe('render-2026-304-18367-data5');
    expect(managedImageName('render', given.VERSION)).toBe('render-2026.304.18367');
    expect(buildIdOf(given.request(), given.VERSION)).toMatch(/^[0-9a-f]{8}-2026-304-18367$/);
  });

  // azure-resource-manager/management/resource-name-rules, Microsoft.Compute: snapshots and images.
  it('are valid in Azure for any valid image name, at any time', () => {
    fc.assert(
      fc.property(imageName, startMs, disk, (name, at, which) => {
        const version = versionNumber(at);
        expect(snapshotName(name, version, which)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,78}[A-Za-z0-9_]$/);
        expect(managedImageName(name, version)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,78}[A-Za-z0-9_]$/);
      }),
    );
  });

  it('differ between the disks of one VM', () => {
    fc.assert(
      fc.property(imageName, disk, disk, (name, one, other) => {
        fc.pre(one !== other);
        expect(snapshotName(name, given.VERSION, one)).not.toBe(snapshotName(name, given.VERSION, other));
      }),
    );
  });
});

describe('the pool', () => {
  it('stands in its account', () => {
    expect(poolIdOf(given.request())).toBe(given.POOL);
  });
});

describe('the offer of a definition that is not identified', () => {
  it.each([
    { label: 'the name of the image', name: 'render', offer: 'render' },
    { label: 'all of a name of 64', name: 'n'.repeat(64), offer: 'n'.repeat(64) },
    {
      label: 'what fits of a longer one, and a mark of the rest',
      name: 'n'.repeat(65),
      offer: `${'n'.repeat(55)}-${digest('n'.repeat(65)).slice(0, 8)}`,
    },
  ])('is $label', ({ name, offer }) => {
    expect(offerName(name)).toBe(offer);
  });

  it('is never too long, and another for another image', () => {
    const long = fc.integer({ min: 0, max: 16 }).map((more) => 'n'.repeat(64 + more));
    const names = fc.oneof(imageName, long);
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(offerName(one).length).toBeLessThanOrEqual(MAX_OFFER_LENGTH);
        expect(offerName(one) === offerName(other)).toBe(one === other);
      }),
    );
  });
});

describe('what is shortened', () => {
  const pools = Array.from({ length: 2_000 }, (_, index) => given.request({ pool: { name: `pool-${index}` } }));
  const differing = (texts: readonly string[]): number => new Set(texts).size;

  it('tells the request ids of many wishes apart', () => {
    const requests = pools.map((request) => ({ ...request, requestId: undefined }));
    expect(differing(requests.map(requestIdOf))).toBe(pools.length);
  });

  // FNV-1a hardly carries the last characters of a text into its first digits, and those are all that a build id takes:
  // by it the app tells whose a resource is, so two builds that share one would take each other's resources for their own.
  it('tells the builds of many pools apart that start in one second', () => {
    expect(differing(pools.map((request) => buildIdOf(request, given.VERSION)))).toBe(pools.length);
  });
});

describe('instance ids', () => {
  // DurableClient.cs: no / \ # ? or control characters, not starting with @; ours are at most 100 long.
  const VALID = /^(?!@)[^/\\#?\p{Cc}]{1,100}$/u;

  it('are valid for any request and any message id', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, fc.constantFrom('build' as const, 'plan' as const), (name, account, mode) => {
        const request = given.request({ mode, pool: { name, batchAccountId: account } });
        expect(buildInstanceId(request)).toMatch(VALID);
        expect(answerInstanceId(name, given.request())).toMatch(VALID);
      }),
    );
  });

  it.each([
    {
      label: 'another casing of the account',
      request: given.request({ pool: { batchAccountId: given.ACCOUNT.toUpperCase() } }),
      same: true,
    },
    { label: 'another request id', request: given.request({ requestId: 'other' }), same: true },
    { label: 'another image', request: given.request({ image: { name: 'other' } }), same: true },
    { label: 'another pool', request: given.request({ pool: { name: 'other' } }), same: false },
    { label: 'a plan', request: given.request({ mode: 'plan' }), same: false },
  ])('with $label: the same build is $same', ({ request, same }) => {
    expect(buildInstanceId(request) === buildInstanceId(given.request())).toBe(same);
  });

  it.each([
    { label: 'the same again', messageId: 'm', request: given.request(), same: true },
    { label: 'another message', messageId: 'n', request: given.request(), same: false },
    { label: 'another request id', messageId: 'm', request: given.request({ requestId: 'other' }), same: false },
    { label: 'another mode', messageId: 'm', request: given.request({ mode: 'plan' }), same: false },
    { label: 'another image', messageId: 'm', request: given.request({ image: { name: 'other' } }), same: false },
  ])('of answers, with $label: the same is $same', ({ messageId, request, same }) => {
    expect(answerInstanceId(messageId, request) === answerInstanceId('m', given.request())).toBe(same);
  });

  it('of two plans for one pool differ when they ask for something else', () => {
    const [one, other] = ['render', 'other'].map((name) => given.request({ mode: 'plan', image: { name } }));
    expect(buildInstanceId(one ?? given.request())).not.toBe(buildInstanceId(other ?? given.request()));
  });
});

describe('digest', () => {
  it('is stable: these values are instance ids of builds under way', () => {
    expect(digest('')).toBe('c626a45fd3168a36b2008557dbbb932d');
    expect(digest('a')).toBe('da24840e9b6cfd09d7d62f76e6aab15e');
  });

  it('tells any two texts apart, in 32 digits', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(digest(one)).toMatch(/^[0-9a-f]{32}$/);
        expect(digest(one) === digest(other)).toBe(one === other);
      }),
    );
  });

  it('takes any string, lone surrogates too', () => {
    expect(digest('\ud800')).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('fingerprint', () => {
  it.each([
    { label: 'another request id', request: given.request({ requestId: 'other' }), same: true },
    { label: 'no request id', request: given.request({ requestId: undefined }), same: true },
    { label: 'a field that is left undefined', request: given.request({ image: { route: undefined } }), same: true },
    { label: 'another size', request: given.request({ pool: { properties: given.fixedScale(17) } }), same: false },
    { label: 'another mode', request: given.request({ mode: 'plan' }), same: true },
    { label: 'keepOnFailure', request: given.request({ keepOnFailure: true }), same: true },
    { label: 'another VM', request: given.request({ source: { virtualMachineId: `${given.VM}2` } }), same: false },
    { label: 'another image', request: given.request({ image: { name: 'other' } }), same: false },
    { label: 'an identity', request: given.request({ pool: { identity: { type: 'None' } } }), same: false },
  ])('with $label: the same wish is $same', ({ request, same }) => {
    expect(fingerprint(request) === fingerprint(given.request())).toBe(same);
  });

  it('does not depend on the order of fields, at any depth', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, reversed(item)]),
      );
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (extra) => {
        const properties = given.poolProperties({ extra });
        const request = given.request({ pool: { properties } });
        // Reversing keeps every field.
        const other = reversed(request) as BuildRequest;
        expect(fingerprint(other)).toBe(fingerprint(request));
      }),
    );
  });

  it('gives a request without an id one that says the same for the same wish', () => {
    const anonymous = given.request({ requestId: undefined });
    expect(requestIdOf(anonymous)).toMatch(/^request-[0-9a-f]{12}$/);
    expect(requestIdOf(given.request({ requestId: undefined, image: { name: 'other' } }))).not.toBe(
      requestIdOf(anonymous),
    );
    expect(requestIdOf(given.request())).toBe('render-16-nodes');
  });
});
