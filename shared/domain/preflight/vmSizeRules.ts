/** Rules on the pool's VM size: whether it is offered, for how long, and whether the image runs on it. */
import { found, vmSizeOf } from '../facts';
import type { VmSize } from '../account';
import { saysAt } from '../poolBody';
import { imageOnSizeRules } from './imageOnSizeRules';
import type { Case, Remark, Rule } from './rule';

const SUBJECT = 'pool.properties.vmSize';
const SECURITY_TYPE = 'deploymentConfiguration.virtualMachineConfiguration.securityProfile.securityType';

const DAY_MS = 86_400_000;
/** Long enough to plan a move to another size. */
const WARNED_DAYS_AHEAD = 180;

/** VM series that are being retired, by the family name that Azure gives their sizes (Azure/Batch#140, 2026-05-15). */
const RETIRING_FAMILIES: readonly (readonly [family: string, series: string])[] = [
  ['standardDFamily', 'D'],
  ['standardDSFamily', 'Ds'],
  ['standardDv2Family', 'Dv2'],
  ['standardDSv2Family', 'Dsv2'],
  ['standardLSFamily', 'Ls'],
  ['standardHBrsv2Family', 'HBv2'],
  ['standardHCSFamily', 'HC'],
  ['standardNPSFamily', 'NP'],
];

const sizeOf = ({ request, facts }: Case): VmSize | undefined => vmSizeOf(facts, request.pool.properties.vmSize);

function notOffered({ request, facts }: Case): readonly Remark[] {
  const { vmSize } = request.pool.properties;
  if (!found(facts.vmSizes) || vmSizeOf(facts, vmSize)) return [];
  const region = found(facts.account)?.location;
  const where = `the region of the Batch account${region === undefined ? '' : ` (${region})`}`;
  return [{ subject: SUBJECT, message: `Azure Batch does not offer the VM size ${vmSize} in ${where}.` }];
}

/** What `say` says of the day on which the support of the size ends, when it is from `fromMs` until `untilMs`. */
function supportEnd(given: Case, [fromMs, untilMs]: readonly [number, number], say: (day: string) => string) {
  const endsMs = Date.parse(sizeOf(given)?.supportEndsOn ?? '');
  if (!(endsMs > fromMs && endsMs <= untilMs)) return [];
  return [{ subject: SUBJECT, message: say(new Date(endsMs).toISOString().slice(0, 10)) }];
}

const supportEnds = (given: Case): readonly Remark[] =>
  supportEnd(
    given,
    [given.nowMs, given.nowMs + WARNED_DAYS_AHEAD * DAY_MS],
    (day) => `Azure Batch supports the VM size ${given.request.pool.properties.vmSize} until ${day} only.`,
  );

const supportEnded = (given: Case): readonly Remark[] =>
  supportEnd(
    given,
    [-Infinity, given.nowMs],
    (day) => `Azure Batch stopped supporting the VM size ${given.request.pool.properties.vmSize} on ${day}.`,
  );

function familyRetires(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  const retiring = RETIRING_FAMILIES.find(([family]) => family.toLowerCase() === size?.family.toLowerCase());
  if (!size || !retiring) return [];
  const message = `The VM size ${size.name} belongs to the ${retiring[1]} series (${size.family}), which Azure is retiring.`;
  return [{ subject: SUBJECT, message }];
}

function noTempDisk(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  if (size?.tempDiskMb !== 0) return [];
  const message = `The VM size ${size.name} has no temporary disk: Azure Batch puts the node's root directory on the OS disk.`;
  return [{ subject: SUBJECT, message }];
}

/** Each security type of a pool, and what its VM size lacks when it cannot have it. */
const SECURITY_TYPES: readonly { readonly type: string; readonly name: string; lacking: (size: VmSize) => boolean }[] =
  [
    { type: 'trustedLaunch', name: 'Trusted Launch', lacking: ({ trustedLaunch }) => trustedLaunch === false },
    { type: 'confidentialVM', name: 'confidential', lacking: ({ confidential }) => confidential === undefined },
  ];

function noSuchSecurity(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  if (!size) return [];
  return SECURITY_TYPES.filter(
    ({ type, lacking }) => saysAt(given.request.pool.properties, SECURITY_TYPE, type) && lacking(size),
  ).map(({ type, name }) => ({
    subject: SUBJECT,
    message: `The pool's securityType is ${type}, but the VM size ${size.name} has no ${name} VMs.`,
  }));
}

const ANOTHER_SIZE = 'az batch location list-skus --location REGION shows which there are';

export const vmSizeRules: readonly Rule[] = [
  {
    code: 'VmSizeNotOffered',
    severity: 'refuse',
    source: 'batch/batch-pool-vm-sizes; rest/api/batchmanagement/location/list-supported-virtual-machine-skus',
    why: 'A pool gets no nodes of a size that Batch does not offer in its region.',
    how: "`pool.properties.vmSize` among the VM sizes that Batch lists for the Batch account's region",
    needs: ['vmSizes'],
    remedy: `Use a VM size that Batch offers there (${ANOTHER_SIZE}), or correct the name.`,
    check: notOffered,
  },
  {
    code: 'VmSizeSupportEnded',
    severity: 'refuse',
    source: 'batch/batch-pool-vm-sizes; rest/api/batchmanagement/location/list-supported-virtual-machine-skus',
    why: 'Batch makes no nodes of a size whose support has ended.',
    how: '`batchSupportEndOfLife` of the VM size against the time of the build',
    needs: ['vmSizes'],
    remedy: `Use a newer VM size (${ANOTHER_SIZE}).`,
    check: supportEnded,
  },
  {
    code: 'VmSizeSupportEnds',
    severity: 'warn',
    source: 'batch/batch-pool-vm-sizes; rest/api/batchmanagement/location/list-supported-virtual-machine-skus',
    why: 'When the support of a size ends, its pools can no longer grow.',
    how: `\`batchSupportEndOfLife\` of the VM size is at most ${WARNED_DAYS_AHEAD} days away`,
    needs: ['vmSizes'],
    remedy: `Plan to move to a newer VM size before that day (${ANOTHER_SIZE}).`,
    check: supportEnds,
  },
  {
    code: 'VmFamilyRetired',
    severity: 'warn',
    source: 'Azure/Batch#140 (notice of 15 May 2026)',
    why: 'Azure is retiring the D, Ds, Dv2, Dsv2, Ls, HBv2, HC and NP series; their pools will not be able to grow.',
    how: 'family of the VM size, as Batch lists it, in the table of retiring families',
    needs: ['vmSizes'],
    remedy: 'Use a size of a newer series, such as Ddsv5 for D and Dv2, or HBv4 for HBv2 and HC.',
    check: familyRetires,
  },
  {
    code: 'NoTempDisk',
    severity: 'warn',
    source: 'article, point 10; batch/batch-nvme-temp',
    why: 'The node agent expects a temporary drive; without one, tasks fill the OS disk.',
    how: 'capabilities `MaxResourceVolumeMB` and `NvmeDiskSizeInMiB` of the VM size are not both 0',
    needs: ['vmSizes'],
    remedy:
      'Use a VM size with a temporary disk (with a "d" in its name), or see that the OS disk has room for the tasks.',
    check: noTempDisk,
  },
  {
    code: 'SizeWithoutTrustedLaunch',
    severity: 'refuse',
    source: 'virtual-machines/trusted-launch; rest/api/batchmanagement/pool/create, securityProfile',
    why: 'Azure makes no Trusted Launch or confidential VMs of a size that cannot be one.',
    how: '`securityProfile.securityType` of the pool against the capabilities of the VM size',
    needs: ['vmSizes'],
    remedy: 'Use a VM size that has it, or leave securityType out when the image does not need it.',
    check: noSuchSecurity,
  },
  ...imageOnSizeRules,
];
