/** VM sizes that Batch offers, with their capabilities as Azure lists them, and the regions that have them. */

interface Sized {
  readonly name: string;
  readonly family: string;
  readonly vCpus: number;
  readonly memoryGb: number;
  readonly dataDisks: number;
  /** Temporary disk (a SCSI one) in MiB; 0 when there is none. */
  readonly tempMib: number;
}

interface Unusual {
  /** `V1,V2` when absent. */
  readonly generations?: 'V1' | 'V2';
  /** `SCSI` when absent. */
  readonly controllers?: 'NVMe' | 'SCSI, NVMe';
  readonly arm64?: true;
  readonly nvmeMib?: number;
  readonly noTrustedLaunch?: true;
  readonly confidential?: 'SNP';
  readonly noPremium?: true;
  readonly noEncryptionAtHost?: true;
  readonly gpus?: number;
  readonly rdma?: true;
  /** ISO 8601; shown from Batch Management API 2024-07-01 on. */
  readonly endsOn?: string;
  readonly notIn?: readonly string[];
}

export type VmSize = Sized & Unusual;

type Row = readonly [name: string, vCpus: number, memoryGb: number, dataDisks: number, tempMib: number];

const series = (family: string, rows: readonly Row[], unusual: Unusual = {}): VmSize[] =>
  rows.map(([name, vCpus, memoryGb, dataDisks, tempMib]) => ({
    name: `Standard_${name}`,
    family,
    ...{ vCpus, memoryGb, dataDisks, tempMib },
    ...unusual,
  }));

/** The retirement that Azure announced for the D, Ds, Dv2, Dsv2 and Ls series. */
const DV2_ENDS = '2028-05-01T00:00:00Z';
/** That of the Av2 and Amv2 series. */
const AV2_ENDS = '2028-11-15T00:00:00Z';
/** That of the NCv3 series; still listed here, as an example of a date that has passed. */
const NCV3_ENDED = '2025-09-30T00:00:00Z';

const GIB = 1024;

/** Figures of the sizes' pages (virtual-machines/sizes). Which region lacks which size is made up. */
export const VM_SIZES: readonly VmSize[] = [
  ...series('standardDSv5Family', [
    ['D2s_v5', 2, 8, 4, 0],
    ['D4s_v5', 4, 16, 8, 0],
    ['D8s_v5', 8, 32, 16, 0],
    ['D16s_v5', 16, 64, 32, 0],
    ['D32s_v5', 32, 128, 32, 0],
    ['D64s_v5', 64, 256, 32, 0],
  ]),
  ...series('standardDDSv5Family', [
    ['D2ds_v5', 2, 8, 4, 75 * GIB],
    ['D4ds_v5', 4, 16, 8, 150 * GIB],
    ['D8ds_v5', 8, 32, 16, 300 * GIB],
    ['D16ds_v5', 16, 64, 32, 600 * GIB],
  ]),
  ...series('standardDASv5Family', [
    ['D4as_v5', 4, 16, 8, 0],
    ['D8as_v5', 8, 32, 16, 0],
  ]),
  ...series('standardESv5Family', [['E16s_v5', 16, 128, 32, 0]]),
  ...series('standardEDSv5Family', [['E8ds_v5', 8, 64, 16, 300 * GIB]]),
  ...series('standardFSv2Family', [
    ['F8s_v2', 8, 16, 16, 64 * GIB],
    ['F16s_v2', 16, 32, 32, 128 * GIB],
  ]),
  ...series('standardDSv3Family', [['D4s_v3', 4, 16, 8, 32 * GIB]]),
  ...series('standardDv3Family', [['D4_v3', 4, 16, 8, 100 * GIB]], { generations: 'V1', noPremium: true }),
  ...series('standardDv2Family', [['D2_v2', 2, 7, 8, 100 * GIB]], {
    ...{ generations: 'V1', noPremium: true, noEncryptionAtHost: true, endsOn: DV2_ENDS },
  }),
  ...series('standardDSv2Family', [['DS3_v2', 4, 14, 16, 28 * GIB]], { endsOn: DV2_ENDS }),
  ...series('standardAv2Family', [['A1_v2', 1, 2, 2, 10 * GIB]], {
    ...{ generations: 'V1', noPremium: true, noEncryptionAtHost: true, endsOn: AV2_ENDS },
  }),
  ...series('standardDPSv5Family', [['D4ps_v5', 4, 16, 8, 0]], {
    ...{ generations: 'V2', arm64: true, noTrustedLaunch: true },
  }),
  ...series('StandardDdsv6Family', [['D4ds_v6', 4, 16, 12, 0]], {
    ...{ generations: 'V2', controllers: 'NVMe', nvmeMib: 220 * GIB },
  }),
  ...series('StandardEdsv6Family', [['E4ds_v6', 4, 32, 12, 0]], {
    ...{ generations: 'V2', controllers: 'NVMe', nvmeMib: 220 * GIB, notIn: ['northeurope'] },
  }),
  ...series('standardEBDSv5Family', [['E8bds_v5', 8, 64, 16, 300 * GIB]], { controllers: 'SCSI, NVMe' }),
  ...series('standardDCASv5Family', [['DC4as_v5', 4, 16, 8, 0]], { generations: 'V2', confidential: 'SNP' }),
  ...series('standardHBrsv3Family', [['HB120rs_v3', 120, 448, 32, 480 * GIB]], {
    ...{ noTrustedLaunch: true, noEncryptionAtHost: true, rdma: true, notIn: ['northeurope'] },
  }),
  ...series('Standard NCASv3_T4 Family', [['NC4as_T4_v3', 4, 28, 8, 176 * GIB]], { gpus: 1 }),
  ...series('StandardNCADSA100v4Family', [['NC24ads_A100_v4', 24, 220, 8, 64 * GIB]], {
    ...{ gpus: 1, notIn: ['northeurope'] },
  }),
  ...series('standardNCSv3Family', [['NC6s_v3', 6, 112, 12, 736 * GIB]], {
    ...{ gpus: 1, noTrustedLaunch: true, endsOn: NCV3_ENDED },
  }),
  ...series('StandardNVADSA10v5Family', [['NV6ads_A10_v5', 6, 55, 4, 180 * GIB]], { gpus: 1 }),
];

/** Public regions that the simulator knows; a request for any other is refused as Azure does. */
export const REGIONS: readonly string[] = [
  ...['westeurope', 'northeurope', 'francecentral', 'germanywestcentral', 'swedencentral', 'switzerlandnorth'],
  ...['uksouth', 'ukwest', 'norwayeast', 'italynorth', 'spaincentral', 'polandcentral'],
  ...['eastus', 'eastus2', 'centralus', 'northcentralus', 'southcentralus', 'westus', 'westus2', 'westus3'],
  ...['canadacentral', 'brazilsouth', 'southeastasia', 'eastasia', 'japaneast', 'koreacentral', 'australiaeast'],
  ...['centralindia', 'uaenorth', 'southafricanorth'],
];

export const sizesIn = (region: string): readonly VmSize[] =>
  VM_SIZES.filter((size) => size.notIn?.includes(region) !== true);

/** By its name in any case, or undefined when the table does not have it. */
export const vmSizeNamed = (name: string): VmSize | undefined =>
  VM_SIZES.find((size) => size.name.toLowerCase() === name.toLowerCase());

export const generationsOf = (size: VmSize): string => size.generations ?? 'V1,V2';

const flag = (value: boolean): string => (value ? 'True' : 'False');

/** Name and value of each capability, as resource SKUs have them (rest/api/compute/resource-skus/list). */
export function capabilitiesOf(size: VmSize): { readonly name: string; readonly value: string }[] {
  const values: Readonly<Record<string, string | undefined>> = {
    MaxResourceVolumeMB: String(size.tempMib),
    OSVhdSizeMB: '1047552',
    vCPUs: String(size.vCpus),
    MemoryPreservingMaintenanceSupported: flag(size.gpus === undefined && size.rdma !== true),
    HyperVGenerations: generationsOf(size),
    DiskControllerTypes: size.controllers ?? 'SCSI',
    MemoryGB: String(size.memoryGb),
    MaxDataDiskCount: String(size.dataDisks),
    CpuArchitectureType: size.arm64 === true ? 'Arm64' : 'x64',
    LowPriorityCapable: 'True',
    PremiumIO: flag(size.noPremium !== true),
    vCPUsAvailable: String(size.vCpus),
    EncryptionAtHostSupported: flag(size.noEncryptionAtHost !== true),
    AcceleratedNetworkingEnabled: 'True',
    RdmaEnabled: flag(size.rdma === true),
    NvmeDiskSizeInMiB: size.nvmeMib === undefined ? undefined : String(size.nvmeMib),
    TrustedLaunchDisabled: size.noTrustedLaunch === true ? 'True' : undefined,
    ConfidentialComputingType: size.confidential,
    GPUs: size.gpus === undefined ? undefined : String(size.gpus),
  };
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
