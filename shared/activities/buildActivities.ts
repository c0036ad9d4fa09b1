/** All activities of a build, by the names and types of the contracts. */
import { readBuildFacts } from '../azure/buildFacts';
import type { Arm } from '../azure/clients';
import type { EventBus } from '../azure/eventBus';
import type { BuildRequest } from '../domain/request';
import type { CloudEvent } from '../domain/resultEvent';
import type { ActivityHandlers } from '../orchestrators/contracts';
import { createGrowthActivities } from './growthActivities';
import { createResourceActivities } from './resourceActivities';

export function createBuildActivities(arm: Arm, bus: EventBus): ActivityHandlers {
  return {
    surveyBuild: (request: BuildRequest) => readBuildFacts(arm, request),
    ...createResourceActivities(arm),
    ...createGrowthActivities(arm),
    publishEvent: (event: CloudEvent) => bus.publish(event, event.data.requestId),
  };
}
