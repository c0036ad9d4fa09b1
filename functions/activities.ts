/** Registers the activities with their real clients, which are made at the first call. */
import * as df from 'durable-functions';
import { createBuildActivities } from '../shared/activities/buildActivities';
import { createArm } from '../shared/azure/clients';
import { createEventBus } from '../shared/azure/eventBus';
import { ACTIVITIES, type ActivityHandlers, type ActivityRef } from '../shared/orchestrators/contracts';
import { appSettings } from './appSettings';
import { IMAGE_POOL_EVENTS } from './queues';

let made: ActivityHandlers | undefined;

const handlers = (): ActivityHandlers => {
  const settings = appSettings();
  made ??= createBuildActivities(createArm(settings), createEventBus(settings.serviceBus, IMAGE_POOL_EVENTS));
  return made;
};

const register = <I, O>({ name }: ActivityRef<I, O>, handlerOf: (all: ActivityHandlers) => (input: I) => Promise<O>) =>
  df.app.activity(name, { handler: (input: I) => handlerOf(handlers())(input) });

register(ACTIVITIES.surveyBuild, (all) => all.surveyBuild);
register(ACTIVITIES.beginResource, (all) => all.beginResource);
register(ACTIVITIES.lookAtResource, (all) => all.lookAtResource);
register(ACTIVITIES.removeResource, (all) => all.removeResource);
register(ACTIVITIES.lookAtPool, (all) => all.lookAtPool);
register(ACTIVITIES.resizePool, (all) => all.resizePool);
register(ACTIVITIES.diagnosePool, (all) => all.diagnosePool);
register(ACTIVITIES.countNodes, (all) => all.countNodes);
register(ACTIVITIES.publishEvent, (all) => all.publishEvent);
