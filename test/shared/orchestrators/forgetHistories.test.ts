/** The purge of old histories, as the durable-functions executor runs it. */
import { succeed } from '../../../shared/domain/outcome';
import { forgetHistories } from '../../../shared/orchestrators/forgetHistories';
import { rejects } from '../../given/azure';
import { daysFromNow, NOW_MS } from '../../given/guard';
import { runToEnd } from './executor';

const run = (purgeHistories: (input: unknown, call: { readonly nth: number }) => unknown) =>
  runToEnd(forgetHistories, { input: { keptDays: 30 }, startAtMs: NOW_MS, activities: { purgeHistories } });

it('purges what began longer ago than is kept', async () => {
  const ended = await run(() => succeed({ purged: 7 }));
  expect(ended.steps).toMatchObject([{ name: 'purgeHistories', input: { createdBefore: daysFromNow(-30) } }]);
  expect(ended.status).toBe('Completed');
});

it('tries again while the store is away, with the same instant', async () => {
  const ended = await run((_, { nth }) => (nth < 3 ? rejects({ kind: 'unavailable' }) : succeed({ purged: 0 })));
  expect(ended.steps.map(({ input }) => input)).toEqual(Array(3).fill({ createdBefore: daysFromNow(-30) }));
  expect(ended.status).toBe('Completed');
});

it('ends well when nothing can be purged: the next day does', async () => {
  const breaks = () => {
    throw new Error('A bug.');
  };
  for (const purge of [() => rejects(), breaks]) expect(await run(purge)).toMatchObject({ status: 'Completed' });
});
