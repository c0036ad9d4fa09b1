/** Rules that need nothing but the request. */
import { SOURCES, sourceKind } from '../source';
import { nounOf, type Rule } from './rule';

export const requestRules: readonly Rule[] = [
  {
    code: 'GeneralizedNotAsserted',
    severity: 'refuse',
    source: 'batch/batch-sig-images: "Batch only supports generalized Shared Images"',
    why: 'Nodes on an image that was not generalized never start, and Azure cannot tell that beforehand.',
    how: '`source.generalized` is `true`',
    needs: [],
    remedy:
      'Generalize the VM (sysprep /generalize, or waagent -deprovision+user), deallocate it, copy it anew where the source is a copy, and send the request with "source": { "generalized": true }.',
    appliesTo: ({ source }) => SOURCES[sourceKind(source)].asserts,
    check: (given) =>
      'generalized' in given.request.source && given.request.source.generalized === true
        ? []
        : [
            {
              subject: 'source.generalized',
              message: `The request does not say that the ${nounOf(given)} was generalized. Azure Resource Manager cannot tell, so the app takes only your word for it.`,
            },
          ],
  },
  {
    code: 'ManagedImagePoolRetired',
    severity: 'refuse',
    source: 'batch/batch-custom-image-pools-to-azure-compute-gallery-migration-guide; batch/batch-custom-images',
    why: 'Azure Batch retired pools straight from managed images on 31 March 2026.',
    how: '`image.route` is not `managedImage`, unless the request says `allowRetiredManagedImagePools`',
    needs: [],
    remedy:
      'Leave image.route out, or use "gallery" or "direct": both publish the image to the gallery. To have Azure itself answer, set allowRetiredManagedImagePools.',
    check: ({ request }) =>
      request.image.route === 'managedImage' && request.allowRetiredManagedImagePools !== true
        ? [
            {
              subject: 'image.route',
              message: 'Azure Batch stopped taking pools straight from managed images on 31 March 2026.',
            },
          ]
        : [],
  },
  {
    code: 'ManagedImagePoolSent',
    severity: 'warn',
    source: 'batch/batch-custom-image-pools-to-azure-compute-gallery-migration-guide; article, points 15 and 21',
    why: 'What Azure answers to such a pool since its retirement is written nowhere; a pool that it takes needs image and snapshots as long as it lives.',
    how: '`image.route` is `managedImage`, and the request says `allowRetiredManagedImagePools`',
    needs: [],
    remedy: 'Nothing, if you know that your account still takes it; else leave image.route out.',
    check: ({ request, facts }) =>
      request.image.route === 'managedImage' && request.allowRetiredManagedImagePools === true
        ? [
            {
              subject: 'image.route',
              message: `The pool is sent straight on a managed image, with API version ${facts.policy.managedImageApiVersion}; when Azure refuses it, all that was made is taken away again.`,
            },
          ]
        : [],
  },
  {
    code: 'ImageReferenceGiven',
    severity: 'refuse',
    source: 'docs/requests.md',
    why: 'The pool runs on the image that the build makes or that its source names, and on no other.',
    how: '`pool.properties` has no `imageReference`',
    needs: [],
    remedy:
      'Remove imageReference from pool.properties: the app fills it in; an image that is there already is named as the source.',
    check: ({ request }) =>
      'imageReference' in request.pool.properties.deploymentConfiguration.virtualMachineConfiguration
        ? [
            {
              subject: 'pool.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference',
              message:
                'The request names an image for the pool, but the pool gets the image that this build makes, or its source.',
            },
          ]
        : [],
  },
];
