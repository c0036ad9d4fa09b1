/** The survey of a request on the local Azure, and what its resources are called there. */
import { readBuildFacts } from '../../../shared/azure/buildFacts';
import type { BuildFacts } from '../../../shared/domain/facts';
import type { BuildRequest } from '../../../shared/domain/request';
import { accountId, idOf, SUBSCRIPTION } from '../../local/arm/localAzure';
import { valueOf, type Cloud } from './cloud';

export const vmId = (name: string): string => idOf('rg-render', `Microsoft.Compute/virtualMachines/${name}`);
export const GALLERY = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render');
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images`;
export const POOL = `${accountId('batchrender')}/pools/render-pool`;

/** A request with its node agent left out says so by `null`. */
export const request = (vm = 'vm-render-base', changes: Partial<BuildRequest> = {}): BuildRequest => ({
  source: { virtualMachineId: vmId(vm), generalized: true },
  image: { resourceGroup: 'rg-images', name: 'render', galleryId: GALLERY },
  pool: {
    batchAccountId: accountId('batchrender'),
    name: 'render-pool',
    properties: {
      vmSize: 'STANDARD_D4DS_V5',
      deploymentConfiguration: { virtualMachineConfiguration: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } },
    },
  },
  ...changes,
});

export const surveyOf = async (cloud: Cloud, asked = request()): Promise<BuildFacts> =>
  valueOf(await readBuildFacts(cloud.arm, asked));
