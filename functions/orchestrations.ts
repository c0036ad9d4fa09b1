/** Registers the orchestrations. */
import * as df from 'durable-functions';
import { answerRequest } from '../shared/orchestrators/answerRequest';
import { buildImagePool } from '../shared/orchestrators/buildImagePool';
import { growPool } from '../shared/orchestrators/growPool';
import { ORCHESTRATIONS } from './orchestrationNames';

df.app.orchestration(ORCHESTRATIONS.buildImagePool, buildImagePool);
df.app.orchestration(ORCHESTRATIONS.answerRequest, answerRequest);
df.app.orchestration(ORCHESTRATIONS.growPool, growPool);
