/** Faults on request: what goes wrong, for which requests, and how often. */
import { z } from 'zod';
import type { ErrorDetail } from './armError';
import { minutesToMs } from './durations';
import type { Shortage } from './kind';

interface Match {
  /** Any method when absent. */
  readonly method?: string | undefined;
  /** A case-insensitive part of the path, or a pattern; any path when absent. */
  readonly path?: string | RegExp | undefined;
  /** How many requests it strikes; 1 when absent. */
  readonly times?: number | undefined;
}

interface Answer extends Match {
  readonly kind: 'answer';
  readonly status: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The request takes effect first; only its answer is this one. */
  readonly afterwards?: boolean | undefined;
}

interface Reset extends Match {
  readonly kind: 'reset';
  /** The request takes effect before the connection breaks. */
  readonly afterwards?: boolean | undefined;
}

/** The request is taken and never answered: the connection stays open until the client gives up. */
interface Hang extends Match {
  readonly kind: 'hang';
  /** The request takes effect all the same. */
  readonly afterwards?: boolean | undefined;
}

/** The operation that the request starts fails when it would have completed. */
interface FailOperation extends Match {
  readonly kind: 'failOperation';
  readonly code: string;
  readonly message: string;
}

interface Slow extends Match {
  readonly kind: 'slow';
  readonly factor?: number | undefined;
  readonly moreMinutes?: number | undefined;
}

/** The resize that the request starts ends short by so many nodes. */
interface ShortAllocation extends Match {
  readonly kind: 'shortAllocation';
  readonly nodes: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
}

/** The resize that the request starts brings no node and never ends, whatever its resizeTimeout says. */
interface Stuck extends Match {
  readonly kind: 'stuck';
}

export type FaultRule = Answer | Reset | Hang | FailOperation | Slow | ShortAllocation | Stuck;

const match = {
  method: z.string().optional(),
  path: z.string().optional(),
  times: z.int().positive().optional(),
};
const detail = z.strictObject({ code: z.string(), message: z.string() });

/** A rule as JSON, for the control door. */
export const faultRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    status: z.int().min(100).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    retryAfterSeconds: z.int().min(0).optional(),
    afterwards: z.boolean().optional(),
    ...match,
  }),
  z.strictObject({ kind: z.literal('reset'), afterwards: z.boolean().optional(), ...match }),
  z.strictObject({ kind: z.literal('hang'), afterwards: z.boolean().optional(), ...match }),
  z.strictObject({ kind: z.literal('failOperation'), code: z.string(), message: z.string(), ...match }),
  z.strictObject({
    kind: z.literal('slow'),
    factor: z.number().positive().optional(),
    moreMinutes: z.number().min(0).optional(),
    ...match,
  }),
  z.strictObject({
    kind: z.literal('shortAllocation'),
    nodes: z.int().positive(),
    code: z.string().optional(),
    message: z.string().optional(),
    details: z.array(detail).optional(),
    ...match,
  }),
  z.strictObject({ kind: z.literal('stuck'), ...match }),
]);

/** The faults that strike one request; what befalls an operation is used up only by a request that starts one. */
export interface Effects {
  readonly answer: Answer | Reset | Hang | undefined;
  failure(): ErrorDetail | undefined;
  shortage(): Shortage | undefined;
  isStuck(): boolean;
  slowed(durationMs: number): number;
}

/** The same value every time, worked out when it is first asked for. */
function once<T>(workOut: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: workOut() }).value;
}

interface Armed {
  readonly rule: FaultRule;
  left: number;
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  if (rule.path === undefined) return true;
  if (typeof rule.path === 'string') return path.toLowerCase().includes(rule.path.toLowerCase());
  return new RegExp(rule.path.source, rule.path.flags.replace('g', '')).test(path);
}

/** "insufficient capacity" as ga4gh-tes has seen it. */
const NO_CAPACITY =
  'Deployment allocation failed due to insufficient capacity for the requested VM size in the region.';

function shortageOf(rule: ShortAllocation | undefined): Shortage | undefined {
  if (rule === undefined) return undefined;
  return {
    nodes: rule.nodes,
    code: rule.code ?? 'AllocationFailed',
    message: rule.message ?? 'Desired number of dedicated nodes could not be allocated',
    details: rule.details ?? [{ code: 'Reason', message: NO_CAPACITY }],
  };
}

/** The rules in force; each is used up by the requests it strikes. */
export class Faults {
  #armed: Armed[] = [];

  add(rule: FaultRule): void {
    this.#armed.push({ rule, left: rule.times ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The first rule of each kind that fits the request strikes it. */
  strike(method: string, path: string): Effects {
    const take = <K extends FaultRule['kind']>(...kinds: K[]): Extract<FaultRule, { kind: K }> | undefined => {
      const isWanted = (rule: FaultRule): rule is Extract<FaultRule, { kind: K }> =>
        kinds.some((kind) => kind === rule.kind);
      for (const armed of this.#armed) {
        if (armed.left === 0 || !isWanted(armed.rule) || !matches(armed.rule, method, path)) continue;
        armed.left -= 1;
        return armed.rule;
      }
      return undefined;
    };
    const failure = once(() => take('failOperation'));
    const slow = once(() => take('slow'));
    const shortage = once(() => take('shortAllocation'));
    const stuck = once(() => take('stuck'));
    return {
      answer: take('answer', 'reset', 'hang'),
      failure: () => detailOf(failure()),
      shortage: () => shortageOf(shortage()),
      isStuck: () => stuck() !== undefined,
      slowed: (durationMs) => durationMs * (slow()?.factor ?? 1) + minutesToMs(slow()?.moreMinutes ?? 0),
    };
  }
}

const detailOf = (rule: FailOperation | undefined): ErrorDetail | undefined =>
  rule && { code: rule.code, message: rule.message };
