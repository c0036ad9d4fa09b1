/** What makes an allocation impossible before any node comes, in the words of resizeOperationStatus.errors. */
import type { Place, Site } from './kind';
import type { ImageReference, PoolInput } from './poolBody';
import { findImage, isCustom } from './poolImages';
import { isManagedImage } from './poolReferences';
import type { ResizeError } from './resize';
import { relayed, resizeError } from './resizeErrors';
import { generationsOf, sizesIn, vmSizeNamed } from './vmSizes';

/** The article's words (point 22) stand with pools from managed images; that details come with them is UNCONFIRMED. */
const RESIZE_AGAIN =
  'There was an error encountered while performing the last resize on the pool. Please try resizing the pool again.';

export const imageGone = ({ id }: ImageReference): ResizeError =>
  resizeError({ reason: 'imageNotFound', message: isManagedImage(id) ? RESIZE_AGAIN : undefined });

/** Av1 and Av2 sizes boot Generation 1 only (compute docs, generation-2.md). */
const GENERATION_1_ONLY = /^standard_a\d/i;

function boots(vmSize: string, generation: string): boolean {
  const size = vmSizeNamed(vmSize);
  if (size !== undefined) return generationsOf(size).split(',').includes(generation);
  return generation === 'V1' || !GENERATION_1_ONLY.test(vmSize);
}

/** UNCONFIRMED when it comes; the code is one of PoolResizeErrorCodes of the .NET client. */
function notOffered(vmSize: string, region: string): ResizeError | undefined {
  const size = vmSizeNamed(vmSize);
  if (size === undefined || sizesIn(region).includes(size)) return undefined;
  return { code: 'UnsupportedVMSize', message: `The specified VM size '${vmSize}' is not supported in ${region}` };
}

/** The region lacks the size, the image is gone, cannot boot on the size, wants a Trusted Launch pool, or is specialized. */
export function obstacle(input: PoolInput, place: Place, site: Site): ResizeError | undefined {
  const { vmSize, deploymentConfiguration } = input.properties;
  const { imageReference, securityProfile } = deploymentConfiguration.virtualMachineConfiguration;
  const lacking = notOffered(vmSize, place.region);
  if (lacking !== undefined || !isCustom(imageReference)) return lacking;
  const definition = findImage(imageReference, place, site);
  if (definition === undefined) return imageGone(imageReference);
  if (!boots(vmSize, definition.generation)) {
    const generation = definition.generation.slice(1);
    const message = `The selected VM size '${vmSize.toUpperCase()}' cannot boot Hypervisor Generation '${generation}'.`;
    return resizeError({ details: relayed('BadRequest', message) });
  }
  if (definition.securityType === 'TrustedLaunch' && securityProfile?.securityType !== 'trustedLaunch') {
    return resizeError({ reason: 'trustedLaunchOnly' });
  }
  // "Batch only supports generalized Shared Images" (batch-sig-images.md). UNCONFIRMED how the others fail; the words are
  // those of machines with an osProfile (troubleshooting-shared-images.md), which nodes have.
  if (definition.osState === 'Specialized') {
    return resizeError({ details: relayed('InvalidParameter', "Parameter 'osProfile' is not allowed.") });
  }
  return undefined;
}
