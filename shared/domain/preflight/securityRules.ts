/** Rules on the security type: what the OS disk has, what the image definition allows, and what the pool asks for. */
import { found, osDiskOf } from '../facts';
import type { HyperVGeneration } from '../machine';
import { inRequest, saysAt, valueAt } from '../poolBody';
import type { PoolProperties } from '../request';
import { securityFeature } from '../securityFeature';
import { targetRegions } from '../sizing';
import { publishes } from '../route';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

const CONFIGURATION = 'deploymentConfiguration.virtualMachineConfiguration';
const SECURITY_TYPE = `${CONFIGURATION}.securityProfile.securityType`;
const ENCRYPTION_TYPE = `${CONFIGURATION}.osDisk.managedDisk.securityProfile.securityEncryptionType`;

/** What a pool can ask for (rest/api/batchmanagement/pool/create, `securityType`); `none` when it does not. */
type Asked = 'none' | 'trustedLaunch' | 'confidentialVM';

/** What VMs an image definition of each SecurityType is for (virtual-machines/shared-image-galleries). */
const SERVES: Readonly<Record<string, readonly Asked[]>> = {
  standard: ['none'],
  trustedlaunchsupported: ['none', 'trustedLaunch'],
  trustedlaunch: ['trustedLaunch'],
  confidentialvmsupported: ['none', 'confidentialVM'],
  confidentialvm: ['confidentialVM'],
  trustedlaunchandconfidentialvmsupported: ['none', 'trustedLaunch', 'confidentialVM'],
};

/** Undefined when the pool asks for something that is not known here: Batch itself then says what it thinks of it. */
function askedBy(properties: PoolProperties): Asked | undefined {
  if (valueAt(properties, SECURITY_TYPE) === undefined) return 'none';
  const types: readonly Asked[] = ['trustedLaunch', 'confidentialVM'];
  return types.find((type) => saysAt(properties, SECURITY_TYPE, type));
}

interface Effective {
  readonly feature: string;
  readonly generation: HyperVGeneration;
}

/** What the definition says, or will say once the app has made it; undefined while that is not known. */
function effective({ facts }: Case): Effective | undefined {
  const definition = found(facts.definition);
  if (definition) return { feature: definition.security ?? 'Standard', generation: definition.hyperVGeneration };
  const disk = osDiskOf(facts);
  // No definition at all: a managed image, or an image of somebody else's gallery.
  if ((facts.definition !== undefined && facts.definition.read !== 'missing') || !disk) return undefined;
  return { feature: securityFeature(disk.securityType), generation: disk.hyperVGeneration };
}

function poolDiffers(given: Case): readonly Remark[] {
  const { name } = given.request.image;
  const asked = askedBy(given.request.pool.properties);
  const definition = effective(given);
  const serves = SERVES[definition?.feature.toLowerCase() ?? ''];
  if (!definition || !asked || !serves) return [];
  if (asked !== 'none' && definition.generation === 'V1') {
    const message = `The pool asks for securityType ${asked}, but the images of ${name} are of generation V1, and it takes V2.`;
    return [{ subject: inRequest(SECURITY_TYPE), message }];
  }
  if (serves.includes(asked)) return [];
  const image = given.facts.definition === undefined ? 'the image' : `the image definition ${name}`;
  const asks = asked === 'none' ? 'asks for no securityType' : `asks for securityType ${asked}`;
  const message = `The pool ${asks}, but ${image} has SecurityType ${definition.feature}, which is for ${serves.join(' or ').replace('none', 'no securityType')} alone.`;
  return [{ subject: inRequest(SECURITY_TYPE), message }];
}

/** Security types of disks of which Batch's pools take none (rest/api/batchmanagement/pool/create, `securityEncryptionType`). */
const CONFIDENTIAL_DISK = /^ConfidentialVM_DiskEncrypted/i;

function confidentialDisk(given: Case): readonly Remark[] {
  const disk = osDiskOf(given.facts);
  if (!disk || !CONFIDENTIAL_DISK.test(disk.securityType ?? '')) return [];
  return [
    {
      subject: subjectOf(given),
      message: `The OS disk (${disk.id}) is encrypted for its confidential VM alone (${disk.securityType ?? ''}).`,
    },
  ];
}

function confidentialRegions({ request, facts }: Case): readonly Remark[] {
  const disk = osDiskOf(facts);
  const regions = [...new Set(targetRegions(request, facts).map(({ name }) => name))];
  if (!disk?.securityType?.startsWith('ConfidentialVM') || regions.length < 2) return [];
  const message = `The image goes to ${regions.join(', ')}, but that of a confidential VM stays in its own region.`;
  return [{ subject: 'image.regions', message }];
}

function guestState(given: Case): readonly Remark[] {
  const disk = osDiskOf(given.facts);
  const definition = effective(given);
  const needs = securityFeature(disk?.securityType);
  // Definitions of other kinds differ from the disk anyway, and DefinitionDiffers says so.
  if (!disk || needs === 'Standard' || !definition?.feature.endsWith('Supported')) return [];
  return [
    {
      subject: 'image.name',
      message: `The OS disk (${disk.id}) has security type ${disk.securityType ?? ''}. For images from its snapshots Azure names SecurityType ${needs}; the image definition ${given.request.image.name} has ${definition.feature}.`,
    },
  ];
}

function encryptionTypeLeftOut({ request }: Case): readonly Remark[] {
  const { properties } = request.pool;
  if (askedBy(properties) !== 'confidentialVM' || valueAt(properties, ENCRYPTION_TYPE) !== undefined) return [];
  const message = 'The pool asks for confidential VMs, but does not say how their OS disks are encrypted.';
  return [{ subject: inRequest(ENCRYPTION_TYPE), message }];
}

export const securityRules: readonly Rule[] = [
  {
    code: 'PoolSecurityMismatch',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries; hashicorp/terraform-provider-azurerm#23148',
    why: 'An image definition says for VMs of which security type its images are; nodes of another type do not start.',
    how: '`securityProfile.securityType` of the pool against SecurityType and generation of the definition; when the app makes it, against what it takes from the OS disk',
    needs: ['machine', 'disks', 'definition'],
    remedy:
      'Set securityProfile.securityType of the pool to what the image is for, or leave it out; or use another image.name, or a VM with that security type.',
    check: poolDiffers,
  },
  {
    code: 'DefinitionForGuestState',
    severity: 'warn',
    source:
      'virtual-machines/trusted-launch-portal; confidential-computing/create-confidential-vm-from-compute-gallery',
    why: "A snapshot of such a VM's OS disk may hold the VM's guest state, which other definitions do not take.",
    how: '`securityProfile.securityType` of the OS disk against SecurityType of the definition',
    needs: ['machine', 'disks', 'definition'],
    remedy:
      'Make an image definition with that SecurityType beforehand, name it in image.name, and let the pool ask for the same securityType.',
    appliesTo: publishes,
    check: guestState,
  },
  {
    code: 'ConfidentialDisk',
    severity: 'refuse',
    source:
      'rest/api/batchmanagement/pool/create, securityEncryptionType; confidential-computing/create-confidential-vm-from-compute-gallery',
    why: 'Confidential nodes of Batch encrypt their guest state only; an OS disk that is encrypted itself starts on none.',
    how: '`securityProfile.securityType` of the OS disk',
    needs: ['machine', 'disks'],
    remedy: 'Prepare a confidential VM without confidential OS disk encryption (VMGuestStateOnly).',
    check: confidentialDisk,
  },
  {
    code: 'ConfidentialRegions',
    severity: 'warn',
    source: 'confidential-computing/create-confidential-vm-from-compute-gallery (2022)',
    why: "An image of a confidential VM could not be replicated to other regions when Azure's page was written.",
    how: 'regions that the image goes to, when the OS disk is that of a confidential VM',
    needs: ['machine', 'disks', 'account'],
    remedy: 'Use a VM in the region of the Batch account, and no other region.',
    appliesTo: publishes,
    check: confidentialRegions,
  },
  {
    code: 'ConfidentialEncryptionMissing',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, securityEncryptionType: "required when using Confidential VMs"',
    why: 'Batch takes a pool of confidential VMs only with the encryption type of their OS disks.',
    how: '`osDisk.managedDisk.securityProfile.securityEncryptionType` of the pool, when its securityType is confidentialVM',
    needs: [],
    remedy: 'Set it to VMGuestStateOnly or NonPersistedTPM.',
    check: encryptionTypeLeftOut,
  },
];
