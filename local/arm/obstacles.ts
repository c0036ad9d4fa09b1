/** What makes an allocation impossible before any node comes, in the words of resizeOperationStatus.errors. */
import type { Site } from './kind';
import type { PoolInput } from './poolBody';
import { definitionFor, findImage } from './poolImages';
import { regionOf } from './resourceId';
import type { ResizeError } from './resize';
import { generationsOf, sizesIn, vmSizeNamed } from './vmSizes';

const NOT_ALLOCATED = { code: 'AllocationFailed', message: 'Desired number of dedicated nodes could not be allocated' };

/** UNCONFIRMED in ARM: entries of code and message, with the names that the data plane uses (Azure/Batch#103). */
export const IMAGE_GONE: ResizeError = {
  ...NOT_ALLOCATED,
  details: [{ code: 'Reason', message: 'The specified image is not found' }],
};

/** What Compute refused, relayed as JSON (batch-pool-node-error-checking.md, example 1). */
function relayed(code: string, message: string): ResizeError {
  return {
    ...NOT_ALLOCATED,
    details: [
      { code: 'Reason', message: 'The server encountered an error while allocating compute nodes.' },
      { code: 'Provider Error Json', message: JSON.stringify({ error: { code, message } }) },
      { code: 'Provider Error Json Truncated', message: 'False' },
    ],
  };
}

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
    return relayed('BadRequest', message);
  }
  if (definition.securityType === 'TrustedLaunch' && securityProfile?.securityType !== 'trustedLaunch') {
    // hashicorp/terraform-provider-azurerm#23148
    const message =
      "The provided gallery image only supports creation of VMs and VM Scale Sets with 'TrustedLaunch' security type.";
    return relayed('BadRequest', message);
  }
  return undefined;
}
