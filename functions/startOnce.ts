/** Starts an orchestration under a computed id, once: a second starter finds the first one's instance. */
import type { DurableClient } from 'durable-functions';
import { knownBuild } from '../shared/knownBuild';
import type { KnownBuild } from '../shared/domain/admission';

/** What the durable store knows of an instance. */
export async function knownInstance(client: DurableClient, instanceId: string): Promise<KnownBuild> {
  try {
    return knownBuild(await client.getStatus(instanceId, { showInput: true }));
  } catch (error) {
    // v3 has no typed error for "no such instance": DurableClient.getStatus throws a text with the status.
    if (error instanceof Error && error.message.includes('HTTP 404')) return { status: 'none' };
    throw error;
  }
}

/**
 * Starts the instance, or finds that it is alive. The client's refusal of an id that is running is not a typed error
 * either, so the state decides: alive means started.
 */
export async function startOnce(
  client: DurableClient,
  name: string,
  instanceId: string,
  input: unknown,
): Promise<void> {
  try {
    await client.startNew(name, { instanceId, input });
  } catch (error) {
    const known = await knownInstance(client, instanceId);
    if (known.status !== 'underway') throw error;
  }
}
