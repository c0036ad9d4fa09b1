/** Reads what Batch offers: VM sizes in a region, and the images and node agents that it supports. */
import * as z from 'zod';
import type { BatchAccount, SupportedImage, VmSize } from '../domain/account';
import type { Fact } from '../domain/facts';
import type { HyperVGeneration } from '../domain/machine';
import type { Outcome } from '../domain/outcome';
import { callArm, readBatch, readPages } from './armCall';
import type { Arm } from './clients';
import { factFrom, optionalFactFrom } from './readFact';

const listed = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

const generations = (text: string): readonly HyperVGeneration[] =>
  listed(text).flatMap((part) => (part === 'V1' || part === 'V2' ? [part] : []));

const vmSize = z
  .object({
    name: z.string(),
    familyName: z.string().default(''),
    // Not in the models of arm-batch 9.1.0; the API has it since 2024-07-01.
    batchSupportEndOfLife: z.string().optional(),
    capabilities: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  })
  .transform(({ name, familyName, batchSupportEndOfLife, capabilities }): VmSize => {
    const values = new Map(capabilities.map((one) => [one.name.toLowerCase(), one.value]));
    // Batch formats and mounts NVMe temp disks, too (batch/batch-nvme-temp).
    const nvmeMb = Number(values.get('nvmedisksizeinmib') ?? 0);
    const told = <K extends string, V>(key: K, capability: string, read: (value: string) => V) => {
      const value = values.get(capability.toLowerCase());
      const entry: Partial<Record<K, V>> = {};
      if (value !== undefined) entry[key] = read(value);
      return entry;
    };
    return {
      name,
      family: familyName,
      ...told('cores', 'vCPUs', Number),
      ...told('generations', 'HyperVGenerations', generations),
      ...told('architecture', 'CpuArchitectureType', (value) => (value === 'Arm64' ? 'Arm64' : 'x64')),
      ...told('diskControllers', 'DiskControllerTypes', listed),
      ...told('maxDataDisks', 'MaxDataDiskCount', Number),
      ...told('tempDiskMb', 'MaxResourceVolumeMB', (mb) => Number(mb) + nvmeMb),
      // The capability names only the sizes that cannot (virtual-machines/trusted-launch).
      trustedLaunch: values.get('trustedlaunchdisabled')?.toLowerCase() !== 'true',
      ...told('confidential', 'ConfidentialComputingType', String),
      ...(batchSupportEndOfLife === undefined ? {} : { supportEndsOn: batchSupportEndOfLife }),
    };
  });

const sizePage = z
  .object({ value: z.array(vmSize), nextLink: z.string().optional() })
  .transform(({ value, nextLink }) => ({ items: value, next: nextLink }));

/** Every VM size that Batch offers in a region. */
export async function readVmSizes(arm: Arm, subscriptionId: string, region: string): Promise<Fact<readonly VmSize[]>> {
  const place = `/subscriptions/${subscriptionId}/providers/Microsoft.Batch/locations/${region}`;
  const first = `${place}/virtualMachineSkus?api-version=${arm.settings.batchApiVersion}`;
  const doing = `list the VM sizes that Batch offers in ${region}`;
  const answer = await readPages(first, sizePage, (url) => callArm(arm, doing, { method: 'GET', url }));
  return optionalFactFrom(answer, 'Microsoft.Batch/locations/virtualMachineSkus/read');
}

const supportedImage = z
  .object({
    nodeAgentSKUId: z.string(),
    imageReference: z.object({ publisher: z.string(), offer: z.string(), sku: z.string() }),
    osType: z.string(),
    batchSupportEndOfLife: z.string().optional(),
    verificationType: z.string(),
  })
  .transform(({ nodeAgentSKUId, imageReference, osType, batchSupportEndOfLife, verificationType }): SupportedImage => ({
    publisher: imageReference.publisher,
    offer: imageReference.offer,
    sku: imageReference.sku,
    nodeAgentSkuId: nodeAgentSKUId,
    osType: osType.toLowerCase() === 'windows' ? 'Windows' : 'Linux',
    verified: verificationType.toLowerCase() === 'verified',
    ...(batchSupportEndOfLife === undefined ? {} : { supportEndsOn: batchSupportEndOfLife }),
  }));

const imagePage = z
  .object({ value: z.array(supportedImage), 'odata.nextLink': z.string().optional() })
  .transform(({ value, 'odata.nextLink': next }) => ({ items: value, next }));

/** Only the data plane lists images, and takes pages of 1,000 at most (rest/api/batchservice/account/list-supported-images). */
const IMAGES_PATH = '/supportedimages?maxresults=1000';

/**
 * Every image that Batch supports. The data plane may be closed to the app (a firewall, a private endpoint) while Azure
 * Resource Manager is not: unless the build depends on the answer, `isNeeded`, silence makes the fact unknown.
 */
export async function readSupportedImages(
  arm: Arm,
  { endpoint, id }: Pick<BatchAccount, 'endpoint' | 'id'>,
  isNeeded: boolean,
): Promise<Fact<readonly SupportedImage[]>> {
  if (endpoint === undefined) return { read: 'failed', message: `${id} has no endpoint` };
  const doing = `list the images that Batch supports at ${endpoint}`;
  const pageAt = (url: string) => readBatch(arm, doing, { endpoint, path: url });
  const answer: Outcome<readonly SupportedImage[]> = await readPages(IMAGES_PATH, imagePage, pageAt);
  const permission = 'Microsoft.Batch/batchAccounts/read, on the data plane of the account as well';
  if (!answer.ok && answer.failure.kind === 'unavailable' && !isNeeded) {
    return { read: 'failed', message: answer.failure.message };
  }
  return isNeeded ? factFrom(answer, permission) : optionalFactFrom(answer, permission);
}
