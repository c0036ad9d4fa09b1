/**
 * An audit that asks for the image of each pool with a GET of its own, as Batch Explorer asks for each image version
 * (peers, 5): every pool's list, then every pool's image, twenty at a time; it keeps to the limit on reads and so is never
 * throttled. What it does not do: findings of other kinds, coverage, a ledger.
 */
import { withAzureAlone, type AzureAlone } from './azureAlone';
import { ReadBucket, takeTurn } from './throttle';

const WIDTH = 20;
const ACCOUNTS_GROUP = 'rg-batch';

export interface AuditedByGets {
  readonly tookMs: number;
  readonly calls: number;
  readonly pools: number;
  readonly broken: number;
}

interface Reading {
  readonly alone: AzureAlone;
  readonly bucket: ReadBucket;
}

/** `world`: as it is when the audit begins. */
export async function auditByGets(
  world: unknown,
  accounts: readonly string[],
  latencyMs: number,
): Promise<AuditedByGets> {
  return withAzureAlone({ world, latencyMs }, async (alone) => {
    const reading = { alone, bucket: new ReadBucket() };
    const found = { pools: 0, broken: 0 };
    const tookMs = await alone.timed(async () => {
      const images = (await inParallel(accounts, (account) => imagesOfPools(reading, account))).flat();
      const there = await inParallel(images, (image) => exists(reading, image));
      found.pools = images.length;
      found.broken = there.filter((isThere) => !isThere).length;
    });
    return { tookMs, calls: alone.azure.calls.length, ...found };
  });
}

async function imagesOfPools({ alone, bucket }: Reading, account: string): Promise<readonly string[]> {
  const images: string[] = [];
  for await (const page of alone.batch.poolOperations.listByBatchAccount(ACCOUNTS_GROUP, account).byPage()) {
    await takeTurn(bucket, alone.clock);
    images.push(
      ...page.map((pool) => pool.deploymentConfiguration?.virtualMachineConfiguration?.imageReference.id ?? ''),
    );
  }
  return images;
}

/** …/resourceGroups/GROUP/providers/Microsoft.Compute/galleries/GALLERY/images/DEFINITION[/versions/VERSION] */
const IMAGE = /\/resourceGroups\/([^/]+)\/.*\/galleries\/([^/]+)\/images\/([^/]+)(?:\/versions\/([^/]+))?$/i;

async function exists({ alone, bucket }: Reading, image: string): Promise<boolean> {
  const [, group = '', gallery = '', definition = '', version] = IMAGE.exec(image) ?? [];
  await takeTurn(bucket, alone.clock);
  const read =
    version === undefined
      ? alone.compute.galleryImages.get(group, gallery, definition)
      : alone.compute.galleryImageVersions.get(group, gallery, definition, version);
  return read.then(
    () => true,
    () => false,
  );
}

/** A fixed number at a time, each starting when another one ends; the answers stand in the order of the inputs. */
async function inParallel<I, O>(inputs: readonly I[], work: (input: I) => Promise<O>): Promise<O[]> {
  const outputs = new Map<number, O>();
  const queue = inputs.entries();
  const worker = async (): Promise<void> => {
    for (const [index, input] of queue) outputs.set(index, await work(input));
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return [...outputs].toSorted(([a], [b]) => a - b).map(([, output]) => output);
}
