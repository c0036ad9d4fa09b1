/** The rights that a writer must also have on what the body refers to. */
import { z } from 'zod';
import { parseResourceId } from './resourceId';
import { objectAt } from './schema';

export interface Permission {
  readonly action: string;
  readonly scope: string;
}

interface Reference {
  readonly action: string;
  readonly id: unknown;
}

const GET_ACCESS = 'Microsoft.Compute/disks/beginGetAccess/action';

const images = z.array(z.looseObject({ source: z.unknown().optional() })).catch([]);

/** By the source's type: "RBAC Permissions required to create an ACG Image" of shared-image-galleries.md. */
const SOURCE_ACTIONS: Readonly<Record<string, string>> = {
  'microsoft.compute/disks': 'Microsoft.Compute/disks/write',
  'microsoft.compute/snapshots': 'Microsoft.Compute/snapshots/write',
  'microsoft.compute/images': 'Microsoft.Compute/images/read',
  'microsoft.compute/galleries/images/versions': 'Microsoft.Compute/galleries/images/versions/read',
};

function bySourceType(id: unknown): Reference[] {
  const action = typeof id === 'string' ? SOURCE_ACTIONS[parseResourceId(id)?.type.toLowerCase() ?? ''] : undefined;
  return action === undefined ? [] : [{ action, id }];
}

function versionReferences(body: unknown): Reference[] {
  const profile = objectAt(body, 'properties', 'storageProfile');
  const whole = objectAt(profile, 'source');
  const disks = [profile['osDiskImage'], ...images.parse(profile['dataDiskImages'])].map((disk) =>
    objectAt(disk, 'source'),
  );
  return [
    { action: 'Microsoft.Compute/virtualMachines/write', id: whole['virtualMachineId'] },
    ...bySourceType(whole['id']),
    ...disks.flatMap(({ id }) => bySourceType(id)),
    ...disks.map((disk) => ({
      action: 'Microsoft.Storage/storageAccounts/listKeys/action',
      id: disk['storageAccountId'],
    })),
  ];
}

const REFERENCES: Readonly<Record<string, (body: unknown) => readonly Reference[]>> = {
  // UNCONFIRMED for copies: the documents name it for pools and for managed images (batch-shipyard doc 63).
  'Microsoft.Compute/snapshots': (body) => [
    { action: GET_ACCESS, id: objectAt(body, 'properties', 'creationData')['sourceResourceId'] },
  ],
  'Microsoft.Compute/galleries/images/versions': versionReferences,
  // batch-sig-images.md: reading the image is not enough.
  'Microsoft.Batch/batchAccounts/pools': (body) => {
    const path = ['properties', 'deploymentConfiguration', 'virtualMachineConfiguration', 'imageReference'];
    return [{ action: GET_ACCESS, id: objectAt(body, ...path)['id'] }];
  },
};

/** What does not read as an id is left to the rules of the body. */
export function linkedPermissions(type: string, body: unknown): Permission[] {
  const found: Permission[] = [];
  for (const { action, id } of REFERENCES[type]?.(body) ?? []) {
    if (typeof id === 'string' && parseResourceId(id) !== undefined) found.push({ action, scope: id });
  }
  return found;
}
