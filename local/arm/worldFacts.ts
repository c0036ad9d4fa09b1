/** What the world says beside its resources: grants, registrations, quotas in use, and images that were withdrawn. */
import { z } from 'zod';
import { worldBlob } from './blobs';
import { EVERYTHING, grant, Grants } from './grants';
import { regionOf } from './resourceId';

const usage = z.strictObject({ currentValue: z.int().min(0), limit: z.int().min(0) });
export type Usage = z.infer<typeof usage>;

/** The top-level keys of a world; each may be left out. */
export const worldFactsShape = {
  /** Left out: the caller may do everything. */
  grants: z.array(grant).default([EVERYTHING]),
  /** State of a resource provider, by subscription and namespace; `Registered` where nothing is said. */
  registrations: z
    .record(z.string(), z.record(z.string(), z.enum(['Registered', 'NotRegistered', 'Registering', 'Unregistered'])))
    .default({}),
  /** Cores in use and their quota, by subscription, region, and `cores`, `lowPriorityCores` or a VM family. */
  usages: z.record(z.string(), z.record(z.string(), z.record(z.string(), usage))).default({}),
  /** `publisher/offer/sku/version` of Marketplace images that are no longer there. */
  withdrawnImages: z.array(z.string()).default([]),
  /** What Batch says to pools straight from managed images. */
  managedImagePools: z.enum(['refused', 'taken']).default('refused'),
  /** VHDs in storage accounts of the world. */
  blobs: z.array(worldBlob).default([]),
};

export type WorldFactsInput = z.infer<z.ZodObject<typeof worldFactsShape>>;

/** The same, ready to be asked. */
export class WorldFacts {
  readonly grants: Grants;
  readonly #facts: WorldFactsInput;

  constructor(facts: WorldFactsInput) {
    this.#facts = facts;
    this.grants = new Grants(facts.grants);
  }

  registrationState(subscription: string, namespace: string): string {
    const states = valueOf(this.#facts.registrations, subscription) ?? {};
    return valueOf(states, namespace) ?? 'Registered';
  }

  usage(subscription: string, location: string, name: string): Usage | undefined {
    const regions = valueOf(this.#facts.usages, subscription) ?? {};
    return valueOf(valueOf(regions, regionOf(location)) ?? {}, name);
  }

  isWithdrawn(image: string): boolean {
    return this.#facts.withdrawnImages.some((name) => name.toLowerCase() === image.toLowerCase());
  }
}

function valueOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.entries(record).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
