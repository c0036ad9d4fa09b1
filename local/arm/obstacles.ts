/** What makes an allocation impossible before any node comes, in the words of resizeOperationStatus.errors. */
import type { Site } from './kind';
import type { PoolInput } from './poolBody';
import { definitionFor, findImage } from './poolImages';
import { regionOf } from './resourceId';
import type { ResizeError } from './resize';
import { relayed, resizeError } from './resizeErrors';
import { generationsOf, sizesIn, vmSizeNamed } from './vmSizes';

export const IMAGE_GONE = resizeError({ reason: 'imageNotFound' });

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

/** The region lacks the size, the image is gone, cannot boot on the size, or wants a Trusted Launch pool. */
export function obstacle(input: PoolInput, location: string, site: Site): ResizeError | undefined {
  const { vmSize, deploymentConfiguration } = input.properties;
  const { imageReference, securityProfile } = deploymentConfiguration.virtualMachineConfiguration;
  const lacking = notOffered(vmSize, regionOf(location));
  if (lacking !== undefined || imageReference.id === undefined) return lacking;
  const image = findImage(imageReference.id, regionOf(location), site);
  const definition = image && definitionFor(image, site);
  if (definition === undefined) return IMAGE_GONE;
  if (!boots(vmSize, definition.generation)) {
    const generation = definition.generation.slice(1);
    const message = `The selected VM size '${vmSize.toUpperCase()}' cannot boot Hypervisor Generation '${generation}'.`;
    return resizeError({ details: relayed('BadRequest', message) });
  }
  if (definition.securityType === 'TrustedLaunch' && securityProfile?.securityType !== 'trustedLaunch') {
    return resizeError({ reason: 'trustedLaunchOnly' });
  }
  return undefined;
}
