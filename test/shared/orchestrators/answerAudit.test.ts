/** The answer to a request for an audit, as the durable-functions executor runs it. */
import { succeed } from '../../../shared/domain/outcome';
import { auditEvent } from '../../../shared/domain/guard/guardMessages';
import { answerAudit } from '../../../shared/orchestrators/answerAudit';
import { rejects } from '../../given/azure';
import { auditSummary, daysFromNow, HOUR_MS, minutesFromNow, NOW, NOW_MS } from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd, type Ended } from './executor';
import { expectToReplay } from './replaying';

const question = { requestId: 'request-1', messageId: 'message-1' };
const answer = (twists: GuardTwists): Promise<Ended> =>
  runToEnd(answerAudit, { input: question, startAtMs: NOW_MS, activities: guardAzure(twists) });
const stepsOf = ({ steps }: Ended, name: string) => steps.filter((step) => step.name === name);

const ended = auditSummary({ endedAt: minutesFromNow(3) });
const endsAtLook = (look: number): GuardTwists => ({
  readLastAudit: (_, { nth }) => succeed(nth < look ? null : ended),
});

it('is the first audit that ends after the question', async () => {
  const run = await answer(endsAtLook(4));
  expect(run.steps.map(({ name }) => name)).toEqual([
    ...['readLastAudit', 'requestAudit', 'readLastAudit', 'requestAudit', 'readLastAudit', 'requestAudit'],
    ...['readLastAudit', 'publishAudit'],
  ]);
  expect(stepsOf(run, 'publishAudit')[0]?.input).toEqual(auditEvent(ended, question));
  expect(run).toMatchObject({ status: 'Completed', result: null });
});

it('asks for no end before the question, which would be in its history at every look', async () => {
  const run = await answer(endsAtLook(2));
  expect(stepsOf(run, 'readLastAudit').map(({ input }) => input)).toEqual([{ endedSince: NOW }, { endedSince: NOW }]);
});

it('is no audit that ended before the question, whoever names it', async () => {
  const before = auditSummary({ endedAt: daysFromNow(-1) });
  const run = await answer({ readLastAudit: (_, { nth }) => succeed(nth < 3 ? before : ended) });
  expect(stepsOf(run, 'readLastAudit')).toHaveLength(3);
  expect(stepsOf(run, 'publishAudit')[0]?.input).toEqual(auditEvent(ended, question));
});

it('is one that ended at the very moment of the question', async () => {
  const run = await answer({ readLastAudit: () => succeed(auditSummary({ endedAt: NOW })) });
  expect(run.steps.map(({ name }) => name)).toEqual(['readLastAudit', 'publishAudit']);
});

it('asks for an audit at each look: the one that it waited for may have failed', async () => {
  const run = await answer(endsAtLook(20));
  expect(stepsOf(run, 'requestAudit')).toHaveLength(19);
  expect(run.status).toBe('Completed');
});

it('looks often at first, and after an hour every three minutes', async () => {
  const looks = stepsOf(await answer({}), 'readLastAudit').map(({ atMs }) => (atMs - NOW_MS) / 1_000);
  expect(looks.slice(0, 4)).toEqual([0, 4, 8.6, 13.98]);
  const gaps = looks.slice(1).map((at, nth) => at - (looks[nth] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(45 * 60);
  expect(gaps[looks.findIndex((at) => at > 3_600)]).toBeGreaterThan(180);
});

it('fails after half a day without an end, in a history that stays short', async () => {
  const run = await answer({});
  expect(run.status).toBe('Failed');
  expect(run.result).toContain('No audit ended within 12 hours.');
  expect(run.endedAtMs - NOW_MS).toBeLessThan(14 * HOUR_MS);
  expect(run.history.length).toBeLessThan(2_000);
});

it.each<{ label: string; twists: GuardTwists; says: string }>([
  {
    label: 'the report cannot be read',
    twists: { readLastAudit: () => rejects({ message: 'The store is away.' }) },
    says: 'The store is away.',
  },
  {
    label: 'the answer cannot be published',
    twists: { ...endsAtLook(1), publishAudit: () => rejects({ message: 'The bus is away.' }) },
    says: 'The answer could not be published: The bus is away.',
  },
])('fails when $label', async ({ twists, says }) => {
  const run = await answer(twists);
  expect(run.status).toBe('Failed');
  expect(run.result).toContain(says);
});

it('publishes again while the bus is away', async () => {
  const run = await answer({
    ...endsAtLook(1),
    publishAudit: (_, { nth }) => (nth < 4 ? rejects({ kind: 'unavailable' }) : undefined),
  });
  expect(stepsOf(run, 'publishAudit')).toHaveLength(4);
  expect(run.status).toBe('Completed');
});

it('replays at every point', async () => {
  await expectToReplay(answerAudit, question, await answer(endsAtLook(30)));
});
