/** Timer: starts the audit of all pools; one that still runs is joined. */
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import type { DurableClient } from 'durable-functions';
import { AUDIT_INSTANCE } from '../shared/domain/guard/audit';
import { auditSchedule } from '../shared/settings';
import { ORCHESTRATIONS } from './orchestrationNames';
import { startOnce } from './startOnce';

export const startAudit = (client: DurableClient): Promise<void> =>
  startOnce(client, ORCHESTRATIONS.auditPools, AUDIT_INSTANCE, {});

export async function auditDue(_: Timer, context: InvocationContext): Promise<void> {
  await startAudit(df.getClient(context));
}

app.timer('auditDue', {
  schedule: auditSchedule(process.env),
  extraInputs: [df.input.durableClient()],
  handler: auditDue,
});
