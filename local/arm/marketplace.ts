/** The part of the Marketplace that the worlds' machines come from: images by publisher, offer and sku. */

interface Plan {
  readonly name: string;
  readonly publisher: string;
  readonly product: string;
}

export interface MarketplaceImage {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly os: 'Linux' | 'Windows';
  readonly generation: 'V1' | 'V2';
  readonly architecture: 'x64' | 'Arm64';
  /** What the image can be started as beyond a plain VM; Generation 2 of today can all be Trusted Launch. */
  readonly securityType?: string;
  readonly plan?: Plan;
}

type Traits = Partial<Omit<MarketplaceImage, 'publisher' | 'offer' | 'sku'>>;

/** Generation 2, x64 and Linux unless it says otherwise. */
const image = (publisher: string, offer: string, sku: string, traits: Traits = {}): MarketplaceImage => {
  const { generation = 'V2', architecture = 'x64' } = traits;
  const trusted = generation === 'V2' && architecture === 'x64' ? { securityType: 'TrustedLaunchSupported' } : {};
  return { publisher, offer, sku, os: 'Linux', generation, architecture, ...trusted, ...traits };
};

const GEN1 = { generation: 'V1' } as const;
const ARM64 = { architecture: 'Arm64' } as const;
const WINDOWS = { os: 'Windows' } as const;

const NOBLE = 'ubuntu-24_04-lts';
const JAMMY = '0001-com-ubuntu-server-jammy';
const FOCAL = '0001-com-ubuntu-server-focal';
const ALMA = 'almalinux-x86_64';

const server = (sku: string, traits: Traits = {}): MarketplaceImage =>
  image('MicrosoftWindowsServer', 'WindowsServer', sku, { ...WINDOWS, ...traits });

/** Third-party images carry a plan that must be accepted; `acme-soft` is made up. */
const thirdParty = (offer: string, sku: string): MarketplaceImage =>
  image('acme-soft', offer, sku, { plan: { name: sku, publisher: 'acme-soft', product: offer } });

/** Publishers, offers and SKUs as `az vm image list` shows them, except for acme-soft's. */
const IMAGES: readonly MarketplaceImage[] = [
  image('canonical', NOBLE, 'server'),
  image('canonical', NOBLE, 'server-gen1', GEN1),
  image('canonical', NOBLE, 'server-arm64', ARM64),
  image('canonical', NOBLE, 'minimal'),
  image('canonical', NOBLE, 'cvm', { securityType: 'ConfidentialVmSupported' }),
  image('canonical', JAMMY, '22_04-lts', GEN1),
  image('canonical', JAMMY, '22_04-lts-gen2'),
  image('canonical', FOCAL, '20_04-lts', GEN1),
  image('canonical', FOCAL, '20_04-lts-gen2'),
  server('2016-datacenter', GEN1),
  server('2016-datacenter-gensecond'),
  server('2019-datacenter', GEN1),
  server('2019-datacenter-gensecond'),
  server('2022-datacenter', GEN1),
  server('2022-datacenter-g2'),
  server('2022-datacenter-azure-edition'),
  server('2025-datacenter-g2'),
  image('MicrosoftWindowsDesktop', 'windows-11', 'win11-24h2-pro', WINDOWS),
  image('almalinux', ALMA, '8-gen1', GEN1),
  image('almalinux', ALMA, '8-gen2'),
  image('almalinux', ALMA, '9-gen1', GEN1),
  image('almalinux', ALMA, '9-gen2'),
  image('microsoftcblmariner', 'azure-linux-3', 'azure-linux-3', GEN1),
  image('microsoftcblmariner', 'azure-linux-3', 'azure-linux-3-gen2'),
  image('microsoft-dsvm', 'ubuntu-hpc', '2204'),
  image('microsoft-dsvm', 'ubuntu-hpc', '2404'),
  image('rockylinux', 'rockylinux-x86_64', '9-base'),
  image('debian', 'debian-12', '12', GEN1),
  image('debian', 'debian-12', '12-gen2'),
  thirdParty('render-suite', 'pro'),
  thirdParty('render-suite', 'trial'),
];

type Name = Pick<MarketplaceImage, 'publisher' | 'offer' | 'sku'>;

const keyOf = ({ publisher, offer, sku }: Name): string => `${publisher}/${offer}/${sku}`.toLowerCase();

/** Letters of either case are the same. */
export const marketplaceImage = (name: Name): MarketplaceImage | undefined =>
  IMAGES.find((known) => keyOf(known) === keyOf(name));

interface Asked {
  readonly subscription: string;
  readonly location: string;
  readonly version: string;
}

/** The body of one version (rest/api/compute/virtual-machine-images/get). */
export function showImage(found: MarketplaceImage, { subscription, location, version }: Asked): object {
  const { publisher, offer, sku, os, generation, architecture, securityType, plan } = found;
  const place = `/Subscriptions/${subscription}/Providers/Microsoft.Compute/Locations/${location}`;
  return {
    id: `${place}/Publishers/${publisher}/ArtifactTypes/VMImage/Offers/${offer}/Skus/${sku}/Versions/${version}`,
    name: version,
    location,
    properties: {
      hyperVGeneration: generation,
      architecture,
      replicaType: 'Managed',
      osDiskImage: { operatingSystem: os, sizeInGb: os === 'Windows' ? 127 : 30 },
      dataDiskImages: [],
      automaticOSUpgradeProperties: { automaticOSUpgradeSupported: plan === undefined },
      disallowed: { vmDiskType: 'None' },
      imageDeprecationStatus: { imageState: 'Active' },
      features: securityType === undefined ? [] : [{ name: 'SecurityType', value: securityType }],
      ...(plan === undefined ? {} : { plan }),
    },
  };
}
