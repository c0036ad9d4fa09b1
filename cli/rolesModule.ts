/** infra/rights/roles.bicep: custom roles with exactly the actions that the app's own tables of rights name. */
import { GUARD_RIGHTS } from '../shared/domain/guard/guardRights';
import { RIGHT_GROUPS } from '../shared/domain/rights';
import { RIGHT_CONDITIONS, type RightGroup, type RightPlace } from '../shared/domain/rights/rightGroup';

interface Use {
  readonly actions: readonly string[];
  readonly for: string;
}

export interface Role {
  /** Of the resource, and of the output. */
  readonly symbol: string;
  readonly name: string;
  readonly description: string;
  readonly uses: readonly Use[];
}

/** Asked of a subscription as a whole, which no grant on a resource group answers. */
const OF_SUBSCRIPTIONS: readonly RightPlace[] = ['subscription', 'gallerySubscription'];

const useOf = ({ actions, for: purpose, when }: RightGroup): Use => ({
  actions,
  for: when === undefined ? purpose : `${purpose}; ${RIGHT_CONDITIONS[when]}`,
});

/** What changes a source itself, or reads the keys of its storage account; most builds copy disks, and need none of it. */
const capturesSource = ({ place, proof }: RightGroup): boolean =>
  proof === 'grants' && (place === 'machine' || place === 'storageAccount');

const isOfSubscription = ({ place }: RightGroup): boolean => OF_SUBSCRIPTIONS.includes(place);

const buildUses = (belongs: (group: RightGroup) => boolean): readonly Use[] => RIGHT_GROUPS.filter(belongs).map(useOf);

/** By duty; none for protecting images, because the app sets no locks. */
export const ROLES: readonly Role[] = [
  {
    symbol: 'audit',
    name: 'Batch Image Pools Auditor',
    description: 'Reads pools, images and what images were made from. Changes nothing.',
    uses: GUARD_RIGHTS,
  },
  {
    symbol: 'build',
    name: 'Batch Image Pools Builder',
    description:
      'Copies the disks of VMs, makes images of them and pools on these, and takes back what a failed build made.',
    uses: buildUses((group) => !isOfSubscription(group) && !capturesSource(group)),
  },
  {
    symbol: 'capture',
    name: 'Batch Image Pools Capturer',
    description:
      'Beside what the builder may: generalizes VMs, and makes image versions of VMs and of VHDs themselves, for which Azure wants the keys of their storage account.',
    uses: buildUses(capturesSource),
  },
  {
    symbol: 'survey',
    name: 'Batch Image Pools Surveyor',
    description:
      'Reads what builds are checked against in a whole subscription: VM sizes, quotas, plans. Changes nothing.',
    // What the app asks at the resources of a build, it asks of the subscription, too.
    uses: buildUses((group) => isOfSubscription(group) || group.place === 'askedScope'),
  },
];

/** Each action once, with everything that it is for, in the order of the table. */
export function actionsOf({ uses }: Role): ReadonlyMap<string, readonly string[]> {
  const purposes = new Map<string, readonly string[]>();
  for (const { actions, for: purpose } of uses)
    for (const action of actions) purposes.set(action, [...(purposes.get(action) ?? []), purpose]);
  return purposes;
}

const HEAD = `// Custom roles with exactly the actions that the app uses, by duty.
// Written by \`npm run docs\` from shared/domain/rights/ and shared/domain/guard/guardRights.ts. Do not edit it here.
targetScope = 'subscription'

@description('Makes the names unique, which they must be in a whole tenant.')
param token string

@description('Subscriptions in which the roles may be given.')
param assignableScopes string[]
`;

function roleText(role: Role): string {
  const actions = [...actionsOf(role)].flatMap(([action, purposes]) => [
    `          // ${purposes.join(' | ')}`,
    `          '${action}'`,
  ]);
  return `resource ${role.symbol} 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, '${role.symbol}')
  properties: {
    roleName: '${role.name} (\${token})'
    description: '${role.description}'
    type: 'CustomRole'
    assignableScopes: assignableScopes
    permissions: [
      {
        actions: [
${actions.join('\n')}
        ]
      }
    ]
  }
}
`;
}

/** The whole module, as Bicep. */
export function rolesModule(): string {
  const outputs = ROLES.map(({ symbol }) => `output ${symbol}Role string = ${symbol}.name\n`);
  return [HEAD, ...ROLES.map(roleText), outputs.join('')].join('\n');
}
