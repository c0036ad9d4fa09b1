/** Surveys disks, snapshots and VHDs that a request names one by one. */
import * as z from 'zod';
import { found, type Fact, type SourceDisk } from '../domain/facts';
import type { Disk } from '../domain/machine';
import { succeed } from '../domain/outcome';
import type { DisksSource, NumberedId, SnapshotsSource, VhdSource } from '../domain/source';
import { callArm } from './armCall';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { marketplaceOf, readDisk } from './machineSurvey';
import { snapshotFrom } from './models';
import { allOf, factFrom, mapFact, readFact } from './readFact';
import { readGrants, readGrantsOn } from './rightsSurvey';
import type { SourceSurvey } from './sourceFacts';

const readSnapshot = (arm: Arm, id: string): Promise<Fact<Disk>> =>
  readFact({ doing: `read snapshot ${id}`, permission: 'Microsoft.Compute/snapshots/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return snapshotFrom(id, await compute.snapshots.get(group, name));
  });

interface Kind {
  readonly place: 'disk' | 'snapshot';
  readonly read: (arm: Arm, id: string) => Promise<Fact<Disk>>;
}

async function surveyEach(
  arm: Arm,
  { place, read }: Kind,
  osId: string,
  data: readonly NumberedId[] = [],
): Promise<SourceSurvey> {
  const named = [{ id: osId }, ...data];
  const [disks, rights] = await allOf([
    allOf(
      named.map(async ({ id, ...lun }): Promise<SourceDisk> => ({ diskId: id, ...lun, fact: await read(arm, id) })),
    ),
    readGrantsOn(
      arm,
      place,
      named.map(({ id }) => id),
    ),
  ]);
  const os = found(disks[0]?.fact);
  const marketplaceImage = os && (await marketplaceOf(arm, { id: osId, location: os.location }, os.base));
  return { facts: { disks, ...(marketplaceImage === undefined ? {} : { marketplaceImage }) }, rights };
}

export const surveySnapshots = (arm: Arm, { osSnapshotId, dataSnapshots }: SnapshotsSource): Promise<SourceSurvey> =>
  surveyEach(arm, { place: 'snapshot', read: readSnapshot }, osSnapshotId, dataSnapshots);

export const surveyDisks = (arm: Arm, { osDiskId, dataDisks }: DisksSource): Promise<SourceSurvey> =>
  surveyEach(arm, { place: 'disk', read: readDisk }, osDiskId, dataDisks);

/** API version of Microsoft.Storage. */
const STORAGE_API_VERSION = '2023-05-01';

const accountBody = z.object({ location: z.string() });

async function readStorageAccount(arm: Arm, id: string): Promise<Fact<{ readonly location: string }>> {
  const url = `${id}?api-version=${STORAGE_API_VERSION}`;
  const answer = await callArm(arm, `read storage account ${id}`, { method: 'GET', url });
  const account = answer.ok ? succeed(accountBody.parse(answer.value.body)) : answer;
  return factFrom(account, 'Microsoft.Storage/storageAccounts/read');
}

/** Azure Resource Manager says nothing of a blob: what is known of a VHD is what the request says. */
export async function surveyVhds(arm: Arm, source: VhdSource): Promise<SourceSurvey> {
  const { storageAccountId, vhdUri, dataVhds = [], osType, hyperVGeneration, architecture = 'x64' } = source;
  const [storageAccount, grants] = await allOf([
    readStorageAccount(arm, storageAccountId),
    readGrants(arm, 'source', storageAccountId),
  ]);
  const traits = { hyperVGeneration, architecture, diskControllers: [], diskEncryption: false };
  const disk = (id: string, more: Partial<Disk>): Fact<Disk> =>
    storageAccount.read === 'found'
      ? mapFact(storageAccount, ({ location }): Disk => ({ id, location, ...traits, ...more }))
      : { read: 'unasked', because: 'the storage account' };
  const disks: readonly SourceDisk[] = [
    { diskId: vhdUri, fact: disk(vhdUri, { osType }) },
    ...dataVhds.map(({ lun, uri }) => ({ diskId: uri, lun, fact: disk(uri, {}) })),
  ];
  return { facts: { disks, storageAccount }, rights: [grants] };
}
