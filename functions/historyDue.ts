/** Timer: starts the purge of the durable store, where every orchestration leaves its history. */
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import type { HistoryOrder } from '../shared/orchestrators/forgetHistories';
import { appSettings } from './appSettings';
import { ORCHESTRATIONS } from './orchestrationNames';
import { startOnce } from './startOnce';

/** One at a time, under one id, so that it leaves no history for each day itself. */
const INSTANCE = 'forget-histories';

export async function historyDue(_: Timer, context: InvocationContext): Promise<void> {
  const order: HistoryOrder = { keptDays: appSettings().historyDays };
  await startOnce(df.getClient(context), ORCHESTRATIONS.forgetHistories, INSTANCE, order);
}

app.timer('historyDue', {
  // Once a day, at a time at which few other timers are due.
  schedule: '0 47 3 * * *',
  extraInputs: [df.input.durableClient()],
  handler: historyDue,
});
