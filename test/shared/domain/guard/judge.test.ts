/** All rules on one pool: one judgement for each code, and nothing that could not be read is ever missing or clear. */
import * as fc from 'fast-check';
import type { Fact } from '../../../../shared/domain/facts';
import { FINDINGS } from '../../../../shared/domain/guard/finding';
import type { Foundation } from '../../../../shared/domain/guard/foundation';
import { FOUNDATION_CODES, judgePool } from '../../../../shared/domain/guard/judge';
import { forbidden, missing, there } from '../../../given/build';
import * as given from '../../../given/guard';

const outside = { read: 'outside' } as const;
const failed = { read: 'failed', message: 'Azure answered 500.' } as const;
const unasked = { read: 'unasked', because: 'the gallery' } as const;

const isNot = (foundation: Foundation | undefined): readonly string[] =>
  judgePool(given.poolCase({ foundation })).flatMap(({ code, is }) => (is === 'clear' ? [] : [`${code} ${is}`]));

describe('a pool', () => {
  it('that stands well is clear of everything', () => {
    expect(isNot(given.onVersion())).toEqual([]);
    expect(isNot(given.onDefinition())).toEqual([]);
    expect(isNot(undefined)).toEqual([]);
  });

  it('gets one judgement for each code, whatever it stands on', () => {
    const codes = judgePool(given.poolCase()).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => FINDINGS[code].subject === 'pool')).toBe(true);
    expect(codes.filter((code) => FOUNDATION_CODES.has(code))).toHaveLength(FOUNDATION_CODES.size);
  });

  it.each([
    { label: 'version', foundation: given.onVersion(missing), is: 'ImageVersionMissing seen' },
    {
      label: 'definition',
      foundation: given.onDefinition(missing, { fact: missing }),
      is: 'LatestVersionMissing seen',
    },
    { label: 'latest version', foundation: given.onDefinition(missing), is: 'LatestVersionMissing seen' },
  ])('whose $label is gone has that one finding, and no other follows from it', ({ foundation, is }) => {
    expect(isNot(foundation).filter((one) => one.endsWith(' seen'))).toEqual([is]);
  });
});

const withinList: fc.Arbitrary<Fact<never>> = fc.constantFrom<Fact<never>>(forbidden, failed, unasked);
const unread: fc.Arbitrary<Fact<never>> = fc.oneof(withinList, fc.constant<Fact<never>>(outside));

/** Any foundation that has something unread in it, and nothing missing; the allow-list covers a definition with its versions. */
const foundations: fc.Arbitrary<Foundation> = fc
  .tuple(unread, unread, withinList, withinList)
  .chain(([one, other, hidden, alsoHidden]) =>
    fc.constantFrom(
      given.onVersion(one),
      given.onImage(one),
      given.onDefinition(one, { fact: one }),
      given.onDefinition(hidden),
      given.onDefinition(hidden, { fact: alsoHidden }),
      given.onDefinition(there(given.version()), { fact: hidden }),
      given.onShallow(one),
      given.onOwn(one),
      given.onImageOf([given.SNAPSHOT, one], [given.DATA_SNAPSHOT, other]),
    ),
  );

const GONE = ['ImageMissing', 'ImageVersionMissing', 'LatestVersionMissing', 'SourceMissing', 'SourceNotKept'];

describe('whatever could not be read', () => {
  const judgementsOf = (foundation: Foundation) => judgePool(given.poolCase({ foundation }));

  it('is never said to be missing', () => {
    fc.assert(
      fc.property(foundations, (foundation) => {
        const gone = judgementsOf(foundation).filter(({ code, is }) => is === 'seen' && GONE.includes(code));
        expect(gone).toEqual([]);
      }),
    );
  });

  it('leaves the pool in doubt, or has a finding of its own', () => {
    fc.assert(
      fc.property(foundations, (foundation) => {
        const judgements = judgementsOf(foundation);
        expect(
          judgements.some(({ code, is }) => is === 'unknown' || (is === 'seen' && code === 'ImageElsewhere')),
        ).toBe(true);
      }),
    );
  });

  it('has a reason that is a sentence', () => {
    fc.assert(
      fc.property(foundations, (foundation) => {
        for (const one of judgementsOf(foundation)) if (one.is === 'unknown') expect(one.why).toMatch(/^[A-Z].*\.$/s);
      }),
    );
  });
});
