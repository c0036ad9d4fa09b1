/** docs/permissions.md: the table from the rights that the app asks Azure for, around it what people wrote. */
import { GUARD_RIGHTS, type GuardRight } from '../shared/domain/guard/guardRights';
import { RIGHT_GROUPS } from '../shared/domain/rights';
import { RIGHT_CONDITIONS, type RightGroup, type RightPlace } from '../shared/domain/rights/rightGroup';

const PLACE: Readonly<Record<RightPlace, string>> = {
  askedScope: 'what the image is made from, `image.resourceGroup`, the gallery, the Batch account and its subscription',
  machine: 'the VM',
  disk: 'the disks of the VM or of the source',
  snapshot: 'the snapshots of the source',
  storageAccount: 'the storage account of the VHDs',
  managedImage: 'the managed image of the source',
  encryptionSet: 'the disk encryption sets',
  imageGroup: '`image.resourceGroup`',
  gallery: 'the gallery',
  account: 'the Batch account',
  subscription: "the Batch account's subscription",
  gallerySubscription: "the gallery's subscription",
};

/** The first action in full; of the others only what differs, when that is the last word. */
function actionsText(actions: readonly string[]): string {
  const stem = (action: string): string => action.slice(0, action.lastIndexOf('/'));
  const [first = '', ...rest] = actions;
  const others = rest.map((action) => (stem(action) === stem(first) ? action.slice(stem(action).length) : action));
  return [first, ...others].map((action) => `\`${action}\``).join(', ');
}

/** What the survey reads there informs rules; what it reads elsewhere is what the build is made of. */
const INFORMS: readonly RightPlace[] = ['askedScope', 'subscription', 'gallerySubscription'];

/** What becomes of a build when the right is missing. */
function missingText({ place, proof, confirmed }: RightGroup): string {
  if (proof === 'reading' && INFORMS.includes(place)) return 'warned: what it informs cannot be checked';
  if (confirmed) return 'refused';
  return proof === 'reading'
    ? 'refused, if Azure asks for it: not confirmed'
    : 'warned: not confirmed that Azure asks for it';
}

function row(group: RightGroup): string {
  const purpose = group.when === undefined ? group.for : `${group.for}; ${RIGHT_CONDITIONS[group.when]}`;
  return `| ${[PLACE[group.place], actionsText(group.actions), purpose, group.role, missingText(group)].join(' | ')} |`;
}

const guardRow = ({ actions, for: purpose, missing }: GuardRight): string =>
  `| ${[actionsText(actions), purpose, missing].join(' | ')} |`;

const INTRODUCTION = `# Rights of the app's identity

The app uses identities only; no key or connection string is needed in Azure.

## To build

Before a build begins, the app asks Azure what its identity may do; the first right of the table lets it ask. A right that is
missing is named together with a role that has it, before anything is made.
`;

const GUARD = `## To guard

At every subscription or resource group of \`ALLOWED_SCOPES\`; Reader has them all, and an identity that only guards needs
nothing else there. What may not be read makes an audit partial, and never a finding.
`;

const ELSEWHERE = `## Elsewhere

Beside Azure Resource Manager:

| on | role | for |
| --- | --- | --- |
| the Batch account's own endpoint | Azure Batch Account Reader | the images that Batch supports; the nodes of pools by their states |
| queues \`image-build-requests\`, \`resource-events\` | Azure Service Bus Data Receiver | the triggers; a look at their dead letters |
| queue \`image-pool-events\` | Azure Service Bus Data Sender | results and findings |
| the app's own storage account | Storage Blob Data Owner, Storage Queue Data Contributor, Storage Table Data Contributor | the Functions host, Durable Functions, and the guard's ledger and reports |
| Azure Resource Graph | none of its own that is documented; it shows what the identity may read | the list of images |

Route \`direct\` makes the version from the snapshots, for which Azure asks for contributor rights on them
(\`Microsoft.Compute/snapshots/write\`, above). \`Microsoft.Compute/disks/beginGetAccess/action\` is documented for pools on
images and probable, but not confirmed, for copying; so are the reads of operations.

Sources: [Batch role-based access control](https://learn.microsoft.com/azure/batch/batch-role-based-access-control),
[Use the Azure Compute Gallery to create a custom image pool](https://learn.microsoft.com/azure/batch/batch-sig-images),
[Shared image galleries, RBAC permissions](https://learn.microsoft.com/azure/virtual-machines/shared-image-galleries),
[Azure built-in roles for Compute](https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/compute).

**Who may ask.** Whoever may send to \`image-build-requests\` can have the app read and copy any VM in \`ALLOWED_SCOPES\`.
Keep that list, and the queue's senders, as short as the job allows.
`;

/** The whole page, as Markdown. */
export function permissionsPage(): string {
  const table = [
    '| on | action | for | a role that has it | when it is missing |',
    '| --- | --- | --- | --- | --- |',
    ...RIGHT_GROUPS.map(row),
  ];
  const guard = ['| action | for | when it is missing |', '| --- | --- | --- |', ...GUARD_RIGHTS.map(guardRow)];
  return [INTRODUCTION, table.join('\n'), '', GUARD, guard.join('\n'), '', ELSEWHERE].join('\n');
}
