/** All that is known of one pool when it is judged, and the shapes in which a rule answers. */
import type { Fact } from '../facts';
import type { NodeStates } from '../growth/poolLook';
import type { AgentSupport } from './agentSupport';
import type { Evidence, FindingCode, Judgement } from './finding';
import type { Foundation } from './foundation';
import type { WatchedPool } from './watchedPool';

/** Numbers that the app's operators decided (README.md, "Settings"). */
export interface GuardPolicy {
  readonly imageEndDays: number;
  readonly supportEndDays: number;
  /** Nodes that are unusable or whose start task failed, in percent of all. */
  readonly mostUnusablePercent: number;
}

export interface PoolCase {
  readonly pool: WatchedPool;
  /** Undefined for a pool on an image of the Marketplace. */
  readonly foundation?: Foundation;
  /** Why a resize failed, where its errors alone do not tell; a sentence. */
  readonly diagnosis?: string;
  readonly agents: Fact<readonly AgentSupport[]>;
  readonly nodeStates: Fact<NodeStates>;
  readonly policy: GuardPolicy;
  readonly nowMs: number;
}

export type Ruling =
  | { readonly is: 'seen'; readonly message: string; readonly evidence: readonly Evidence[] }
  | { readonly is: 'clear' }
  | { readonly is: 'moot' }
  | { readonly is: 'unknown'; readonly why: string };

export interface GuardRule {
  readonly code: FindingCode;
  readonly judge: (given: PoolCase) => Ruling;
}

export const CLEAR: Ruling = { is: 'clear' };
export const MOOT: Ruling = { is: 'moot' };
export const unknown = (why: string): Ruling => ({ is: 'unknown', why });

/** A finding is one property of a table's entity, which holds 64 KiB (rest/api/storageservices/understanding-the-table-service-data-model). */
const MOST_TEXT = 4_000;
const MOST_EVIDENCE = 10;

const short = (text: string): string => (text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 2)} …`);

export const seen = (message: string, ...evidence: readonly Evidence[]): Ruling => ({
  is: 'seen',
  message: short(message),
  evidence: evidence.slice(0, MOST_EVIDENCE).map((one) => ({ ...one, answered: short(one.answered) })),
});

export const judged = (code: FindingCode, ruling: Ruling): Judgement => ({ code, ...ruling });
