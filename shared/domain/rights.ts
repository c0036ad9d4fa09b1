/** The rights that a build needs, where, and which role has them; and whether what an identity was granted is enough. */

/** Where the app asks Azure what it may do. */
export type RightScope = 'disk' | 'imageGroup' | 'gallery' | 'account' | 'subscription';

/** Actions of one role assignment, with `*` for any text (role-based-access-control/role-definitions, "Actions"). */
export interface Grant {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** Everything that an identity was granted at one scope, from there or from above. */
export type Grants = readonly Grant[];

function matches(pattern: string, action: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const text = action.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const next = text.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  const last = rest.at(-1) ?? '';
  return text.length - at >= last.length && text.endsWith(last);
}

/** True when one of the grants has the action and does not take it out again; other grants cannot take it away. */
export const allows = (grants: Grants, action: string): boolean =>
  grants.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matches(pattern, action)) && !notActions.some((pattern) => matches(pattern, action)),
  );

/** Where a right must hold: beside the scopes, two places where nothing is asked, because reading proves all that is needed. */
export type RightPlace = RightScope | 'machine' | 'gallerySubscription';

/** When only some builds need a right: the condition, as the end of a sentence. */
export const RIGHT_CONDITIONS = {
  managedImage: 'on route `gallery`',
  newDefinition: 'when there is no such definition yet',
  otherSubscription: "when it is not the Batch account's",
  userSubscription: 'when the Batch account allocates pools in the subscription',
} as const;

export type RightCondition = keyof typeof RIGHT_CONDITIONS;

/** Rights that one part of a build needs, all at one place. */
export interface RightGroup {
  readonly place: RightPlace;
  readonly actions: readonly string[];
  /** What the build does with them. */
  readonly for: string;
  /** A built-in role that has them (role-based-access-control/built-in-roles). */
  readonly role: string;
  /** `reading`: the survey itself needs it, so that its answer is the proof. `grants`: only the identity's grants tell. */
  readonly proof: 'reading' | 'grants';
  /** False where no page of Azure's says that it takes this action: its absence does not refuse a build. */
  readonly confirmed: boolean;
  /** Left out: every build needs it. */
  readonly when?: RightCondition;
}

/** One action of a group. */
export type Right = Omit<RightGroup, 'actions'> & { readonly action: string };

const survey = { proof: 'reading', confirmed: true, role: 'Reader' } as const;
const build = { proof: 'grants', confirmed: true } as const;

const COMPUTE = 'Microsoft.Compute';
const BATCH = 'Microsoft.Batch';
const crud = (type: string, ...verbs: readonly string[]): readonly string[] => verbs.map((verb) => `${type}/${verb}`);

/** Everything that the app needs of Azure Resource Manager, in the order of a build. */
export const RIGHT_GROUPS: readonly RightGroup[] = [
  { ...survey, place: 'machine', actions: [`${COMPUTE}/virtualMachines/read`], for: 'survey: the VM' },
  {
    ...survey,
    place: 'machine',
    actions: [`${COMPUTE}/virtualMachines/instanceView/read`],
    for: 'survey: whether the VM runs, and its extensions',
    confirmed: false,
  },
  { ...survey, place: 'disk', actions: [`${COMPUTE}/disks/read`], for: 'survey: each disk' },
  {
    ...build,
    confirmed: false,
    place: 'disk',
    actions: [`${COMPUTE}/disks/beginGetAccess/action`],
    for: 'copying the disk into a snapshot',
    role: 'Disk Backup Reader',
  },
  {
    ...survey,
    place: 'imageGroup',
    actions: ['Microsoft.Resources/subscriptions/resourceGroups/read'],
    for: 'survey: the resource group',
  },
  {
    ...build,
    place: 'imageGroup',
    actions: crud(`${COMPUTE}/snapshots`, 'read', 'write', 'delete'),
    for: 'snapshots, and their undo',
    role: 'Disk Snapshot Contributor',
  },
  {
    ...build,
    place: 'imageGroup',
    actions: crud(`${COMPUTE}/images`, 'read', 'write', 'delete'),
    for: 'managed image, and its undo',
    role: 'Compute Gallery Artifacts Publisher',
    when: 'managedImage',
  },
  {
    ...survey,
    place: 'gallery',
    actions: [`${COMPUTE}/galleries/read`, `${COMPUTE}/galleries/images/read`],
    for: 'survey: the gallery and its definitions',
  },
  {
    ...build,
    place: 'gallery',
    actions: crud(`${COMPUTE}/galleries/images`, 'write', 'delete'),
    for: 'image definition, and its undo',
    role: 'Compute Gallery Artifacts Publisher',
    when: 'newDefinition',
  },
  {
    ...build,
    place: 'gallery',
    actions: crud(`${COMPUTE}/galleries/images/versions`, 'read', 'write', 'delete'),
    for: 'image version, and its undo',
    role: 'Compute Gallery Artifacts Publisher',
  },
  {
    ...build,
    place: 'gallery',
    actions: [`${COMPUTE}/disks/beginGetAccess/action`],
    for: 'pools on images of the gallery: for Batch, Reader on the image is not enough',
    role: 'Disk Backup Reader',
  },
  {
    ...survey,
    place: 'account',
    actions: [`${BATCH}/batchAccounts/read`, `${BATCH}/batchAccounts/pools/read`],
    for: 'survey: the account and its pools',
  },
  {
    ...build,
    place: 'account',
    actions: crud(`${BATCH}/batchAccounts/pools`, 'write', 'delete'),
    for: 'pool, and its undo',
    role: 'Azure Batch Data Contributor',
  },
  {
    ...survey,
    place: 'subscription',
    actions: [`${BATCH}/batchAccounts/read`, `${BATCH}/batchAccounts/pools/read`],
    for: 'survey: pools of other accounts that take the same image',
  },
  {
    ...survey,
    place: 'subscription',
    actions: [`${BATCH}/locations/virtualMachineSkus/read`],
    for: 'survey: VM sizes',
  },
  {
    ...survey,
    place: 'subscription',
    actions: [`${COMPUTE}/locations/publishers/artifacttypes/offers/skus/versions/read`],
    for: 'survey: purchase plan of the base image',
  },
  {
    ...survey,
    place: 'subscription',
    actions: [`${COMPUTE}/locations/usages/read`],
    for: 'survey: cores in use',
    when: 'userSubscription',
  },
  {
    ...survey,
    place: 'gallerySubscription',
    actions: ['Microsoft.Resources/subscriptions/resources/read'],
    for: 'survey: how many definitions and versions there are',
  },
  {
    ...survey,
    place: 'gallerySubscription',
    actions: ['Microsoft.Resources/subscriptions/providers/read'],
    for: 'survey: whether Microsoft.Batch is registered',
    when: 'otherSubscription',
  },
  {
    ...build,
    confirmed: false,
    place: 'subscription',
    actions: ['capsOperations', 'diskOperations', 'operations'].map((type) => `${COMPUTE}/locations/${type}/read`),
    for: 'reading why a long operation failed',
    role: 'Reader',
  },
];

/** The same, one by one. */
export const RIGHTS: readonly Right[] = RIGHT_GROUPS.flatMap(({ actions, ...rest }) =>
  actions.map((action) => ({ action, ...rest })),
);
