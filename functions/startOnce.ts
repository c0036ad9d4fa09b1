/** Starts an orchestration under a computed id, once: a second starter finds the first one's instance. */
import type { DurableClient } from 'durable-functions';
import type { KnownBuild } from '../shared/domain/admission';
import { knownBuild } from '../shared/knownBuild';

/** Pauses before the tries that follow the first: a throw would use up the message's five deliveries within a second. */
const PAUSES_MS = [500, 2_000, 5_000];

/** Calls the durable store again when it is out of reach for some seconds. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return call();
}

async function readInstance(client: DurableClient, instanceId: string): Promise<KnownBuild> {
  try {
    return knownBuild(await client.getStatus(instanceId, { showInput: true }));
  } catch (error) {
    // v3 has no typed error for "no such instance": DurableClient.getStatus throws a text with the status.
    if (error instanceof Error && error.message.includes('HTTP 404')) return { status: 'none' };
    throw error;
  }
}

/** What the durable store knows of an instance. */
export const knownInstance = (client: DurableClient, instanceId: string): Promise<KnownBuild> =>
  patiently(() => readInstance(client, instanceId));

/**
 * Starts the instance, or finds that it is alive. The client's refusal of an id that is running is not a typed error
 * either, so the state decides: alive means started.
 */
export function startOnce(client: DurableClient, name: string, instanceId: string, input: unknown): Promise<void> {
  return patiently(async () => {
    try {
      await client.startNew(name, { instanceId, input });
    } catch (error) {
      const known = await readInstance(client, instanceId);
      if (known.status !== 'underway') throw error;
    }
  });
}
