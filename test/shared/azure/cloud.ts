/** The app's Azure clients in front of the simulator, and what they said to it. */
import { createArm, type Arm, type ArmSettings } from '../../../shared/azure/clients';
import type { Failure, Outcome } from '../../../shared/domain/outcome';
import type { ArmCall, SimulatorOptions } from '../../../local/arm/simulator';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import { startLocalAzure, SUBSCRIPTION, type LocalAzure } from '../../local/arm/localAzure';

export interface Cloud extends LocalAzure {
  readonly arm: Arm;
  /** The scopes that tokens were asked for, oldest first. */
  readonly scopes: readonly (string | readonly string[])[];
  /** Calls since the last time of asking. */
  newCalls(): readonly ArmCall[];
}

type Options = Partial<SimulatorOptions> & { readonly settings?: Partial<ArmSettings> };

export async function startCloud({ settings, ...options }: Options = {}): Promise<Cloud> {
  const local = await startLocalAzure(options);
  const scopes: (string | readonly string[])[] = [];
  const arm = createArm(
    {
      armEndpoint: local.origin,
      armScope: 'https://management.azure.com/.default',
      batchApiVersion: '2025-06-01',
      armTimeoutSeconds: 60,
      nodesPerReplica: 300,
      mostUnusablePercent: 20,
      shallowMostNodes: 10,
      managedImageApiVersion: '2019-08-01',
      batchScope: 'https://batch.core.windows.net/.default',
      batchDataApiVersion: '2025-06-01',
      allowedScopes: [{ subscriptionId: SUBSCRIPTION }],
      ...settings,
    },
    {
      getToken: (asked) => {
        scopes.push(asked);
        const audience = String(asked).replace(/\/\.default$/, '');
        const { token, expiresOn } = unsignedToken(audience);
        return Promise.resolve({ token, expiresOnTimestamp: expiresOn * 1000 });
      },
    },
  );
  let told = 0;
  const newCalls = (): readonly ArmCall[] => {
    const calls = local.azure.calls.slice(told);
    told += calls.length;
    return calls;
  };
  return { ...local, arm, scopes, newCalls };
}

/** Calls other than reads. */
export const writesOf = (calls: readonly ArmCall[]): readonly ArmCall[] =>
  calls.filter(({ method }) => method !== 'GET');

/** The answer about the one resource that was asked for. */
export function only<T>(answers: readonly T[]): T {
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error(`Expected one answer, got ${answers.length}.`);
  return answer;
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`Expected a value, got ${JSON.stringify(outcome.failure)}`);
}

export function failureIn(outcome: Outcome<unknown>): Failure {
  if (!outcome.ok) return outcome.failure;
  throw new Error(`Expected a failure, got ${JSON.stringify(outcome.value)}`);
}
