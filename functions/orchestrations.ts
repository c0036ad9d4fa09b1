/** Registers the orchestrations. */
import * as df from 'durable-functions';
import { answerAudit } from '../shared/orchestrators/answerAudit';
import { answerRequest } from '../shared/orchestrators/answerRequest';
import { auditAccount, auditPools } from '../shared/orchestrators/auditPools';
import { buildImagePool } from '../shared/orchestrators/buildImagePool';
import { forgetHistories } from '../shared/orchestrators/forgetHistories';
import { growPool } from '../shared/orchestrators/growPool';
import { guardImage } from '../shared/orchestrators/guardImage';
import { snoozeFindings } from '../shared/orchestrators/snoozeFindings';
import { ORCHESTRATIONS } from './orchestrationNames';

df.app.orchestration(ORCHESTRATIONS.buildImagePool, buildImagePool);
df.app.orchestration(ORCHESTRATIONS.answerRequest, answerRequest);
df.app.orchestration(ORCHESTRATIONS.growPool, growPool);
df.app.orchestration(ORCHESTRATIONS.auditPools, auditPools);
df.app.orchestration(ORCHESTRATIONS.auditAccount, auditAccount);
df.app.orchestration(ORCHESTRATIONS.answerAudit, answerAudit);
df.app.orchestration(ORCHESTRATIONS.guardImage, guardImage);
df.app.orchestration(ORCHESTRATIONS.snoozeFindings, snoozeFindings);
df.app.orchestration(ORCHESTRATIONS.forgetHistories, forgetHistories);
