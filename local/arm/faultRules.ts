/** The faults that can be asked for, as data: from a test in process, or as JSON through the control door. */
import { z } from 'zod';
import { RESIZE_REASONS } from './resizeErrors';

const match = {
  /** Any method when absent. */
  method: z.string().optional(),
  /** A case-insensitive part of the path, or (in process only) a pattern; any path when absent. */
  path: z.union([z.string(), z.instanceof(RegExp)]).optional(),
  /** How many requests it strikes; when absent 1, and no end for the kinds of LASTING. */
  times: z.int().positive().optional(),
};

/** The error that a resize ends with; what is left out comes from the table in resizeErrors.ts. */
const resizeError = {
  code: z.string().optional(),
  message: z.string().optional(),
  details: z
    .array(z.strictObject({ code: z.string(), message: z.string() }))
    .readonly()
    .optional(),
  /** The details, by name. */
  reason: z.enum(RESIZE_REASONS).optional(),
};

const answer = z.strictObject({
  kind: z.literal('answer'),
  status: z.int().min(100).max(599),
  code: z.string().optional(),
  message: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  /** The request takes effect first; only its answer is this one. */
  afterwards: z.boolean().optional(),
  ...match,
});

/** The request takes effect before the connection breaks, when it is to be `afterwards`. */
const reset = z.strictObject({ kind: z.literal('reset'), afterwards: z.boolean().optional(), ...match });

/** The request is taken and never answered: the connection stays open until the client gives up. */
const hang = z.strictObject({ kind: z.literal('hang'), afterwards: z.boolean().optional(), ...match });

/** The operation that the request starts fails when it would have completed. */
const failOperation = z.strictObject({
  kind: z.literal('failOperation'),
  code: z.string(),
  message: z.string(),
  ...match,
});

/** The replication to one region that the request starts fails when it would have completed; that to the others goes on. */
const failReplication = z.strictObject({
  kind: z.literal('failReplication'),
  region: z.string(),
  /** Why, in the words of the region's details. */
  reason: z.string().optional(),
  ...match,
});

const slow = z.strictObject({
  kind: z.literal('slow'),
  factor: z.number().positive().optional(),
  moreMinutes: z.number().min(0).optional(),
  ...match,
});

/** The resize that the request starts ends short by so many nodes. */
const shortAllocation = z.strictObject({
  kind: z.literal('shortAllocation'),
  nodes: z.int().positive(),
  ...resizeError,
  ...match,
});

/** A resize brings so many new nodes at most. */
const mostPerResize = z.strictObject({
  kind: z.literal('mostPerResize'),
  nodes: z.int().min(0),
  ...resizeError,
  ...match,
});

/** A resize that begins before the instant brings no new node. */
const noCapacityUntil = z.strictObject({
  kind: z.literal('noCapacityUntil'),
  at: z.iso.datetime({ offset: true }),
  ...resizeError,
  ...match,
});

/** The resize that the request starts brings no node and never ends, whatever its resizeTimeout says. */
const stuck = z.strictObject({ kind: z.literal('stuck'), ...match });

/** The resize begins so much later; until then the pool looks as it did before the request. */
const lateResize = z.strictObject({ kind: z.literal('lateResize'), minutes: z.number().positive(), ...match });

/** So many of the new nodes do not become usable. */
const badNodes = z
  .strictObject({
    kind: z.literal('badNodes'),
    nodes: z.int().positive().optional(),
    share: z.number().gt(0).max(1).optional(),
    state: z.enum(['unusable', 'startTaskFailed']),
    code: z.string().optional(),
    message: z.string().optional(),
    ...match,
  })
  .refine(({ nodes, share }) => (nodes === undefined) !== (share === undefined), {
    message: 'Exactly one of nodes and share must be given.',
  });

/** The evaluation of the pool's formula that the request starts fails. */
const autoScaleError = z.strictObject({
  kind: z.literal('autoScaleError'),
  code: z.string().optional(),
  message: z.string().optional(),
  ...match,
});

export const faultRule = z.discriminatedUnion('kind', [
  answer,
  reset,
  hang,
  failOperation,
  failReplication,
  slow,
  shortAllocation,
  mostPerResize,
  noCapacityUntil,
  stuck,
  lateResize,
  badNodes,
  autoScaleError,
]);

export type FaultRule = z.infer<typeof faultRule>;
export type FaultOf<K extends FaultRule['kind']> = Extract<FaultRule, { kind: K }>;

/** A state of the region's capacity, rather than one mishap: in force until its `times` are used up. */
export const LASTING: readonly FaultRule['kind'][] = ['mostPerResize', 'noCapacityUntil'];
