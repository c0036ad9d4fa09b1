/** What of a pool's body an API version does not have, and which versions there are. */
import { invalidBatchProperty, notSupported } from './armError';
import { BATCH_API_VERSIONS } from './batchAccounts';
import { objectAt } from './schema';

/** The last one that takes managed images (the article; its types are in Azure/bicep-types-az, microsoft.batch/2019-08-01). */
export const LAST_WITH_MANAGED_IMAGES = '2019-08-01';

export const POOL_API_VERSIONS = [LAST_WITH_MANAGED_IMAGES, ...BATCH_API_VERSIONS];

type Path = readonly string[];

const PROPERTIES: Path = ['properties'];
const CONFIGURATION: Path = [...PROPERTIES, 'deploymentConfiguration', 'virtualMachineConfiguration'];
const NETWORK: Path = [...PROPERTIES, 'networkConfiguration'];
const IMAGE: Path = [...CONFIGURATION, 'imageReference'];

/** What a pool of an older API version does not have, by the version that brought it. */
const SINCE: readonly (readonly [version: string, path: Path])[] = [
  ['2024-07-01', ['tags']],
  ['2024-07-01', [...PROPERTIES, 'upgradePolicy']],
  ['2024-07-01', [...IMAGE, 'sharedGalleryImageId']],
  ['2024-07-01', [...IMAGE, 'communityGalleryImageId']],
  ['2024-07-01', [...CONFIGURATION, 'securityProfile', 'proxyAgentSettings']],
  ['2025-06-01', [...CONFIGURATION, 'diskEncryptionConfiguration', 'customerManagedKey']],
];

const under = (parent: Path, ...names: string[]): Path[] => names.map((name) => [...parent, name]);

/** What 2023-11-01 has and 2019-08-01 has not (Azure/bicep-types-az, types.md of both). */
const NOT_IN_2019: readonly Path[] = [
  ['identity'],
  ...under(PROPERTIES, 'taskSlotsPerNode', 'targetNodeCommunicationMode', 'resourceTags'),
  ...under(CONFIGURATION, 'diskEncryptionConfiguration', 'nodePlacementConfiguration', 'extensions', 'osDisk'),
  ...under(CONFIGURATION, 'securityProfile', 'serviceArtifactReference'),
  ...under(NETWORK, 'dynamicVnetAssignmentScope', 'publicIPAddressConfiguration', 'enableAcceleratedNetworking'),
];

/** What 2019-08-01 has and later ones have not, and this simulator does not know. */
const ONLY_IN_2019: readonly Path[] = [
  ...under(PROPERTIES, 'maxTasksPerNode'),
  ...under([...PROPERTIES, 'deploymentConfiguration'], 'cloudServiceConfiguration'),
  ...under(NETWORK, 'publicIPs'),
];

const has = (sent: unknown, path: Path): boolean =>
  objectAt(sent, ...path.slice(0, -1))[path.at(-1) ?? ''] !== undefined;

/** Refuses what was sent and is not of the version. */
export function refuseOtherVersions(sent: unknown, apiVersion: string): void {
  for (const [since, path] of SINCE) {
    if (apiVersion >= since || !has(sent, path)) continue;
    throw invalidBatchProperty(
      path.join('.'),
      `The property is not part of API version ${apiVersion}; it came with ${since}.`,
    );
  }
  if (apiVersion > LAST_WITH_MANAGED_IMAGES) return;
  const newer = NOT_IN_2019.find((path) => has(sent, path));
  if (newer !== undefined) {
    throw invalidBatchProperty(newer.join('.'), `The property is not part of API version ${apiVersion}.`);
  }
  const older = ONLY_IN_2019.find((path) => has(sent, path));
  if (older !== undefined) throw notSupported(`${older.join('.')} of pools`);
}
