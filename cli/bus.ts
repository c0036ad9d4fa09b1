/** The Service Bus that the commands talk to: that of SERVICE_BUS, or the local stack's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import * as z from 'zod';

const SAMPLE = join(__dirname, '..', '..', 'local.settings.sample.json');

/** Its connection string. */
export async function busAddress(): Promise<string> {
  if (process.env['SERVICE_BUS'] !== undefined) return process.env['SERVICE_BUS'];
  const sample = z.object({ Values: z.object({ SERVICE_BUS: z.string() }) });
  return sample.parse(JSON.parse(await readFile(SAMPLE, 'utf8'))).Values.SERVICE_BUS;
}

/** A client that says at once when nobody answers: a person waits in front of it. */
export const openBus = (connectionString: string): ServiceBusClient =>
  new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } });
