/** Registers the orchestrations. */
import * as df from 'durable-functions';
import { answerRequest } from '../shared/orchestrators/answerRequest';
import { buildImagePool } from '../shared/orchestrators/buildImagePool';
import { ORCHESTRATIONS } from './orchestrationNames';

df.app.orchestration(ORCHESTRATIONS.buildImagePool, buildImagePool);
df.app.orchestration(ORCHESTRATIONS.answerRequest, answerRequest);
