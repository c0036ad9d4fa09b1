/**
 * An audit by one page of Resource Graph over one subscription, as Cloud Custodian reads its resources (peers, 8), granted
 * image versions and pools, which it does not know. What is not on the page looks as if it were gone.
 */
import * as z from 'zod';
import { ask, withAzureAlone, type AzureAlone } from './azureAlone';
import { SUBSCRIPTION } from '../scene';

const ARM = 'https://management.azure.com';
const GRAPH = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
const QUERY = "resources | where type =~ 'microsoft.compute/galleries/images/versions' | project id";
const LARGEST_PAGE = 1_000;
const ACCOUNTS_GROUP = 'rg-batch';

export interface AuditedByOnePage {
  readonly calls: number;
  /** Pools on images that are on the page: the only ones of which it can say that all is well. */
  readonly judged: number;
  /** Pools whose image is there, and not on the page. */
  readonly falseAlarms: number;
  readonly pools: number;
}

const page = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

export async function auditByOnePage(world: unknown, accounts: readonly string[]): Promise<AuditedByOnePage> {
  return withAzureAlone({ world }, async (alone) => {
    const body = {
      subscriptions: [SUBSCRIPTION],
      query: QUERY,
      options: { $top: LARGEST_PAGE, resultFormat: 'objectArray' },
    };
    const { data } = page.parse(await ask(`${alone.origin}${GRAPH}`, ARM, { method: 'POST', body }));
    const known = new Set(data.map(({ id }) => id.toLowerCase()));
    const images = await imagesOfPools(alone, accounts);
    const unseen = images.filter((image) => !known.has(image));
    return {
      calls: alone.azure.calls.length,
      pools: images.length,
      judged: images.length - unseen.length,
      falseAlarms: unseen.filter((image) => alone.azure.find(image) !== undefined).length,
    };
  });
}

async function imagesOfPools({ batch }: AzureAlone, accounts: readonly string[]): Promise<readonly string[]> {
  const images: string[] = [];
  for (const account of accounts) {
    for await (const pool of batch.poolOperations.listByBatchAccount(ACCOUNTS_GROUP, account)) {
      const image = pool.deploymentConfiguration?.virtualMachineConfiguration?.imageReference.id ?? '';
      if (image.includes('/versions/')) images.push(image.toLowerCase());
    }
  }
  return images;
}
