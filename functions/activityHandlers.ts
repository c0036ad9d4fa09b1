/** Makes the activities with their real clients, and runs them. Only this file, and what it loads, needs the SDKs. */
import type { InvocationContext } from '@azure/functions';
import { createBuildActivities } from '../shared/activities/buildActivities';
import { createGuardActivities } from '../shared/activities/guardActivities';
import { createArm } from '../shared/azure/clients';
import { createEventBus } from '../shared/azure/eventBus';
import type { Work } from '../shared/domain/trace';
import type { ActivityHandlers, GuardHandlers } from '../shared/orchestrators/contracts';
import { appSettings } from './appSettings';
import { IMAGE_BUILD_REQUESTS, IMAGE_POOL_EVENTS, RESOURCE_EVENTS } from './queues';
import { runTraced } from './tracedActivity';

export type Handlers = ActivityHandlers & GuardHandlers;

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

/** Runs one of the activities; throws what it throws, and when a setting is wrong. */
export const runActivity = <I, O>(
  name: string,
  work: Work<I>,
  context: InvocationContext,
  handlerOf: (all: Handlers) => (input: I) => Promise<O>,
): Promise<O> => runTraced(name, work, context, handlerOf((made ??= makeHandlers())));

export { runTraced };
