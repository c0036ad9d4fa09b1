/** The Marketplace images that Batch supports, with their node agents, as its data plane lists them. */

type VerificationType = 'verified' | 'unverified';

export interface SupportedImage {
  readonly nodeAgentSKUId: string;
  readonly imageReference: {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
    readonly version: 'latest';
  };
  readonly osType: 'linux' | 'windows';
  readonly capabilities?: readonly string[];
  /** ISO 8601. */
  readonly batchSupportEndOfLife?: string;
  readonly verificationType: VerificationType;
}

interface More {
  readonly capabilities?: readonly string[];
  readonly ends?: string;
  readonly verificationType?: VerificationType;
}

function entry(agent: string, urn: string, { capabilities, ends, verificationType = 'verified' }: More = {}) {
  const [publisher = '', offer = '', sku = ''] = urn.split(':');
  const found: SupportedImage = {
    nodeAgentSKUId: `batch.node.${agent}`,
    imageReference: { publisher, offer, sku, version: 'latest' },
    osType: agent.startsWith('windows') ? 'windows' : 'linux',
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(ends === undefined ? {} : { batchSupportEndOfLife: ends }),
    verificationType,
  };
  return found;
}

const NOBLE = 'ubuntu 24.04';
const JAMMY = 'ubuntu 22.04';
const EL8 = 'el 8';
const EL9 = 'el 9';
const WINDOWS = 'windows amd64';

const UBUNTU_24 = 'canonical:ubuntu-24_04-lts';
const UBUNTU_22 = 'canonical:0001-com-ubuntu-server-jammy';
const ALMA = 'almalinux:almalinux-x86_64';
const SERVER = 'microsoftwindowsserver:windowsserver';

const DOCKER = ['DockerCompatible'];
const HPC = ['DockerCompatible', 'NvidiaTeslaDriverInstalled', 'NvidiaGridDriverInstalled', 'IntelMPIRuntimeInstalled'];

/** Azure/Batch#200. */
const JAMMY_ENDS = '2027-06-30T00:00:00Z';
/** Azure/Batch#197. */
const SERVER_2016_ENDS = '2027-01-12T00:00:00Z';
/** Made up: an end that is near, and one that has passed. */
const ENDS_SOON = '2026-12-31T00:00:00Z';
const ENDED = '2026-06-30T00:00:00Z';

/** Agents as in Azure/Batch#181 and #200. UNCONFIRMED: the agent of Azure Linux 3, and that there is no Arm64 entry. */
export const SUPPORTED_IMAGES: readonly SupportedImage[] = [
  entry(NOBLE, `${UBUNTU_24}:server`, { capabilities: DOCKER }),
  entry(NOBLE, `${UBUNTU_24}:server-gen1`, { capabilities: DOCKER }),
  entry(NOBLE, 'microsoft-dsvm:ubuntu-hpc:2404', { capabilities: HPC }),
  entry(JAMMY, `${UBUNTU_22}:22_04-lts`, { ends: JAMMY_ENDS }),
  entry(JAMMY, `${UBUNTU_22}:22_04-lts-gen2`, { ends: JAMMY_ENDS }),
  entry(JAMMY, 'microsoft-dsvm:ubuntu-hpc:2204', { capabilities: HPC, ends: JAMMY_ENDS }),
  entry('ubuntu 20.04', 'canonical:0001-com-ubuntu-server-focal:20_04-lts-gen2', { ends: ENDED }),
  entry(EL8, `${ALMA}:8-gen1`),
  entry(EL8, `${ALMA}:8-gen2`, { ends: ENDS_SOON }),
  entry(EL9, `${ALMA}:9-gen1`),
  entry(EL9, `${ALMA}:9-gen2`),
  entry('azurelinux 3', 'microsoftcblmariner:azure-linux-3:azure-linux-3-gen2', { capabilities: DOCKER }),
  entry(WINDOWS, `${SERVER}:2016-datacenter`, { ends: SERVER_2016_ENDS }),
  entry(WINDOWS, `${SERVER}:2016-datacenter-gensecond`, { ends: SERVER_2016_ENDS }),
  entry(WINDOWS, `${SERVER}:2019-datacenter`),
  entry(WINDOWS, `${SERVER}:2019-datacenter-gensecond`),
  entry(WINDOWS, `${SERVER}:2022-datacenter`),
  entry(WINDOWS, `${SERVER}:2022-datacenter-g2`),
  entry(WINDOWS, `${SERVER}:2022-datacenter-azure-edition`),
  entry(WINDOWS, 'microsoftwindowsdesktop:windows-11:win11-24h2-pro', { verificationType: 'unverified' }),
  entry(EL9, 'rockylinux:rockylinux-x86_64:9-base', { verificationType: 'unverified' }),
];
