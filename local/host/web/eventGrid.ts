/** Takes events where Event Grid delivers them: /runtime/webhooks/EventGrid?functionName=NAME. */

import { z } from 'zod';
import type { TypedData } from '../worker/typedData';
import type { HttpExchange } from './httpExchange';
import { writeEmpty, writeJson } from './httpExchange';

export const EVENT_GRID_PATH = '/runtime/webhooks/EventGrid';

const event = z.looseObject({ data: z.unknown().optional() });
const events = z.union([z.array(event), event.transform((single) => [single])]);
const validation = z.looseObject({ data: z.looseObject({ validationCode: z.string() }) });

export type InvokeByEvent = (functionName: string, trigger: TypedData, data: TypedData) => Promise<void>;

interface Receiver {
  /** The name of a function with an Event Grid trigger, as registered. */
  readonly find: (functionName: string) => string | undefined;
  readonly invoke: InvokeByEvent;
}

export async function takeEvents({ request, response, url, body }: HttpExchange, receiver: Receiver): Promise<void> {
  const asked = url.searchParams.get('functionName') ?? '';
  const functionName = receiver.find(asked);
  if (functionName === undefined) {
    writeJson(response, 404, { error: `No function '${asked}' with an Event Grid trigger.` });
    return;
  }
  if (request.method === 'OPTIONS') {
    // The handshake of CloudEvents 1.0 web hooks.
    const origin = request.headers['webhook-request-origin'];
    writeEmpty(response, 200, { 'webhook-allowed-origin': [origin ?? '*'].flat().join(', ') });
    return;
  }
  const parsed = events.safeParse(readJson(body));
  if (!parsed.success) {
    writeJson(response, 400, { error: 'The body is neither an event nor an array of events.' });
    return;
  }
  if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
    const [first] = parsed.data;
    writeJson(response, 200, { validationResponse: validation.safeParse(first).data?.data.validationCode });
    return;
  }
  const json = (value: unknown): TypedData => ({ json: JSON.stringify(value ?? null) });
  const runs = parsed.data.map((each) => receiver.invoke(functionName, json(each), json(each.data)));
  const failed = (await Promise.allSettled(runs)).some(({ status }) => status === 'rejected');
  writeEmpty(response, failed ? 500 : 202);
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
