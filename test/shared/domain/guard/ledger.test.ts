/** The ledger, transition by transition: a problem opens once, is updated quietly, and resolves once. */
import type { FindingCode, Judgement } from '../../../../shared/domain/guard/finding';
import {
  asTold,
  changesState,
  entryAfter,
  findingId,
  type FindingRecord,
  type Occasion,
} from '../../../../shared/domain/guard/ledger';
import { DEFINITION, GALLERY, POOL } from '../../../given/build';
import * as given from '../../../given/guard';

const { AUTHOR, daysFromNow, MANAGED, NOW, NOW_MS, SNAPSHOT, VERSION_ID } = given;

const clear: Judgement = { code: 'ImageVersionMissing', is: 'clear' };
const moot: Judgement = { code: 'ImageVersionMissing', is: 'moot' };
const unknown: Judgement = { code: 'ImageVersionMissing', is: 'unknown', why: 'It may not be read.' };
const SNOOZE = { snoozedUntil: daysFromNow(7) };

const after = (
  record: FindingRecord | undefined,
  judgement: Judgement,
  occasion: Partial<Occasion> = {},
): FindingRecord | undefined => entryAfter(record, POOL, judgement, { nowMs: NOW_MS, ...occasion });

/** State, whether this opening was told, the event that is still to be sent, openings, and how many events wait before it. */
function inShort(record: FindingRecord | undefined): string {
  if (!record) return 'unchanged';
  const { state, told, untold, openings, overtaken = [] } = record;
  const waits = overtaken.map((one) => `after ${one.untold} ${one.openings}`);
  return [state, told ? 'told' : 'quiet', untold, openings, ...waits].join(' ');
}

const resolved = { state: 'resolved', resolvedAt: daysFromNow(-1) } as const;

const BEFORE: Readonly<Record<string, FindingRecord | undefined>> = {
  nothing: undefined,
  open: given.record(),
  'open, its event unsent': given.record({ untold: 'opened' }),
  'snoozed, never told': given.record({ state: 'snoozed', told: false }),
  'snoozed after it was told': given.record({ state: 'snoozed' }),
  'snoozed, its event unsent': given.record({ state: 'snoozed', untold: 'opened' }),
  resolved: given.record(resolved),
  'resolved, its event unsent': given.record({ ...resolved, untold: 'resolved' }),
  'resolved, never told': given.record({ ...resolved, told: false }),
};

it.each<{ before: string; seen: string; snoozed: string; clear: string }>([
  { before: 'nothing', seen: 'open told opened 1', snoozed: 'snoozed quiet nothing 1', clear: 'unchanged' },
  { before: 'open', seen: 'open told nothing 1', snoozed: 'snoozed told nothing 1', clear: 'resolved told resolved 1' },
  {
    before: 'open, its event unsent',
    seen: 'open told opened 1',
    snoozed: 'snoozed told opened 1',
    clear: 'resolved told resolved 1 after opened 1',
  },
  {
    before: 'snoozed, never told',
    seen: 'open told opened 1',
    snoozed: 'snoozed quiet nothing 1',
    clear: 'resolved quiet nothing 1',
  },
  {
    before: 'snoozed after it was told',
    seen: 'open told nothing 1',
    snoozed: 'snoozed told nothing 1',
    clear: 'resolved told resolved 1',
  },
  {
    before: 'snoozed, its event unsent',
    seen: 'open told opened 1',
    snoozed: 'snoozed told opened 1',
    clear: 'resolved told resolved 1 after opened 1',
  },
  { before: 'resolved', seen: 'open told opened 2', snoozed: 'snoozed quiet nothing 2', clear: 'unchanged' },
  {
    before: 'resolved, its event unsent',
    seen: 'open told opened 2 after resolved 1',
    snoozed: 'snoozed quiet nothing 2 after resolved 1',
    clear: 'unchanged',
  },
  {
    before: 'resolved, never told',
    seen: 'open told opened 2',
    snoozed: 'snoozed quiet nothing 2',
    clear: 'unchanged',
  },
])('$before: seen, $seen; seen while snoozed, $snoozed; clear, $clear', ({ before, ...rows }) => {
  const record = BEFORE[before];
  expect(inShort(after(record, given.seen()))).toBe(rows.seen);
  expect(inShort(after(record, given.seen(), SNOOZE))).toBe(rows.snoozed);
  expect(inShort(after(record, clear))).toBe(rows.clear);
  expect(inShort(after(record, clear, SNOOZE))).toBe(rows.clear);
});

it.each(Object.keys(BEFORE))('%s stays as it is when nothing could be told, or nothing is to be judged', (before) => {
  for (const judgement of [unknown, moot]) {
    expect(after(BEFORE[before], judgement)).toBeUndefined();
    expect(
      after(BEFORE[before], judgement, { ...SNOOZE, causes: [{ resourceId: VERSION_ID, by: AUTHOR }] }),
    ).toBeUndefined();
  }
});

it('a snooze that has ended is none', () => {
  expect(inShort(after(undefined, given.seen(), { snoozedUntil: NOW }))).toBe('open told opened 1');
  expect(inShort(after(undefined, given.seen(), { snoozedUntil: 'next week' }))).toBe('open told opened 1');
});

describe('an entry', () => {
  it('has what was seen, when, and by which audit', () => {
    expect(after(undefined, given.seen(), { auditId: 'an-audit' })).toEqual({
      subjectId: POOL,
      code: 'ImageVersionMissing',
      state: 'open',
      message: `The image version ${VERSION_ID} does not exist.`,
      evidence: [{ asked: `GET ${VERSION_ID}`, answered: '404', at: NOW }],
      openings: 1,
      firstSeen: NOW,
      lastSeen: NOW,
      auditId: 'an-audit',
      told: true,
      untold: 'opened',
    });
  });

  it('gets the newest words, and keeps when it was first seen', () => {
    const entry = after(given.record(), given.seen({ message: 'Still gone.' }), { auditId: 'an-audit' });
    expect(entry).toMatchObject({
      message: 'Still gone.',
      evidence: [{ at: NOW }],
      firstSeen: daysFromNow(-2),
      lastSeen: NOW,
      auditId: 'an-audit',
    });
  });

  it('that resolves keeps its words, and says when', () => {
    expect(after(given.record(), clear, { auditId: 'an-audit' })).toEqual({
      ...given.record(),
      state: 'resolved',
      resolvedAt: NOW,
      auditId: 'an-audit',
      untold: 'resolved',
    });
  });

  it('that opens again has nothing of its last opening but the count', () => {
    const last = given.record({ ...resolved, by: AUTHOR, auditId: 'an-audit' });
    const entry = after(last, given.seen({ message: 'Gone again.' }));
    expect(entry).toMatchObject({ message: 'Gone again.', openings: 2, firstSeen: NOW, lastSeen: NOW });
    expect(entry).not.toHaveProperty('resolvedAt');
    expect(entry).not.toHaveProperty('by');
    expect(entry).not.toHaveProperty('auditId');
  });

  it('never goes back in time, though looks end in another order than they began', () => {
    const late = { nowMs: Date.parse(daysFromNow(-5)) };
    expect(after(given.record(), given.seen(), late)).toMatchObject({ lastSeen: daysFromNow(-1) });
    expect(after(given.record(), clear, late)).toMatchObject({ resolvedAt: daysFromNow(-1) });
    const last = given.record({ ...resolved, resolvedAt: daysFromNow(-0.5) });
    expect(after(last, given.seen(), late)).toMatchObject({
      firstSeen: daysFromNow(-0.5),
      lastSeen: daysFromNow(-0.5),
    });
  });
});

describe('who deleted it', () => {
  const evidence = (asked: string, answered = '404') => ({ evidence: [{ asked, answered, at: NOW }] });
  const byOf = (judgement: Judgement, resourceId: string, record?: FindingRecord) =>
    after(record, judgement, { causes: [{ resourceId, by: AUTHOR }] })?.by;
  const latest = (asked: string) => given.seen({ code: 'LatestVersionMissing', ...evidence(asked) });

  it.each([
    { label: 'the version itself, in any spelling', judgement: given.seen(), deleted: `${VERSION_ID.toUpperCase()}/` },
    { label: 'its definition', judgement: given.seen(), deleted: DEFINITION },
    { label: 'its gallery', judgement: given.seen(), deleted: GALLERY },
    { label: 'its resource group', judgement: given.seen(), deleted: GALLERY.replace(/\/providers.*/, '') },
    {
      label: 'one of the versions that latest could be',
      judgement: latest(`GET ${DEFINITION}/versions`),
      deleted: VERSION_ID,
    },
    {
      label: 'a source',
      judgement: given.seen({ code: 'SourceMissing', ...evidence(`GET ${SNAPSHOT}`) }),
      deleted: SNAPSHOT,
    },
  ])('is named when $label was deleted', ({ judgement, deleted }) => {
    expect(byOf(judgement, deleted)).toEqual(AUTHOR);
  });

  it.each([
    { label: 'another version was deleted', judgement: given.seen(), deleted: `${DEFINITION}/versions/1.2` },
    { label: 'a name begins with the same letters', judgement: given.seen(), deleted: VERSION_ID.slice(0, -1) },
    {
      label: 'a version was deleted, and the definition is gone',
      judgement: latest(`GET ${DEFINITION}`),
      deleted: VERSION_ID,
    },
    { label: 'something else is gone', judgement: given.seen(), deleted: MANAGED },
  ])('is not named when $label', ({ judgement, deleted }) => {
    expect(byOf(judgement, deleted)).toBeUndefined();
  });

  it.each<{ code: FindingCode; asked: string; deleted: string }>([
    { code: 'ImageEnds', asked: `GET ${VERSION_ID}`, deleted: VERSION_ID },
    { code: 'ReplicaMissing', asked: `GET ${VERSION_ID}`, deleted: GALLERY },
    { code: 'ManagedImagePool', asked: `GET ${POOL}`, deleted: POOL },
    { code: 'ResizeFailed', asked: `GET ${POOL}`, deleted: POOL },
  ])('is not named for $code, which no deletion brings about', ({ code, asked, deleted }) => {
    expect(byOf(given.seen({ code, ...evidence(asked, 'something') }), deleted)).toBeUndefined();
  });

  it('is learned later, when the audit was faster than the event', () => {
    expect(byOf(given.seen(), VERSION_ID, given.record())).toEqual(AUTHOR);
  });

  it('is who deleted it last, though the events come in another order', () => {
    const earlier = { ...AUTHOR, objectId: '55555555-5555-4555-8555-555555555555', at: daysFromNow(-3) };
    expect(byOf(given.seen(), VERSION_ID, given.record({ by: earlier }))).toEqual(AUTHOR);
    const { by } =
      after(given.record({ by: AUTHOR }), given.seen(), { causes: [{ resourceId: VERSION_ID, by: earlier }] }) ?? {};
    expect(by).toEqual(AUTHOR);
  });

  it('is, of several deletions that are looked at together, the last one that the finding is about', () => {
    const by = (objectId: string, days: number) => ({ ...AUTHOR, objectId, at: daysFromNow(days) });
    const causes = [
      { resourceId: GALLERY, by: by('of the gallery', -2) },
      { resourceId: VERSION_ID, by: by('of the version', -3) },
      { resourceId: MANAGED, by: by('of something else', -1) },
    ];
    expect(after(undefined, given.seen(), { causes })?.by).toEqual(by('of the gallery', -2));
    expect(after(undefined, given.seen(), { causes: causes.toReversed() })?.by).toEqual(by('of the gallery', -2));
  });

  it('stays known when the pool is looked at for another reason', () => {
    expect(after(given.record({ by: AUTHOR }), given.seen())).toMatchObject({ by: AUTHOR });
    expect(
      after(given.record({ by: AUTHOR }), given.seen(), { causes: [{ resourceId: MANAGED, by: { at: NOW } }] }),
    ).toMatchObject({ by: AUTHOR });
  });
});

it('asTold takes one event off at a time, the oldest first', () => {
  const reopened = after(given.record({ ...resolved, untold: 'resolved' }), given.seen());
  if (!reopened) throw new Error('The entry did not open again.');
  const once = asTold(reopened);
  expect(inShort(once)).toBe('open told opened 2');
  expect(once).not.toHaveProperty('overtaken');
  expect(inShort(asTold(once))).toBe('open told nothing 2');
});

it('a finding is one and the same however Azure spells the pool', () => {
  const id = findingId({ subjectId: POOL, code: 'ImageMissing' });
  expect(findingId({ subjectId: `${POOL.toUpperCase()}/`, code: 'ImageMissing' })).toBe(id);
  expect(findingId({ subjectId: POOL, code: 'ImageEnds' })).not.toBe(id);
});

it('a judgement is worth another look when it opens or resolves', () => {
  const changing = Object.entries(BEFORE).map(([before, record]) => [
    before,
    changesState(record, given.seen()),
    changesState(record, clear),
    changesState(record, unknown) || changesState(record, moot),
  ]);
  for (const [before, opens, resolves, other] of changing) {
    const isOpen = /^(open|snoozed)/.test(String(before));
    expect([before, opens, resolves, other]).toEqual([before, !isOpen, isOpen, false]);
  }
});
