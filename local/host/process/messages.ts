/** What a host process and its parent say to each other. */

import { z } from 'zod';

/** Questions and orders carry an id that the answer repeats. */
export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), id: z.number() }),
  z.object({ type: z.literal('advance'), id: z.number(), toMs: z.number() }),
  z.object({ type: z.literal('stop'), id: z.number() }),
]);
export type ToHost = z.infer<typeof toHost>;

const listedFunction = z.object({ name: z.string(), trigger: z.string() });
export type ListedFunction = z.infer<typeof listedFunction>;

export const toParent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    url: z.string(),
    durableUrl: z.string().optional(),
    functions: z.array(listedFunction),
  }),
  z.object({ type: z.literal('failed'), problems: z.array(z.string()) }),
  z.object({ type: z.literal('status'), id: z.number(), idle: z.boolean(), nextDueMs: z.number().optional() }),
  z.object({ type: z.literal('advanced'), id: z.number() }),
]);
export type ToParent = z.infer<typeof toParent>;

const pace = z.object({ wallStartMs: z.number(), azureStartMs: z.number(), speed: z.number() });

/** LOCAL_CLOCK: a pace shared with the other processes of the stack, or time that the parent steps. */
export const clockSettings = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('paced'), pace }),
  z.object({ mode: z.literal('stepped'), nowMs: z.number() }),
]);
export type ClockSettings = z.infer<typeof clockSettings>;
