/** What images need to know of a machine that they are made from: its disks, and what its OS disk is like. */
import { z } from 'zod';
import { diskFacts } from './disks';
import type { Site, Stored } from './kind';
import { regionOf } from './resourceId';

const disk = z.looseObject({
  lun: z.int().optional(),
  caching: z.string().default('None'),
  diskSizeGB: z.int().optional(),
  managedDisk: z.looseObject({ id: z.string().optional(), storageAccountType: z.string().optional() }).optional(),
  vhd: z.looseObject({ uri: z.string() }).optional(),
});

const facts = z.object({
  location: z.string(),
  properties: z.looseObject({
    storageProfile: z.looseObject({
      osDisk: disk.extend({ osType: z.enum(['Linux', 'Windows']), diffDiskSettings: z.unknown().optional() }),
      dataDisks: z.array(disk),
    }),
    securityProfile: z.looseObject({ securityType: z.string().optional() }).optional(),
  }),
});

interface MachineDisk {
  /** The OS disk has none. */
  readonly lun: number | undefined;
  readonly id: string | undefined;
  readonly sizeGb: number | undefined;
  readonly caching: string;
  readonly storageAccountType: string;
}

export interface MachineFacts {
  readonly region: string;
  readonly osType: 'Linux' | 'Windows';
  readonly generation: 'V1' | 'V2' | undefined;
  readonly securityType: string;
  readonly architecture: string;
  readonly isEphemeral: boolean;
  /** The address of a disk that is a blob. */
  readonly unmanaged: string | undefined;
  /** The OS disk first. */
  readonly disks: readonly MachineDisk[];
}

function diskOf(found: z.infer<typeof disk>, site: Site): MachineDisk {
  const id = found.managedDisk?.id;
  const stored = id === undefined ? undefined : site.find(id);
  return {
    lun: found.lun,
    id,
    sizeGb: stored === undefined ? found.diskSizeGB : diskFacts(stored).sizeGb,
    caching: found.caching,
    storageAccountType: found.managedDisk?.storageAccountType ?? 'Standard_LRS',
  };
}

export function machineFacts(machine: Stored, site: Site): MachineFacts {
  const { location, properties } = facts.parse(machine.input);
  const { osDisk, dataDisks } = properties.storageProfile;
  const stored = site.find(osDisk.managedDisk?.id ?? '');
  const os = stored && diskFacts(stored);
  return {
    region: regionOf(location),
    osType: osDisk.osType,
    generation: os?.generation,
    securityType: properties.securityProfile?.securityType ?? os?.securityType ?? 'Standard',
    architecture: os?.architecture ?? 'x64',
    isEphemeral: osDisk.diffDiskSettings !== undefined,
    unmanaged: [osDisk, ...dataDisks].find(({ vhd }) => vhd !== undefined)?.vhd?.uri,
    disks: [osDisk, ...dataDisks].map((found) => diskOf(found, site)),
  };
}
