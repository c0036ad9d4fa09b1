/** A build that nothing speaks against: one VM with an OS disk and two data disks, one pool of 16 nodes. Rows state what differs. */
import type { Stage } from '../../shared/domain/buildSteps';
import { draftResources } from '../../shared/domain/draft';
import type {
  BatchAccount,
  CoreQuota,
  ExistingPool,
  SupportedImage,
  SupportedImages,
  VmSize,
} from '../../shared/domain/account';
import type { BuildFacts, BuildPolicy, Fact } from '../../shared/domain/facts';
import type { ImageDefinition } from '../../shared/domain/gallery';
import type { GrowthReport } from '../../shared/domain/growth/growthJob';
import { layOut, type Layout } from '../../shared/domain/layout';
import type { Disk, Machine } from '../../shared/domain/machine';
import { decideBuild, type BuildPlan, type Circumstances } from '../../shared/domain/plan';
import type { Case } from '../../shared/domain/preflight/rule';
import type { BuildRequest, PoolProperties } from '../../shared/domain/request';
import type { PoolSpec, Spec, SpecKind } from '../../shared/domain/resources';
import type { VirtualMachineSource } from '../../shared/domain/source';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const OTHER_SUBSCRIPTION = '22222222-2222-4222-8222-222222222222';
export const STARTED_AT_MS = Date.UTC(2026, 2, 4, 5, 6, 7);
/** Of `STARTED_AT_MS`. */
export const VERSION = '2026.304.18367';

export const id = (group: string, path: string, subscription = SUBSCRIPTION): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${path}`;

export const VM = id('rg-render', 'Microsoft.Compute/virtualMachines/vm-render');
export const GALLERY = id('rg-images', 'Microsoft.Compute/galleries/gal_render');
export const DEFINITION = `${GALLERY}/images/render`;
export const ACCOUNT = id('rg-batch', 'Microsoft.Batch/batchAccounts/batchrender');
export const POOL = `${ACCOUNT}/pools/render-pool`;
export const diskId = (name: string): string => id('rg-render', `Microsoft.Compute/disks/${name}`);

export const there = <T>(value: T): Fact<T> => ({ read: 'found', value });
export const missing = { read: 'missing' } as const;
export const forbidden = {
  read: 'forbidden',
  permission: 'Microsoft.Example/things/read',
  message: 'Azure answered 403 AuthorizationFailed.',
} as const;
/** What a rule says, as a user reads it, when `what` is forbidden. */
export const couldNotCheck = (what: string): string =>
  `Could not be checked: the app may not read the ${what} (it needs ${forbidden.permission}).`;

export const poolProperties = (changes: Partial<PoolProperties> = {}): PoolProperties => ({
  vmSize: 'STANDARD_D4DS_V5',
  deploymentConfiguration: { virtualMachineConfiguration: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } },
  scaleSettings: { fixedScale: { targetDedicatedNodes: 16, targetLowPriorityNodes: 0, resizeTimeout: 'PT30M' } },
  startTask: { commandLine: '/opt/render/mount-data-disks.sh' },
  ...changes,
});

export const fixedScale = (dedicated: number, spot = 0): PoolProperties =>
  poolProperties({
    scaleSettings: { fixedScale: { targetDedicatedNodes: dedicated, targetLowPriorityNodes: spot } },
  });

export const formulaPool = (): PoolProperties =>
  poolProperties({ scaleSettings: { autoScale: { formula: '$TargetDedicatedNodes = 4;' } } });

/** The source of everything given is a VM. */
type RequestChanges = Partial<Omit<BuildRequest, 'source' | 'image' | 'pool'>> & {
  readonly [K in 'image' | 'pool']?: Partial<BuildRequest[K]>;
} & { readonly source?: Partial<VirtualMachineSource> };

export const request = ({ source, image, pool, ...rest }: RequestChanges = {}): BuildRequest => ({
  requestId: 'render-16-nodes',
  ...rest,
  source: { virtualMachineId: VM, generalized: true, ...source },
  image: { resourceGroup: 'rg-images', name: 'render', galleryId: GALLERY, ...image },
  pool: { batchAccountId: ACCOUNT, name: 'render-pool', properties: poolProperties(), ...pool },
});

/** The base image of everything given. */
export const UBUNTU = { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server' } as const;

export const machine = (changes: Partial<Machine> = {}): Machine => ({
  id: VM,
  location: 'westeurope',
  vmSize: 'Standard_D16ds_v5',
  osDisk: { diskId: diskId('os'), osType: 'Linux', ephemeral: false, diskEncryption: false },
  dataDisks: [
    { lun: 0, diskId: diskId('data-a') },
    { lun: 5, diskId: diskId('data-b') },
  ],
  base: { from: 'marketplace', image: { ...UBUNTU, version: '24.04.202610150' } },
  extensions: [],
  powerState: 'deallocated',
  encryptionAtHost: false,
  ...changes,
});

export const disk = (name: string, changes: Partial<Disk> = {}): Disk => ({
  id: diskId(name),
  location: 'westeurope',
  sizeGb: 64,
  sku: 'Premium_LRS',
  hyperVGeneration: 'V2',
  architecture: 'x64',
  diskControllers: ['SCSI'],
  diskEncryption: false,
  encryption: { type: 'EncryptionAtRestWithPlatformKey' },
  ...changes,
});

export const osDisk = (changes: Partial<Disk> = {}): Disk => disk('os', { osType: 'Linux', ...changes });

export const definition = (changes: Partial<ImageDefinition> = {}): ImageDefinition => ({
  id: DEFINITION,
  osType: 'Linux',
  osState: 'Generalized',
  hyperVGeneration: 'V2',
  architecture: 'x64',
  identifier: { publisher: 'batch-image-pools', offer: 'render', sku: 'render' },
  diskControllers: [],
  ...changes,
});

export const account = (changes: Partial<BatchAccount> = {}): BatchAccount => ({
  id: ACCOUNT,
  location: 'westeurope',
  allocationMode: 'BatchService',
  endpoint: 'batchrender.westeurope.batch.azure.com',
  poolQuota: 100,
  ...changes,
});

/** The size of the pool. */
export const vmSize = (changes: Partial<VmSize> = {}): VmSize => ({
  name: 'Standard_D4ds_v5',
  family: 'standardDDSv5Family',
  cores: 4,
  generations: ['V1', 'V2'],
  architecture: 'x64',
  diskControllers: ['SCSI'],
  maxDataDisks: 8,
  tempDiskMb: 153_600,
  trustedLaunch: true,
  ...changes,
});

export const coreQuota = (changes: Partial<CoreQuota> = {}): CoreQuota => ({
  holder: 'account',
  dedicated: { used: 0, limit: 8_000 },
  spot: { used: 0, limit: 4_000 },
  uncounted: [],
  ...changes,
});

export const supportedImage = (changes: Partial<SupportedImage> = {}): SupportedImage => ({
  ...UBUNTU,
  nodeAgentSkuId: 'batch.node.ubuntu 24.04',
  osType: 'Linux',
  verified: true,
  ...changes,
});

export const supportedImages = (...forBase: readonly SupportedImage[]): SupportedImages => ({
  forBase: forBase.length === 0 ? [supportedImage()] : forBase,
  nodeAgents: [
    { skuId: 'batch.node.ubuntu 22.04', osType: 'Linux' },
    { skuId: 'batch.node.ubuntu 24.04', osType: 'Linux' },
    { skuId: 'batch.node.windows amd64', osType: 'Windows' },
  ],
});

export const existingPool = (changes: Partial<ExistingPool> = {}): ExistingPool => ({
  id: POOL,
  imageId: `${DEFINITION}/versions/2025.101.1`,
  metadata: {},
  deleting: false,
  vmSize: 'STANDARD_D4DS_V5',
  nodes: { dedicated: 16, spot: 0 },
  targets: { dedicated: 16, spot: 0 },
  sighting: { state: 'ready' },
  ...changes,
});

/** The defaults of the settings. */
export const policy = (changes: Partial<BuildPolicy> = {}): BuildPolicy => ({
  batchApiVersion: '2025-06-01',
  nodesPerReplica: 300,
  mostUnusablePercent: 20,
  shallowMostNodes: 10,
  managedImageApiVersion: '2019-08-01',
  ...changes,
});

/** The pool of 16 nodes has them all. */
export const growthReport = (changes: Partial<GrowthReport> = {}): GrowthReport => ({
  poolId: POOL,
  target: { dedicated: 16, spot: 0 },
  reached: { dedicated: 16, spot: 0 },
  resizes: 0,
  over: [],
  findings: [],
  ...changes,
});

export const CIRCUMSTANCES: Circumstances = {
  startedAtMs: STARTED_AT_MS,
  namedAtMs: STARTED_AT_MS,
  wasWhole: false,
};

/** Everywhere that a build needs rights beyond reading; of the disks, the OS disk stands for all. */
export const SCOPES = [
  ['subscription', `/subscriptions/${SUBSCRIPTION}`],
  ['imageGroup', `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images`],
  ['gallery', GALLERY],
  ['account', ACCOUNT],
  ['source', diskId('os')],
] as const;

type FactChanges = Partial<Omit<BuildFacts, 'disks'>> & { readonly disks?: readonly Fact<Disk>[] };

/** Facts about the machine's disks stand in the machine's order, the OS disk first. */
export function facts({ disks, ...changes }: FactChanges = {}): BuildFacts {
  const vm = changes.machine ?? there(machine());
  const attached = vm.read === 'found' ? [vm.value.osDisk, ...vm.value.dataDisks] : [];
  const managed = attached.flatMap(({ diskId: one, ...rest }) =>
    one === undefined ? [] : [{ diskId: one, ...('lun' in rest ? { lun: rest.lun } : {}) }],
  );
  const read = (name: string, index: number): Fact<Disk> =>
    disks?.[index] ?? there(disk(name, { id: name, ...(index === 0 ? { osType: 'Linux' } : {}) }));
  return {
    machine: vm,
    disks: managed.map((one, index) => ({ ...one, fact: read(one.diskId, index) })),
    encryptionSets: [],
    marketplaceImage: there({}),
    account: there(account()),
    imageGroup: there({ id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images` }),
    gallery: there({ id: GALLERY, location: 'westeurope' }),
    definition: missing,
    definitions: there([]),
    versions: missing,
    galleryUse: there({ location: 'westeurope', definitions: 3, versions: 40 }),
    pool: missing,
    poolCount: there(3),
    sharing: [{ accountId: ACCOUNT, fact: there([]) }],
    coreQuota: there(coreQuota()),
    vmSizes: there([vmSize(), vmSize({ name: 'Standard_D16ds_v5', cores: 16, maxDataDisks: 32 })]),
    supportedImages: there(supportedImages()),
    rights: SCOPES.map(([scope, at]) => ({ scope, id: at, fact: there([{ actions: ['*'], notActions: [] }]) })),
    policy: policy(),
    ...changes,
  };
}

/** Request and facts as a rule sees them. */
export const aCase = (changes: Partial<Case> = {}): Case => ({
  request: request(),
  facts: facts(),
  nowMs: STARTED_AT_MS,
  version: VERSION,
  ...changes,
});

/** A machine with this many data disks. */
export const machineWithDisks = (count: number): Machine =>
  machine({ dataDisks: Array.from({ length: count }, (_, lun) => ({ lun, diskId: diskId(`data-${lun}`) })) });

export function layout(asked = request(), known = facts()): Layout {
  const laidOut = layOut(asked, known, VERSION);
  if (!laidOut) throw new Error('The given request and facts allow no layout.');
  return laidOut;
}

export function plan(asked = request(), known = facts()): BuildPlan {
  const choice = decideBuild(asked, known, CIRCUMSTANCES);
  if (choice.decision !== 'build') throw new Error(`The given request and facts lead to "${choice.decision}".`);
  return choice.plan;
}

export const stages = (asked = request(), known = facts()): readonly Stage[] =>
  draftResources(asked, known, layout(asked, known), { buildId: 'build-1', startedAtMs: STARTED_AT_MS });

/** The first resource of this kind that a build makes. */
export function spec<K extends SpecKind>(kind: K, asked = request(), known = facts()) {
  const all = stages(asked, known).flatMap(({ resources }) => resources);
  const one = all.find((candidate): candidate is Extract<Spec, { kind: K }> => candidate.kind === kind);
  if (!one) throw new Error(`The given build makes no ${kind}.`);
  return one;
}

export const poolSpec = (changes: Partial<PoolSpec> = {}): PoolSpec => ({ ...spec('pool'), ...changes });
