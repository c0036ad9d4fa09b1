/** Lists all images by Resource Graph, as fast as its quota allows, into files that the audit of each account reads. */
import type { OrchestrationContext } from 'durable-functions';
import type { Gap } from '../domain/guard/audit';
import { GUARD_ACTIVITIES } from './contracts';
import { persistSafely } from './persist';
import { nowMs, sleepUntil, type Step } from './steps';

interface StockFiles {
  readonly parts: number;
  readonly gaps: readonly Gap[];
}

const WHAT = 'the list of images (Azure Resource Graph)';

const gapsOf = (unreadable: number, stop?: string): readonly Gap[] => [
  ...(unreadable === 0 ? [] : [{ what: WHAT, why: `${unreadable} of its rows are not what its documentation says` }]),
  ...(stop === undefined ? [] : [{ what: WHAT, why: stop }]),
];

/** Without the list the audit goes on: it then asks for every image by itself. */
export function* takeStock(ctx: OrchestrationContext, auditId: string): Step<StockFiles> {
  let unreadable = 0;
  let place: { readonly query: number; readonly skipToken?: string } = { query: 0 };
  for (let part = 0; ; part += 1) {
    const taken = yield* persistSafely(ctx, GUARD_ACTIVITIES.takeStock, { auditId, part, ...place });
    if (!taken.ok) return { parts: part, gaps: gapsOf(unreadable, taken.failure.message) };
    unreadable += taken.value.unreadable;
    const { next } = taken.value;
    if (!next) return { parts: part + 1, gaps: gapsOf(unreadable) };
    const { pauseMs, ...rest } = next;
    place = rest;
    yield* sleepUntil(ctx, nowMs(ctx) + pauseMs);
  }
}
