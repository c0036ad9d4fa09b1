/** What a resource type is to the simulator: data about its paths and bodies, and the rules of its writes. */
import type { z } from 'zod';
import type { ErrorDetail } from './armError';
import type { Durations } from './durations';
import type { Operation } from './operation';
import type { ResourceId } from './resourceId';
import type { Resize } from './resize';
import type { ResizeFaults } from './resizeFaults';

export type Json = Record<string, unknown>;

/** How a provider words its errors and shapes its long operations. */
export type Dialect = 'compute' | 'batch';

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
  /** Why it comes to nothing when it ends. */
  readonly failure?: string;
}

/** What the actions made of a machine; what they did not touch stands in its instance view. */
export interface MachineState {
  /** The code before the last deallocation, which is shown again when that fails. */
  readonly powerBefore?: string;
  readonly isGeneralized: boolean;
}

/** A VHD in a storage account. */
export interface Blob {
  readonly uri: string;
  readonly sizeGb: number;
}

/** What a write stores; `input` is the request's body with Azure's defaults, the rest is what GET shows. */
export interface WritePlan {
  readonly input: Json;
  /** Everything of the body that the provider adds to or derives from the input. */
  readonly properties: Json;
  readonly durationMs: number;
  readonly replication?: ReadonlyMap<string, Span>;
  readonly resize?: Resize;
  readonly machine?: MachineState;
  /** How the operation ends, when not well. */
  readonly failure?: ErrorDetail | undefined;
}

export interface Stored {
  readonly key: string;
  readonly id: string;
  readonly kind: ResourceKind;
  readonly createdMs: number;
  readonly input: Json;
  readonly properties: Json;
  readonly etag: string;
  readonly changedMs: number;
  readonly write?: Operation;
  readonly removal?: Operation;
  readonly replication?: ReadonlyMap<string, Span>;
  readonly resize?: Resize;
  readonly machine?: MachineState;
}

/** Where a pool is: its account's region and subscription, both as they are compared. */
export interface Place {
  readonly region: string;
  readonly subscription: string;
}

/** What Batch says to pools straight from managed images: that they were retired, or nothing. */
export type ManagedImagePools = 'refused' | 'taken';

/** What a rule may know: one instant, and what exists at it. */
export interface Site {
  readonly nowMs: number;
  readonly durations: Durations;
  readonly managedImagePools: ManagedImagePools;
  find(id: string): Stored | undefined;
  all(): Stored[];
  ofType(type: string): Stored[];
  childrenOf(id: string): Stored[];
  /** A VHD that lies in a storage account which is there. */
  blob(uri: string): Blob | undefined;
  /** Children whose deletion ended less than `withinMs` ago. */
  lateChildrenOf(id: string, withinMs: number): number;
}

export interface WriteRequest {
  readonly method: 'PUT' | 'PATCH';
  readonly id: ResourceId;
  readonly apiVersion: string;
  /** The whole body for PUT; for PATCH the stored input with the patch merged into it. */
  readonly input: unknown;
  /** PATCH only: what was sent. */
  readonly patch?: Json;
  readonly existing: Stored | undefined;
  readonly site: Site;
  readonly faults: ResizeFaults;
  /** Why the faults let the replication to a region fail, if they do; they are used up by this. */
  replicationFailure(region: string): string | undefined;
  /** Makes a duration longer as the faults say. */
  slowed(durationMs: number): number;
}

export type ListScope = 'parent' | 'resourceGroup' | 'subscription';

export interface ListQuery {
  readonly query: URLSearchParams;
  readonly items: readonly Json[];
  /** The address of this request, for links to the next page. */
  readonly url: URL;
}

export interface ResourceKind {
  readonly type: string;
  readonly apiVersions: readonly string[];
  readonly dialect: Dialect;
  /** REST body of the resource as a client may send it; anything else is refused. */
  readonly body: z.ZodType<Json>;
  /** Dotted paths that Azure fills in and ignores in what is sent. */
  readonly readOnly: readonly string[];
  readonly lists: readonly ListScope[];
  /** Query parameters beyond api-version, by what they are for. */
  readonly queries?: { readonly get?: readonly string[]; readonly list?: readonly string[] };
  /** The segment of its operations' URLs under locations/. */
  readonly operations?: 'operations' | 'diskOperations' | 'capsOperations';
  readonly upperCasesResourceGroup?: boolean;
  readonly name?: RegExp;
  /** Absent: the simulator does not write it. */
  put?(request: WriteRequest): WritePlan;
  /** The schema of a PATCH body; `put` is then asked with the merged input. */
  readonly patch?: z.ZodType<Json>;
  /** Absent: the simulator does not delete it. Throws when the resource must stay; what takes no time is done at once. */
  remove?(stored: Stored, site: Site): { durationMs: number };
  /** POST actions: answer with the resource after the plan, at once, unless the plan takes time. */
  readonly actions?: Readonly<Record<string, (request: WriteRequest) => WritePlan>>;
  /** Adds what depends on the instant or on the query to what is stored. */
  show?(stored: Stored, site: Site, query: URLSearchParams): Json;
  page?(list: ListQuery): Json;
}
