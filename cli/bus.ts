/** The Service Bus that the commands talk to: the one that the environment names, or the local stack's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import * as z from 'zod';

const SAMPLE = join(__dirname, '..', '..', 'local.settings.sample.json');

/** Its namespace, reached with the caller's own identity, or its connection string; as in the app's settings. */
export async function busAddress(): Promise<string> {
  const named = process.env['SERVICE_BUS__fullyQualifiedNamespace'] ?? process.env['SERVICE_BUS'];
  if (named !== undefined) return named;
  const sample = z.object({ Values: z.object({ SERVICE_BUS: z.string() }) });
  return sample.parse(JSON.parse(await readFile(SAMPLE, 'utf8'))).Values.SERVICE_BUS;
}

/** A client that says at once when nobody answers: a person waits in front of it. */
export function openBus(address: string): ServiceBusClient {
  const options = { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } };
  return address.startsWith('Endpoint=')
    ? new ServiceBusClient(address, options)
    : new ServiceBusClient(address, new DefaultAzureCredential(), options);
}
