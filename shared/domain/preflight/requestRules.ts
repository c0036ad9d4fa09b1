/** Rules that need nothing but the request. */
import type { Rule } from './rule';

export const requestRules: readonly Rule[] = [
  {
    code: 'GeneralizedNotAsserted',
    severity: 'refuse',
    source: 'batch/batch-sig-images: "Batch only supports generalized Shared Images"',
    why: 'Nodes on an image that was not generalized never start, and Azure cannot tell that beforehand.',
    how: '`source.generalized` is `true`',
    needs: [],
    remedy:
      'Generalize the VM (sysprep /generalize, or waagent -deprovision+user), deallocate it, and send the request with "source": { "generalized": true }.',
    check: ({ request }) =>
      request.source.generalized === true
        ? []
        : [
            {
              subject: 'source.generalized',
              message:
                'The request does not say that the VM was generalized. Azure Resource Manager cannot tell, so the app takes only your word for it.',
            },
          ],
  },
  {
    code: 'ManagedImagePoolRetired',
    severity: 'refuse',
    source: 'batch/batch-custom-image-pools-to-azure-compute-gallery-migration-guide; batch/batch-custom-images',
    why: 'Azure Batch retired pools straight from managed images on 31 March 2026.',
    how: '`image.route` is not `managedImage`',
    needs: [],
    remedy: 'Leave image.route out, or use "gallery" or "direct": both publish the image to the gallery.',
    check: ({ request }) =>
      request.image.route === 'managedImage'
        ? [
            {
              subject: 'image.route',
              message: 'Azure Batch stopped taking pools straight from managed images on 31 March 2026.',
            },
          ]
        : [],
  },
  {
    code: 'ImageReferenceGiven',
    severity: 'refuse',
    source: 'docs/requests.md',
    why: 'The pool runs on the image that the build makes, and on no other.',
    how: '`pool.properties` has no `imageReference`',
    needs: [],
    remedy: 'Remove imageReference from pool.properties: the app fills in the image version that it makes.',
    check: ({ request }) =>
      'imageReference' in request.pool.properties.deploymentConfiguration.virtualMachineConfiguration
        ? [
            {
              subject: 'pool.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference',
              message: 'The request names an image for the pool, but the pool gets the image that this build makes.',
            },
          ]
        : [],
  },
];
