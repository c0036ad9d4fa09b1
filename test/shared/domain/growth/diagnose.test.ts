/** What is said of an allocation that failed, by what of its image is there: "image gone" with a 404 in hand, and never else. */
import fc from 'fast-check';
import type { Fact } from '../../../../shared/domain/facts';
import { diagnose } from '../../../../shared/domain/growth/diagnose';
import type { DiagnosisFacts } from '../../../../shared/domain/growth/diagnosis';
import type { ResizeError } from '../../../../shared/domain/growth/poolLook';
import type { ResizeVerdict } from '../../../../shared/domain/growth/verdictOnErrors';

const GROUP = '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute';
const VERSION = `${GROUP}/galleries/gal/images/render/versions/1.0.0`;
const MANAGED = `${GROUP}/images/render-1`;
const SNAPSHOT = `${GROUP}/snapshots/render-os`;

const there: Fact<null> = { read: 'found', value: null };
const missing = { read: 'missing' } as const;
const forbidden = { read: 'forbidden', permission: 'Microsoft.Compute/x/read', message: 'No.' } as const;
const outside = { read: 'outside' } as const;
const failed = { read: 'failed', message: 'Azure answered 500.' } as const;
const unasked = { read: 'unasked', because: 'the image' } as const;

const facts = (changes: Partial<DiagnosisFacts> = {}): DiagnosisFacts => ({
  image: { id: VERSION, fact: there },
  replica: { read: 'found', value: 'Completed' },
  region: 'westeurope',
  sources: [{ id: SNAPSHOT, fact: there }],
  ...changes,
});

const error = (code: string, reason?: string): ResizeError => ({
  code,
  message: 'Desired number of nodes could not be allocated',
  details: reason === undefined ? [] : [{ code: 'Reason', message: reason }],
});

const inShort = ({ decision, afterMinutes, cause }: ResizeVerdict): string =>
  [decision, afterMinutes, cause].filter((part) => part !== undefined).join(' ');

const image = (fact: Fact<null>, id = VERSION): Partial<DiagnosisFacts> => ({ image: { id, fact } });

it.each<{ label: string; changes: Partial<DiagnosisFacts>; is: string; says: string }>([
  {
    label: 'an image that is gone',
    changes: { ...image(missing), replica: missing },
    is: 'giveUp imageGone',
    says: `The image ${VERSION} does not exist (404), and no pool on it can get another node. Restore it,`,
  },
  {
    label: 'an image that may not be read',
    changes: image(forbidden),
    is: 'retryLater 15',
    says: `The app may not read the image ${VERSION} (it needs Microsoft.Compute/x/read): No. So it could not be told`,
  },
  { label: 'an image elsewhere', changes: image(outside), is: 'retryLater 15', says: 'outside of ALLOWED_SCOPES' },
  { label: 'an image that Azure is silent on', changes: image(failed), is: 'retryLater 15', says: 'answered 500.' },
  { label: 'an image not asked for', changes: image(unasked), is: 'retryLater 15', says: 'could not ask' },
  {
    label: 'no replica',
    changes: { replica: missing },
    is: 'giveUp configuration',
    says: 'has no replica in westeurope, the region of the pool. Add a replica in that region',
  },
  {
    label: 'a replica that failed',
    changes: { replica: { read: 'found', value: 'Failed' } },
    is: 'giveUp configuration',
    says: 'has failed',
  },
  {
    label: 'a replica under way',
    changes: { replica: { read: 'found', value: 'Replicating' } },
    is: 'retryLater 10',
    says: `still replicating the image ${VERSION} to westeurope`,
  },
  {
    label: 'a replica in a state that says nothing',
    changes: { replica: { read: 'found', value: 'Unknown' } },
    is: 'retryLater 15',
    says: 'as Unknown. So it could not be told',
  },
  {
    label: 'a replica that may not be read',
    changes: { replica: forbidden },
    is: 'retryLater 15',
    says: 'the replica',
  },
  {
    label: 'a version whose sources are gone, which it does not need',
    changes: { sources: [{ id: SNAPSHOT, fact: missing }] },
    is: 'retryLater 15',
    says: `Of what it was made from, ${SNAPSHOT} does not exist any more; a version that has been replicated does not need it. So it is probably a lack of capacity.`,
  },
  {
    label: 'a version whose sources may not be read',
    changes: { sources: [{ id: SNAPSHOT, fact: forbidden }] },
    is: 'retryLater 15',
    says: `The app may not read ${SNAPSHOT}`,
  },
  {
    label: 'a managed image whose sources are gone, which it needs',
    changes: { ...image(there, MANAGED), replica: missing, sources: [{ id: SNAPSHOT, fact: missing }] },
    is: 'giveUp imageGone',
    says: `The managed image ${MANAGED} was made from ${SNAPSHOT}, which does not exist (404)`,
  },
  {
    label: 'a managed image in place, which has no replicas',
    changes: { ...image(there, MANAGED), replica: missing },
    is: 'retryLater 15',
    says: `The image ${MANAGED} and what it was made from are there. So it is probably`,
  },
  {
    label: 'everything in place',
    changes: {},
    is: 'retryLater 15',
    says: `The image ${VERSION}, its replica in westeurope and what it was made from are there. So it is probably a lack of capacity.`,
  },
  {
    label: 'an image of unknown sources',
    changes: { sources: [] },
    is: 'retryLater 15',
    says: `The image ${VERSION} and its replica in westeurope are there.`,
  },
])('$label: $is', ({ changes, is, says }) => {
  const verdict = diagnose([error('AllocationFailed')], facts(changes));
  expect(inShort(verdict)).toBe(is);
  expect(verdict.code).toBe('AllocationFailed');
  expect(verdict.sentence).toContain('AllocationFailed: Desired number of nodes could not be allocated.');
  expect(verdict.sentence).toContain(says);
});

it.each<{ label: string; errors: readonly ResizeError[]; is: string; says: string }>([
  {
    label: 'an image that Batch did not find',
    errors: [error('AllocationFailed', 'The specified image is not found')],
    is: 'retryLater 15',
    says: 'So Batch did not see what is there',
  },
  {
    label: 'another resource that is missing',
    errors: [error('DependentResourceNotFound')],
    is: 'giveUp configuration',
    says: 'So it is another resource that the pool names',
  },
  { label: 'an error of unknown cause', errors: [error('Unknown')], is: 'retryLater 15', says: 'probably' },
  {
    label: 'several errors',
    errors: [error('AllocationTimedOut'), error('AllocationFailed')],
    is: 'retryLater 15',
    says: 'Azure also reported AllocationTimedOut.',
  },
  {
    label: 'an error that needs no diagnosis',
    errors: [error('AllocationTimedOut')],
    is: 'retryNow',
    says: 'are there',
  },
  { label: 'no error', errors: [], is: 'retryLater 15', says: 'are there' },
])('with everything in place, $label: $is', ({ errors, is, says }) => {
  const verdict = diagnose(errors, facts());
  expect(inShort(verdict)).toBe(is);
  expect(verdict.sentence).toContain(says);
});

const state = <T>(value: T): fc.Arbitrary<Fact<T>> =>
  fc.constantFrom<Fact<T>>({ read: 'found', value }, missing, forbidden, outside, failed, unasked);

it('never asks for another diagnosis, and says "image gone" only with a 404', () => {
  const anyFacts: fc.Arbitrary<DiagnosisFacts> = fc.record({
    image: fc.record({ id: fc.constantFrom(VERSION, MANAGED), fact: state(null) }),
    replica: fc
      .constantFrom('Completed', 'Replicating', 'Failed', 'Unknown', 'Tomorrow')
      .chain((value) => state(value)),
    region: fc.constant('westeurope'),
    sources: fc.array(fc.record({ id: fc.constant(SNAPSHOT), fact: state(null) }), { maxLength: 3 }),
  });
  const codes = fc.subarray(['AllocationFailed', 'DependentResourceNotFound', 'Unknown', 'AllocationTimedOut', 'New']);
  fc.assert(
    fc.property(codes, anyFacts, (some, looked) => {
      const verdict = diagnose(
        some.map((code) => error(code)),
        looked,
      );
      expect(verdict.decision).not.toBe('diagnose');
      const is404 = [looked.image, ...looked.sources].some(({ fact }) => fact.read === 'missing');
      if (verdict.cause === 'imageGone') expect(is404).toBe(true);
      if (looked.image.fact.read === 'missing') expect(verdict.cause).toBe('imageGone');
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    }),
  );
});
