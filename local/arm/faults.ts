/** Faults on request: what goes wrong, for which requests, and how often. */
import type { ErrorDetail } from './armError';
import { minutesToMs } from './durations';
import { LASTING, type FaultOf, type FaultRule } from './faultRules';
import { regionOf } from './resourceId';
import { resizeFaults, type ResizeFaults, type Take } from './resizeFaults';

export type { FaultRule } from './faultRules';

/** UNCONFIRMED, as one reason of many. */
const REPLICATION_REASON = 'An internal error occurred while the image was copied.';

/** The faults that strike one request; what befalls an operation is used up only by a request that starts one. */
export interface Effects {
  readonly answer: FaultOf<'answer'> | FaultOf<'reset'> | FaultOf<'hang'> | undefined;
  readonly resize: ResizeFaults;
  failure(): ErrorDetail | undefined;
  /** Why the replication to the region fails; used up when it is asked for. */
  replicationFailure(region: string): string | undefined;
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

const isOneOf =
  <K extends FaultRule['kind']>(kinds: readonly K[]) =>
  (rule: FaultRule): rule is FaultOf<K> =>
    kinds.some((kind) => kind === rule.kind);

/** The rules in force; each is used up by the requests it strikes. */
export class Faults {
  #armed: Armed[] = [];

  add(rule: FaultRule): void {
    this.#armed.push({ rule, left: rule.times ?? (LASTING.includes(rule.kind) ? Infinity : 1) });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The first rule of each kind that fits the request strikes it; of bad nodes, every one. */
  strike(method: string, path: string): Effects {
    const struck = (): Armed[] => this.#armed.filter(({ rule, left }) => left > 0 && matches(rule, method, path));
    const takeAny = <K extends FaultRule['kind']>(
      kinds: readonly K[],
      { most = 1, fits = () => true }: { most?: number; fits?: (rule: FaultOf<K>) => boolean } = {},
    ): FaultOf<K>[] => {
      const isWanted = isOneOf(kinds);
      const taken: FaultOf<K>[] = [];
      for (const armed of struck()) {
        if (taken.length === most || !isWanted(armed.rule) || !fits(armed.rule)) continue;
        armed.left -= 1;
        taken.push(armed.rule);
      }
      return taken;
    };
    const take: Take = (kind, fits) => takeAny([kind], fits === undefined ? {} : { fits })[0];
    const failure = once(() => take('failOperation'));
    const slow = once(() => take('slow'));
    return {
      answer: takeAny(['answer', 'reset', 'hang'])[0],
      resize: resizeFaults(take, (kind) => takeAny([kind], { most: Infinity })),
      failure: () => detailOf(failure()),
      replicationFailure: (region) => {
        const rule = take('failReplication', ({ region: named }) => regionOf(named) === region);
        return rule && (rule.reason ?? REPLICATION_REASON);
      },
      slowed: (durationMs) => durationMs * (slow()?.factor ?? 1) + minutesToMs(slow()?.moreMinutes ?? 0),
    };
  }
}

const detailOf = (rule: FaultOf<'failOperation'> | undefined): ErrorDetail | undefined =>
  rule && { code: rule.code, message: rule.message };
