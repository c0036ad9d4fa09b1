/** What an image definition says about the security type of VMs, from the disk that its images are made of. */

/** Values of the definition's `SecurityType` feature (virtual-machines/shared-image-galleries) that the app gives. */
export type SecurityFeature = 'Standard' | 'TrustedLaunch' | 'ConfidentialVM';

/**
 * A snapshot of such an OS disk has the VM's guest state in it. Azure takes it into definitions for that type of VMs
 * alone; those that end in `Supported` take VHDs, managed images and other versions (virtual-machines/trusted-launch-portal;
 * confidential-computing/create-confidential-vm-from-compute-gallery; packer-plugin-azure#304).
 */
export function securityFeature(diskSecurity: string | undefined): SecurityFeature {
  if (diskSecurity === undefined || diskSecurity === 'Standard') return 'Standard';
  return diskSecurity.startsWith('ConfidentialVM') ? 'ConfidentialVM' : 'TrustedLaunch';
}
