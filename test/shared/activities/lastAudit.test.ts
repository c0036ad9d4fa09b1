/** The last audit, as those are told who wait for the end of one. */
import { auditWith, startGuardCloud, type GuardCloud } from './guardCloud';
import { valueOf } from '../azure/cloud';

let cloud: GuardCloud;
beforeAll(async () => {
  cloud = await startGuardCloud();
});
afterAll(() => cloud.close());

it('is none before one has ended', async () => {
  expect(valueOf(await cloud.guard.readLastAudit({}))).toBeNull();
  expect(valueOf(await cloud.guard.readLastAudit({ endedSince: '2000-01-01T00:00:00Z' }))).toBeNull();
});

it('is told to those who asked before its end, and to nobody who asked after it', async () => {
  const summary = await auditWith(cloud);
  const since = (ms: number) => ({ endedSince: new Date(Date.parse(summary.endedAt) + ms).toISOString() });
  expect(valueOf(await cloud.guard.readLastAudit({}))).toEqual(summary);
  expect(valueOf(await cloud.guard.readLastAudit(since(-1)))).toEqual(summary);
  expect(valueOf(await cloud.guard.readLastAudit(since(0)))).toEqual(summary);
  expect(valueOf(await cloud.guard.readLastAudit(since(1)))).toBeNull();
});
