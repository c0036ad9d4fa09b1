/** What the faults do to the resize that a write starts. */
import { minutesToMs } from './durations';
import type { FaultOf, FaultRule } from './faultRules';
import type { BadNodes, ResizeError } from './resize';
import { resizeError } from './resizeErrors';

/** Nodes that do not come: so many of those that would, or all beyond so many. */
export type Shortfall = ({ readonly missing: number } | { readonly most: number }) & { readonly error: ResizeError };

/** Each fault is used up when it is asked for. */
export interface ResizeFaults {
  isStuck(): boolean;
  /** Of a resize that begins at the instant; to be applied one after the other. */
  shortfalls(startMs: number): readonly Shortfall[];
  /** Of so many new nodes. */
  badNodes(added: number): readonly BadNodes[];
  /** How much later the resize begins. */
  lateMs(): number;
  formulaError(): ResizeError | undefined;
}

export const NO_RESIZE_FAULTS: ResizeFaults = {
  isStuck: () => false,
  shortfalls: () => [],
  badNodes: () => [],
  lateMs: () => 0,
  formulaError: () => undefined,
};

/** Takes the first rule of a kind that fits, or undefined. */
export type Take = <K extends FaultRule['kind']>(
  kind: K,
  fits?: (rule: FaultOf<K>) => boolean,
) => FaultOf<K> | undefined;
/** Takes every rule of a kind that fits. */
export type TakeAll = <K extends FaultRule['kind']>(kind: K) => FaultOf<K>[];

/** DiskFull: batch-pool-node-error-checking.md. The other two are what a start task's own failure looks like. */
const BAD_NODE = {
  unusable: { code: 'DiskFull', message: 'There is not enough disk space on the node' },
  startTaskFailed: {
    code: 'FailureExitCode',
    message: 'The task exited with an exit code representing a failure',
  },
};

function badNodesOf({ nodes, share = 0, state, code, message }: FaultOf<'badNodes'>, added: number): BadNodes {
  const usual = BAD_NODE[state];
  const fault = { state, code: code ?? usual.code, message: message ?? usual.message };
  return { count: Math.min(added, nodes ?? Math.round(share * added)), fault };
}

/** UNCONFIRMED code, of an evaluation that fails. */
export function formulaError(code = 'InvalidAutoScaleFormula', message?: string): ResizeError {
  return { code, message: message ?? 'The formula of the pool could not be evaluated' };
}

function shortfallsAt(startMs: number, take: Take): Shortfall[] {
  const none = take('noCapacityUntil', ({ at }) => startMs < Date.parse(at));
  const most = take('mostPerResize');
  const short = take('shortAllocation');
  return [
    ...(none === undefined ? [] : [{ most: 0, error: resizeError(none) }]),
    ...(most === undefined ? [] : [{ most: most.nodes, error: resizeError(most) }]),
    ...(short === undefined ? [] : [{ missing: short.nodes, error: resizeError(short) }]),
  ];
}

export function resizeFaults(take: Take, takeAll: TakeAll): ResizeFaults {
  return {
    isStuck: () => take('stuck') !== undefined,
    shortfalls: (startMs) => shortfallsAt(startMs, take),
    badNodes: (added) => takeAll('badNodes').map((rule) => badNodesOf(rule, added)),
    lateMs: () => minutesToMs(take('lateResize')?.minutes ?? 0),
    formulaError: () => {
      const rule = take('autoScaleError');
      return rule && formulaError(rule.code, rule.message);
    },
  };
}
