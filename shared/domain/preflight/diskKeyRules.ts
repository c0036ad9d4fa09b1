/** Rules on who encrypts the VM's disks, and with whose keys. */
import { parseArmId } from '../armId';
import { disksWithNames, found, type BuildFacts } from '../facts';
import type { Disk } from '../machine';
import { targetRegions } from '../sizing';
import { publishes } from '../route';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

/** Azure Disk Encryption's extension, for Windows and for Linux (virtual-machines/extensions/azure-disk-enc-linux). */
const ENCRYPTING_EXTENSION = /^AzureDiskEncryption/i;

function encrypted(given: Case): readonly Remark[] {
  const { facts } = given;
  const machine = found(facts.machine);
  const messages = [
    ...disksWithNames(facts)
      .filter(({ disk }) => disk.diskEncryption)
      .map(({ name, disk }) => `The ${name} (${disk.id}) says that Azure Disk Encryption encrypts it.`),
    ...(machine?.osDisk.diskEncryption
      ? [`The VM ${machine.id} says that Azure Disk Encryption encrypts its OS disk.`]
      : []),
    ...(machine?.extensions ?? [])
      .filter(({ type }) => ENCRYPTING_EXTENSION.test(type))
      .map(({ name, type }) => `The VM extension ${name} (type ${type}) encrypts disks of ${machine?.id ?? ''}.`),
  ];
  return messages.map((message) => ({ subject: subjectOf(given), message }));
}

const hasCustomersKey = ({ encryption }: Disk): boolean =>
  encryption !== undefined && (encryption.diskEncryptionSetId !== undefined || /Customer/i.test(encryption.type));

const withCustomersKey = (facts: BuildFacts) => disksWithNames(facts).filter(({ disk }) => hasCustomersKey(disk));

const customerManagedKey = (given: Case): readonly Remark[] =>
  withCustomersKey(given.facts).map(({ name, disk }) => {
    const set = disk.encryption?.diskEncryptionSetId;
    const by = set === undefined ? '' : ` of disk encryption set ${set}`;
    return {
      subject: subjectOf(given),
      message: `The ${name} (${disk.id}) is encrypted with a customer-managed key${by}: it is copied only in its own region and subscription, and only while the key can be used.`,
    };
  });

function keyOfOtherSubscription(given: Case): readonly Remark[] {
  const gallery = parseArmId(given.request.image.galleryId ?? '')?.subscriptionId.toLowerCase();
  return withCustomersKey(given.facts).flatMap(({ name, disk }) => {
    const holder = disk.encryption?.diskEncryptionSetId ?? disk.id;
    const subscription = parseArmId(holder)?.subscriptionId.toLowerCase();
    if (gallery === undefined || subscription === undefined || subscription === gallery) return [];
    const message = `The ${name} (${disk.id}) is encrypted with a customer-managed key of subscription ${subscription}, but the gallery is in subscription ${gallery}.`;
    return [{ subject: subjectOf(given), message }];
  });
}

function keyOfOtherRegion({ request, facts }: Case): readonly Remark[] {
  const names = withCustomersKey(facts).map(({ name }) => name);
  const targets = targetRegions(request, facts);
  const bare = targets.filter(({ diskEncryptionSetId }) => diskEncryptionSetId === undefined).map(({ name }) => name);
  const regions = [...new Set(targets.map(({ name }) => name))];
  if (names.length === 0 || regions.length < 2 || bare.length === 0) return [];
  const message = `The image goes to ${regions.join(', ')}, but its source is encrypted with a customer-managed key (${names.join(', ')}): each region needs a disk encryption set of its own, and the request names none for ${bare.join(', ')}.`;
  return [{ subject: 'image.regions', message }];
}

export const diskKeyRules: readonly Rule[] = [
  {
    code: 'DiskEncrypted',
    severity: 'refuse',
    source: 'article, point 11; virtual-machines/linux/disk-encryption-overview',
    why: 'Azure Disk Encryption ties a disk to its VM: no other VM can start from a copy.',
    how: "`encryptionSettingsCollection.enabled` of each disk, `encryptionSettings.enabled` of the VM's OS disk, and extensions of type AzureDiskEncryption…",
    needs: ['machine', 'disks'],
    remedy:
      'Switch it off (az vm encryption disable) where that can be done, else prepare a VM without it; encryption at host or a customer-managed key serve instead.',
    check: encrypted,
  },
  {
    code: 'CustomerManagedKey',
    severity: 'warn',
    source: 'virtual-machines/image-version-encryption, "Limitations"; virtual-machines/disk-encryption',
    why: "A key of one's own must be there for the copying, in the region and the subscription of the disk.",
    how: '`encryption.type` and `encryption.diskEncryptionSetId` of each disk',
    needs: ['machine', 'disks'],
    remedy:
      'Keep the key and its disk encryption set as long as the pool; or prepare a VM on disks with platform keys.',
    check: customerManagedKey,
  },
  {
    code: 'CustomerManagedKeyElsewhere',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images; virtual-machines/image-version-encryption, "Limitations"',
    why: 'Disk encryption sets serve one region of one subscription, and an encrypted source stays in its subscription.',
    how: "subscription of the disk encryption set, or of the disk, against the gallery's; and the regions that the image goes to",
    needs: ['machine', 'disks', 'account'],
    remedy:
      'Use a gallery of the same subscription, and name a disk encryption set for each region in image.regions; or prepare a VM on disks with platform keys.',
    appliesTo: publishes,
    check: (given) => [...keyOfOtherSubscription(given), ...keyOfOtherRegion(given)],
  },
];
