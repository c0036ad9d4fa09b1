/** What could not be told of the pools of one account, as the gaps of its audit: one for each reason, not for each pool. */
import { MOST_ACCOUNT_GAPS, type Gap } from './audit';
import type { Judgement } from './finding';

export class Doubts {
  readonly #poolsByReason = new Map<string, string[]>();
  readonly #pools = new Set<string>();

  /** Takes up the judgements of a pool that are `unknown`. */
  add(poolId: string, judgements: readonly Judgement[]): void {
    const reasons = new Set(judgements.flatMap((judgement) => (judgement.is === 'unknown' ? [judgement.why] : [])));
    for (const why of reasons) {
      const pools = this.#poolsByReason.get(why) ?? [];
      pools.push(poolId);
      this.#poolsByReason.set(why, pools);
      this.#pools.add(poolId);
    }
  }

  get pools(): number {
    return this.#pools.size;
  }

  /** The reasons that concern the most pools first; at most as many as an account may have, the last of them for all others. */
  gaps(accountId: string): readonly Gap[] {
    const all = [...this.#poolsByReason]
      .toSorted(([, one], [, other]) => other.length - one.length)
      .map(([why, pools]): Gap => {
        const [only] = pools;
        return only !== undefined && pools.length === 1
          ? { what: only, why }
          : { what: accountId, why, pools: pools.length };
      });
    if (all.length <= MOST_ACCOUNT_GAPS) return all;
    const rest = all.length - MOST_ACCOUNT_GAPS + 1;
    return [...all.slice(0, MOST_ACCOUNT_GAPS - 1), { what: accountId, why: `${rest} more reasons` }];
  }
}
