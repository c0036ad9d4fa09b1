/** docs/permissions.md: the table from the rights that the app asks Azure for, around it what people wrote. */
import { RIGHT_CONDITIONS, RIGHT_GROUPS, type RightGroup, type RightPlace } from '../shared/domain/rights';

const PLACE: Readonly<Record<RightPlace, string>> = {
  machine: 'the VM',
  disk: "the VM's disks",
  imageGroup: '`image.resourceGroup`',
  gallery: 'the gallery',
  account: 'the Batch account',
  subscription: 'the subscription',
  gallerySubscription: "the gallery's subscription",
};

/** The first action in full; of the others only what differs, when that is the last word. */
function actionsText(actions: readonly string[]): string {
  const stem = (action: string): string => action.slice(0, action.lastIndexOf('/'));
  const [first = '', ...rest] = actions;
  const others = rest.map((action) => (stem(action) === stem(first) ? action.slice(stem(action).length) : action));
  return [first, ...others].map((action) => `\`${action}\``).join(', ');
}

/** What the survey reads in a subscription informs rules; what it reads elsewhere is what the build is made of. */
const INFORMS: readonly RightPlace[] = ['subscription', 'gallerySubscription'];

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

const INTRODUCTION = `# Rights of the app's identity

The app uses identities only; no key or connection string is needed in Azure.

Before a build begins, the app asks Azure what its identity may do at each disk, at \`image.resourceGroup\`, at the gallery,
at the Batch account and at the subscription. \`Microsoft.Authorization/permissions/read\` lets it ask, and each role of this
table has that. A right that is missing is named together with a role that has it, before anything is made.
`;

const ELSEWHERE = `Beside Azure Resource Manager:

| on | role | for |
| --- | --- | --- |
| the Batch account's own endpoint | Azure Batch Data Contributor | survey: the images that Batch supports |
| queue \`image-build-requests\` | Azure Service Bus Data Receiver | the trigger |
| queue \`image-pool-events\` | Azure Service Bus Data Sender | result events |
| the app's own storage account | Storage Blob Data Owner, Storage Queue Data Contributor, Storage Table Data Contributor | the Functions host and Durable Functions |

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
  return `${INTRODUCTION}\n${table.join('\n')}\n\n${ELSEWHERE}`;
}
