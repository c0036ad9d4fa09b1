/** Reads what the rules of the guard want to know of one pool, beyond the pool itself. */
import type { Fact } from '../domain/facts';
import { diagnose } from '../domain/growth/diagnose';
import type { NodeStates } from '../domain/growth/poolLook';
import type { AgentSupport } from '../domain/guard/agentSupport';
import { needsDiagnosis } from '../domain/guard/nodeRules';
import type { GuardPolicy, PoolCase } from '../domain/guard/poolCase';
import type { WatchedPool } from '../domain/guard/watchedPool';
import type { Arm } from './clients';
import { readFoundation } from './foundations';
import { guardFact, type ImageReader } from './imageReader';
import { readNodeStates } from './nodeStates';
import { readDiagnosis } from './poolDiagnosis';

/** What is the same for all pools of one audit. */
export interface CaseSetting {
  readonly agents: Fact<readonly AgentSupport[]>;
  readonly policy: GuardPolicy;
  readonly nowMs: number;
}

interface Reading {
  readonly pool: WatchedPool;
  readonly images: ImageReader;
  readonly nodeStates: Fact<NodeStates>;
}

/** A case from lists, as cheap as they are; throws a `SurveyFault` when Azure is throttling. */
export async function listedCase({ pool, images, nodeStates }: Reading, setting: CaseSetting): Promise<PoolCase> {
  const lookedAt = new Date(setting.nowMs).toISOString();
  const foundation = await readFoundation(images, pool, lookedAt);
  return { pool, nodeStates, ...setting, ...(foundation === undefined ? {} : { foundation }) };
}

/** A case with all that a single pool is worth: why its resize failed, and what its unusable nodes complain of. */
export async function closeCase(arm: Arm, reading: Reading, setting: CaseSetting): Promise<PoolCase> {
  const given = await listedCase(reading, setting);
  const { pool } = reading;
  if (!needsDiagnosis(pool, setting.nowMs)) return given;
  const facts = await readDiagnosis(arm, pool.id);
  // Without it the finding says what the errors say.
  return facts.ok ? { ...given, diagnosis: diagnose(pool.resizeErrors, facts.value).sentence } : given;
}

/** The counts of one pool, with the errors of its nodes. */
export const readPoolNodeStates = async (arm: Arm, poolId: string): Promise<Fact<NodeStates>> =>
  guardFact(await readNodeStates(arm, poolId), 'Microsoft.Batch/batchAccounts/pools/read, on the data plane');
