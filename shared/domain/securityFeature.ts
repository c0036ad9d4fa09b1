/** What an image definition says about the security type of VMs, from the disk that its images are made of. */

/** Values of the definition's `SecurityType` feature (virtual-machines/shared-image-galleries). */
export type SecurityFeature = 'Standard' | 'TrustedLaunchSupported' | 'ConfidentialVMSupported';

/** A generalized copy keeps no VM guest state of its own, so its images serve both kinds of VMs. */
export function securityFeature(diskSecurity: string | undefined): SecurityFeature {
  if (diskSecurity === undefined || diskSecurity === 'Standard') return 'Standard';
  return diskSecurity.startsWith('ConfidentialVM') ? 'ConfidentialVMSupported' : 'TrustedLaunchSupported';
}
