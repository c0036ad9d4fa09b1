/** The ledger over any course of events: whatever is judged, snoozed, sent or lost, a problem opens once and resolves once. */
import * as fc from 'fast-check';
import type { Judgement } from '../../../../shared/domain/guard/finding';
import { findingEvent, type FindingTold } from '../../../../shared/domain/guard/findingEvent';
import { asTold, entryAfter, type FindingRecord, type Occasion } from '../../../../shared/domain/guard/ledger';
import type { CloudEvent } from '../../../../shared/domain/resultEvent';
import { POOL } from '../../../given/build';
import * as given from '../../../given/guard';

const { AUTHOR, daysFromNow, NOW_MS, VERSION_ID } = given;

/** What happens after an entry is written: how many events are sent, and whether the process dies before the last is marked. */
interface Turn {
  readonly judgement: Judgement;
  readonly occasion: Omit<Occasion, 'nowMs'>;
  /** May be earlier than the last: looks end in another order than they began. */
  readonly minutes: number;
  readonly sends: number;
  readonly dies: boolean;
}

const UNTELLING: readonly Judgement[] = [
  { code: 'ImageVersionMissing', is: 'moot' },
  { code: 'ImageVersionMissing', is: 'unknown', why: 'It may not be read.' },
];
const judgements = fc.constantFrom<Judgement>(
  given.seen(),
  given.seen({ message: 'In other words.' }),
  { code: 'ImageVersionMissing', is: 'clear' },
  ...UNTELLING,
);
const occasions = fc.constantFrom<Omit<Occasion, 'nowMs'>>(
  {},
  { auditId: 'an-audit' },
  { snoozedUntil: daysFromNow(0.02) },
  { snoozedUntil: daysFromNow(9) },
  { causes: [{ resourceId: VERSION_ID, by: AUTHOR }] },
  { causes: [{ resourceId: given.MANAGED, by: { ...AUTHOR, objectId: 'not-theirs' } }] },
);
const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    judgement: judgements,
    occasion: occasions,
    minutes: fc.integer({ min: -10, max: 60 }),
    sends: fc.nat(3),
    dies: fc.boolean(),
  }),
  { maxLength: 30 },
);

type Event = CloudEvent<FindingTold>;

/** Sends what an entry has to tell, one event after another; a process that dies has sent the last and not marked it. */
function send(record: FindingRecord, { sends, dies }: Pick<Turn, 'sends' | 'dies'>, sent: Event[]): FindingRecord {
  let entry = record;
  for (let left = sends; left > 0; left -= 1) {
    const event = findingEvent(entry);
    if (!event) return entry;
    sent.push(event);
    if (left === 1 && dies) return entry;
    entry = asTold(entry);
  }
  return entry;
}

interface Played {
  readonly entries: readonly FindingRecord[];
  readonly sent: readonly Event[];
}

function play(all: readonly Turn[]): Played {
  const entries: FindingRecord[] = [];
  const sent: Event[] = [];
  let record: FindingRecord | undefined;
  let nowMs = NOW_MS;
  for (const turn of all) {
    nowMs += turn.minutes * 60_000;
    record = entryAfter(record, POOL, turn.judgement, { ...turn.occasion, nowMs }) ?? record;
    if (!record) continue;
    entries.push(record);
    record = send(record, turn, sent);
  }
  // In the end the bus is back.
  while (record && findingEvent(record)) record = send(record, { sends: 1, dies: false }, sent);
  return { entries, sent };
}

/** As a consumer sees them that drops what it has seen. */
const distinct = (sent: readonly Event[]): readonly Event[] => [
  ...new Map(sent.map((event) => [event.id, event])).values(),
];

const holds = (check: (played: Played) => void): void => {
  fc.assert(
    fc.property(turns, (all) => {
      check(play(all));
    }),
    { numRuns: 500 },
  );
};

it('opened and resolved events take turns, the opened first', () => {
  holds(({ sent }) => {
    const types = distinct(sent).map(({ type }) => type);
    const wanted = types.map((_, nth) => `BatchImagePools.${nth % 2 === 0 ? 'FindingOpened' : 'FindingResolved'}`);
    expect(types).toEqual(wanted);
  });
});

it('an event that was sent twice is the same event', () => {
  holds(({ sent }) => {
    for (const event of sent) {
      const same = sent.filter(({ id }) => id === event.id);
      expect(new Set(same.map(({ type, time, subject }) => `${type} ${time} ${subject}`)).size).toBe(1);
    }
  });
});

it('no event is lost: every opening that was to be told is, and every end of one', () => {
  holds(({ entries, sent }) => {
    const told = new Set(entries.filter((entry) => entry.told).map(({ openings }) => openings));
    const ended = new Set(
      entries.filter((entry) => entry.told && entry.state === 'resolved').map(({ openings }) => openings),
    );
    const count = (type: string): number => distinct(sent).filter((event) => event.type.endsWith(type)).length;
    expect([count('FindingOpened'), count('FindingResolved')]).toEqual([told.size, ended.size]);
  });
});

it('times are in order: first seen, last seen, resolved; and events come in the order of theirs', () => {
  holds(({ entries, sent }) => {
    for (const { firstSeen, lastSeen, resolvedAt = lastSeen } of entries) {
      expect(Date.parse(firstSeen)).toBeLessThanOrEqual(Date.parse(lastSeen));
      expect(Date.parse(lastSeen)).toBeLessThanOrEqual(Date.parse(resolvedAt));
    }
    const times = distinct(sent).map(({ time }) => Date.parse(time));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });
});

it('openings only grow, by one at a time', () => {
  holds(({ entries }) => {
    for (const [nth, { openings }] of entries.entries()) {
      expect(openings - (entries[nth - 1]?.openings ?? 0)).toBeLessThanOrEqual(1);
    }
  });
});

it('only who deleted what the finding is about is ever named', () => {
  holds(({ entries, sent }) => {
    for (const { by } of [...entries, ...sent.map(({ data }) => data)]) expect(by ?? AUTHOR).toEqual(AUTHOR);
  });
});

it('what could not be told, or is not to be judged, changes nothing', () => {
  holds(({ entries }) => {
    for (const entry of entries) {
      for (const judgement of UNTELLING) {
        expect(entryAfter(entry, POOL, judgement, { nowMs: NOW_MS, snoozedUntil: daysFromNow(9) })).toBeUndefined();
      }
    }
  });
});
