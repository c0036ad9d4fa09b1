/** Registers the activities with their real clients, which are made at the first call. */
import * as df from 'durable-functions';
import { createBuildActivities } from '../shared/activities/buildActivities';
import { createGuardActivities } from '../shared/activities/guardActivities';
import { createArm } from '../shared/azure/clients';
import { createEventBus } from '../shared/azure/eventBus';
import { succeed } from '../shared/domain/outcome';
import type { Work } from '../shared/domain/trace';
import {
  ACTIVITIES,
  GUARD_ACTIVITIES,
  type ActivityHandlers,
  type ActivityRef,
  type GuardHandlers,
} from '../shared/orchestrators/contracts';
import { appSettings } from './appSettings';
import { startAudit } from './auditPools';
import { IMAGE_BUILD_REQUESTS, IMAGE_POOL_EVENTS, RESOURCE_EVENTS } from './queues';
import { runTraced } from './tracedActivity';

type Handlers = ActivityHandlers & GuardHandlers;

let made: Handlers | undefined;

function makeHandlers(): Handlers {
  const settings = appSettings();
  const { storage, serviceBus, imageEndDays, supportEndDays, mostUnusablePercent } = settings;
  const arm = createArm(settings);
  const bus = createEventBus(serviceBus, IMAGE_POOL_EVENTS);
  const policy = { imageEndDays, supportEndDays, mostUnusablePercent };
  const queues = [IMAGE_BUILD_REQUESTS, RESOURCE_EVENTS];
  return {
    ...createBuildActivities(arm, bus),
    ...createGuardActivities({ arm, bus, busAddress: serviceBus, storage, policy, queues }),
  };
}

const handlers = (): Handlers => (made ??= makeHandlers());

const register = <I, O>({ name }: ActivityRef<I, O>, handlerOf: (all: Handlers) => (input: I) => Promise<O>) =>
  df.app.activity(name, {
    handler: (work: Work<I>, context) => runTraced(name, work, context, (input) => handlerOf(handlers())(input)),
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
  handler: (work: Work<unknown>, context) =>
    runTraced(GUARD_ACTIVITIES.requestAudit.name, work, context, async () => {
      await startAudit(df.getClient(context));
      return succeed(null);
    }),
});
