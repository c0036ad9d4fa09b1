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
export const seen = (message: string, ...evidence: readonly Evidence[]): Ruling => ({ is: 'seen', message, evidence });

export const judged = (code: FindingCode, ruling: Ruling): Judgement => ({ code, ...ruling });
