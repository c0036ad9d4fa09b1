/** Registers the activities. What they run on, the SDKs among it, is loaded and made at the first call. */
import * as df from 'durable-functions';
import { succeed } from '../shared/domain/outcome';
import type { Work } from '../shared/domain/trace';
import { ACTIVITIES, GUARD_ACTIVITIES, HOST_ACTIVITIES, type ActivityRef } from '../shared/orchestrators/contracts';
import type { Handlers } from './activityHandlers';
import { startAudit } from './auditPools';

/** An instance that only takes messages or only orchestrates never needs an SDK, and starts in half the time without. */
const running = () => import('./activityHandlers.js');

const register = <I, O>({ name }: ActivityRef<I, O>, handlerOf: (all: Handlers) => (input: I) => Promise<O>) =>
  df.app.activity(name, {
    handler: async (work: Work<I>, context) => (await running()).runActivity(name, work, context, handlerOf),
  });

register(ACTIVITIES.surveyBuild, (all) => all.surveyBuild);
register(ACTIVITIES.beginResources, (all) => all.beginResources);
register(ACTIVITIES.lookAtResources, (all) => all.lookAtResources);
register(ACTIVITIES.removeResource, (all) => all.removeResource);
register(ACTIVITIES.lookAtPool, (all) => all.lookAtPool);
register(ACTIVITIES.resizePool, (all) => all.resizePool);
register(ACTIVITIES.diagnosePool, (all) => all.diagnosePool);
register(ACTIVITIES.countNodes, (all) => all.countNodes);
register(ACTIVITIES.publishEvent, (all) => all.publishEvent);

register(GUARD_ACTIVITIES.discoverAccounts, (all) => all.discoverAccounts);
register(GUARD_ACTIVITIES.takeStock, (all) => all.takeStock);
register(GUARD_ACTIVITIES.auditAccountPools, (all) => all.auditAccountPools);
register(GUARD_ACTIVITIES.auditWhole, (all) => all.auditWhole);
register(GUARD_ACTIVITIES.fileReport, (all) => all.fileReport);
register(GUARD_ACTIVITIES.readLastAudit, (all) => all.readLastAudit);
register(GUARD_ACTIVITIES.findDependents, (all) => all.findDependents);
register(GUARD_ACTIVITIES.checkPools, (all) => all.checkPools);
register(GUARD_ACTIVITIES.snoozePool, (all) => all.snoozePool);
register(GUARD_ACTIVITIES.publishAudit, (all) => all.publishAudit);

df.app.activity(GUARD_ACTIVITIES.requestAudit.name, {
  extraInputs: [df.input.durableClient()],
  handler: async (work: Work<unknown>, context) =>
    (await running()).runTraced(GUARD_ACTIVITIES.requestAudit.name, work, context, async () => {
      await startAudit(df.getClient(context));
      return succeed(null);
    }),
});

/** Of those that run, or wait, the store needs the history. */
const ENDED = [
  df.OrchestrationRuntimeStatus.Completed,
  df.OrchestrationRuntimeStatus.Failed,
  df.OrchestrationRuntimeStatus.Terminated,
];

df.app.activity(HOST_ACTIVITIES.purgeHistories.name, {
  extraInputs: [df.input.durableClient()],
  handler: async (work: Work<{ readonly createdBefore: string }>, context) =>
    (await running()).runTraced(HOST_ACTIVITIES.purgeHistories.name, work, context, async ({ createdBefore }) => {
      const { instancesDeleted } = await df.getClient(context).purgeInstanceHistoryBy({
        // The extension takes no question without it.
        createdTimeFrom: new Date(0),
        createdTimeTo: new Date(createdBefore),
        runtimeStatus: ENDED,
      });
      return succeed({ purged: instancesDeleted });
    }),
});
