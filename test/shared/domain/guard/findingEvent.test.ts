/** The events of a finding: what they say, and by which id a consumer knows that it has seen one. */
import { FINDINGS } from '../../../../shared/domain/guard/finding';
import { findingEvent, toldOf } from '../../../../shared/domain/guard/findingEvent';
import { findingId } from '../../../../shared/domain/guard/ledger';
import { POOL } from '../../../given/build';
import * as given from '../../../given/guard';

const { AUTHOR, daysFromNow, NOW } = given;

const opened = given.record({ untold: 'opened' });
const resolved = given.record({ state: 'resolved', untold: 'resolved', resolvedAt: NOW });

it('an entry without anything to tell has no event', () => {
  expect(findingEvent(given.record())).toBeUndefined();
});

it('an opened finding says what, since when, how it is known, and what to do', () => {
  expect(findingEvent(given.record({ untold: 'opened', by: AUTHOR }))).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    source: '/batch-image-pools',
    type: 'BatchImagePools.FindingOpened',
    subject: POOL,
    time: daysFromNow(-2),
    datacontenttype: 'application/json',
    data: {
      findingId: findingId(opened),
      code: 'ImageVersionMissing',
      severity: 'critical',
      subjectId: POOL,
      message: opened.message,
      remedy: FINDINGS.ImageVersionMissing.remedy,
      evidence: opened.evidence,
      firstSeen: daysFromNow(-2),
      lastSeen: daysFromNow(-1),
      by: AUTHOR,
      source: FINDINGS.ImageVersionMissing.source,
    },
  });
});

it('a resolved finding says when', () => {
  expect(findingEvent(resolved)).toMatchObject({
    type: 'BatchImagePools.FindingResolved',
    time: NOW,
    data: { resolvedAt: NOW },
  });
});

it('what is not known is left out', () => {
  expect(toldOf(opened)).not.toHaveProperty('by');
  expect(toldOf(opened)).not.toHaveProperty('resolvedAt');
});

it('an event that was overtaken comes first', () => {
  const both = { ...resolved, overtaken: [opened] };
  expect(findingEvent(both)).toEqual(findingEvent(opened));
});

describe('the id', () => {
  const idOf = (changes: Parameters<typeof given.record>[0]) => findingEvent({ ...opened, ...changes })?.id;

  it('stays when the event is sent again, in whatever words by now', () => {
    expect(idOf({ message: 'In other words.', lastSeen: NOW, evidence: [], by: AUTHOR })).toBe(idOf({}));
  });

  it.each([
    { label: 'the end of the finding', changes: { untold: 'resolved' } },
    { label: 'the next opening', changes: { openings: 2 } },
    { label: 'the first opening after the old entry was swept out', changes: { firstSeen: NOW } },
    { label: 'another code', changes: { code: 'ImageEnds' } },
    { label: 'another pool', changes: { subjectId: `${POOL}-2` } },
  ] as const)('is another one for $label', ({ changes }) => {
    expect(idOf(changes)).not.toBe(idOf({}));
  });
});

it('every code says what it means, how it is known, what to do, and where that stands', () => {
  for (const [code, kind] of Object.entries(FINDINGS)) {
    for (const text of [kind.meaning, kind.proof, kind.remedy]) {
      expect({ code, text }).toEqual({ code, text: expect.stringMatching(/^\S.*\.$/s) as unknown });
    }
    expect(kind.source).not.toBe('');
  }
});
