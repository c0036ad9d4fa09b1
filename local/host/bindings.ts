/** The bindings that this host knows, as it reads them from a registration. */

import { z } from 'zod';

const queue = { queueName: z.string(), connection: z.string() };

const refused = (why: string) => z.literal([false, 'one'], { error: why }).optional();

export const queueTrigger = z
  .object({
    ...queue,
    autoCompleteMessages: z.boolean().optional(),
    dataType: z.enum(['string', 'binary', 'stream', '']).optional(),
    isSessionsEnabled: refused('sessions are not supported by this host.'),
    cardinality: z.enum(['one', 'many']).optional(),
    properties: z.looseObject({ supportsDeferredBinding: z.string().optional() }).optional(),
  })
  .refine(({ cardinality, properties }) => cardinality !== 'many' || properties?.supportsDeferredBinding === 'true', {
    path: ['cardinality'],
    error: "batches (cardinality 'many') are supported by this host with sdkBinding only.",
  });
export type QueueTrigger = z.infer<typeof queueTrigger>;

export const timerTrigger = z.object({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});
export type TimerTrigger = z.infer<typeof timerTrigger>;

export const httpTrigger = z.object({
  route: z.string().optional(),
  methods: z.array(z.string()).default([]),
});
export type HttpTrigger = z.infer<typeof httpTrigger>;

export const queueOutput = z.object({
  ...queue,
  topicName: z.undefined({ error: 'topics are not supported.' }).optional(),
});
export type QueueOutput = z.infer<typeof queueOutput>;

/** Kinds whose registration says nothing that the host would need. */
const plain = z.object({});

export const TRIGGERS = {
  serviceBusTrigger: queueTrigger,
  timerTrigger,
  httpTrigger,
  eventGridTrigger: plain,
  activityTrigger: plain,
  orchestrationTrigger: plain,
} as const;
export type TriggerKind = keyof typeof TRIGGERS;

export const INPUTS = { durableClient: plain } as const;
export const OUTPUTS = { serviceBus: queueOutput, http: plain } as const;

/** Bindings that the real host has without an extension bundle. */
export const BUILT_IN = new Set(['httpTrigger', 'timerTrigger', 'http']);

export const isKeyOf = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);
