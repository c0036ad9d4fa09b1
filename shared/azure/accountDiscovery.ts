/** Finds the Batch accounts of the allow-list, and until when Batch supports each node agent. */
import type { BatchAccount as SdkAccount } from '@azure/arm-batch';
import { groupIdText, regionKey } from '../domain/armId';
import type { Fact } from '../domain/facts';
import { agentSupport, type AgentSupport } from '../domain/guard/agentSupport';
import { eachOnce, type Discovery, type Gap, type WatchedAccount } from '../domain/guard/audit';
import { isPassing, type Outcome } from '../domain/outcome';
import type { Scope } from '../domain/scope';
import { readSupportedImages } from './batchOffers';
import type { Arm } from './clients';
import { attempt } from './failure';
import { inParallel } from './inParallel';
import { mapFact, surveyed, SurveyFault } from './readFact';

/** Scopes that are listed at a time. */
const WIDTH = 4;

/** All accounts have the same list of supported images; some may be closed to the app's network. */
const ACCOUNTS_TO_ASK = 3;

const watched = ({ id, location, accountEndpoint }: SdkAccount): readonly WatchedAccount[] =>
  id === undefined
    ? []
    : [
        {
          id,
          region: regionKey(location ?? ''),
          ...(accountEndpoint === undefined ? {} : { endpoint: accountEndpoint }),
        },
      ];

const scopeId = ({ subscriptionId, resourceGroup }: Scope): string =>
  resourceGroup === undefined ? `/subscriptions/${subscriptionId}` : groupIdText(subscriptionId, resourceGroup);

function listAccounts(arm: Arm, scope: Scope): Promise<Outcome<readonly WatchedAccount[]>> {
  const { batchAccountOperations: accounts } = arm.clientsFor(scope.subscriptionId).batch;
  return attempt(`list the Batch accounts of ${scopeId(scope)}`, async () => {
    const found: WatchedAccount[] = [];
    const list =
      scope.resourceGroup === undefined ? accounts.list() : accounts.listByResourceGroup(scope.resourceGroup);
    for await (const account of list) found.push(...watched(account));
    return found;
  });
}

async function readAgents(arm: Arm, accounts: readonly WatchedAccount[]): Promise<Fact<readonly AgentSupport[]>> {
  let last: Fact<readonly AgentSupport[]> = { read: 'unasked', because: 'any Batch account' };
  for (const account of accounts.slice(0, ACCOUNTS_TO_ASK)) {
    last = mapFact(await readSupportedImages(arm, account, false), agentSupport);
    if (last.read === 'found') return last;
  }
  return last;
}

interface Listed {
  readonly accounts: readonly WatchedAccount[];
  readonly gaps: readonly Gap[];
}

/** A scope that is refused is a gap; a fault that passes ends the discovery, to be done again. */
async function listScope(arm: Arm, scope: Scope): Promise<Listed> {
  const answer = await listAccounts(arm, scope);
  if (answer.ok) return { accounts: answer.value, gaps: [] };
  if (isPassing(answer.failure)) throw new SurveyFault(answer.failure);
  return { accounts: [], gaps: [{ what: scopeId(scope), why: answer.failure.message }] };
}

export function discoverAccounts(arm: Arm): Promise<Outcome<Discovery>> {
  const { allowedScopes } = arm.settings;
  return surveyed(async () => {
    const listed = await inParallel(allowedScopes, WIDTH, (scope) => listScope(arm, scope));
    const accounts = eachOnce(listed.flatMap((one) => one.accounts));
    const agents = await readAgents(arm, accounts);
    return { accounts, agents, scopes: allowedScopes.length, gaps: listed.flatMap(({ gaps }) => gaps) };
  });
}
