/** Names of the orchestrations; instances in flight find their code by them, so they never change. */

import { CHILDREN } from '../shared/orchestrators/contracts';

export const ORCHESTRATIONS = {
  buildImagePool: 'buildImagePool',
  answerRequest: 'answerRequest',
  growPool: CHILDREN.growPool.name,
  auditPools: 'auditPools',
  auditAccount: CHILDREN.auditAccount.name,
  answerAudit: 'answerAudit',
  guardImage: 'guardImage',
  snoozeFindings: 'snoozeFindings',
  forgetHistories: 'forgetHistories',
} as const;
