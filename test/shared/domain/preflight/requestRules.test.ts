/** Rules that need nothing but the request. */
import { requestRules } from '../../../../shared/domain/preflight/requestRules';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';

const notGeneralized =
  'The request does not say that the VM was generalized. Azure Resource Manager cannot tell, so the app takes only your word for it.';

const imageReference = given.poolProperties({
  deploymentConfiguration: { virtualMachineConfiguration: { imageReference: { id: 'x' } } },
});

const retired = given.request({ image: { route: 'managedImage' } });
const insisting = { ...retired, allowRetiredManagedImagePools: true };

testRules(requestRules, {
  GeneralizedNotAsserted: {
    pass: [{ when: 'the request says that it was' }],
    fail: [
      {
        when: 'the request says nothing of it',
        request: given.request({ source: { generalized: undefined } }),
        says: [['source.generalized', notGeneralized]],
      },
      {
        when: 'the request says that it was not',
        request: given.request({ source: { generalized: false } }),
        says: [['source.generalized', notGeneralized]],
      },
    ],
  },
  ManagedImagePoolRetired: {
    pass: [
      { when: 'the route is direct', request: given.request({ image: { route: 'direct' } }) },
      { when: 'the route is gallery', request: given.request({ image: { route: 'gallery' } }) },
      { when: 'the request insists', request: insisting },
    ],
    fail: [
      {
        when: 'the route is the retired one',
        request: given.request({ image: { route: 'managedImage' } }),
        says: [['image.route', 'Azure Batch stopped taking pools straight from managed images on 31 March 2026.']],
      },
    ],
  },
  ManagedImagePoolSent: {
    pass: [
      { when: 'the route is the retired one, and the request does not insist', request: retired },
      { when: 'the route is another', request: given.request({ allowRetiredManagedImagePools: true }) },
    ],
    fail: [
      {
        when: 'the request insists on the retired route',
        request: insisting,
        says: [
          [
            'image.route',
            'The pool is sent straight on a managed image, with API version 2019-08-01; when Azure refuses it, all that was made is taken away again.',
          ],
        ],
      },
    ],
  },
  ImageReferenceGiven: {
    pass: [{ when: 'the pool names no image' }],
    fail: [
      {
        when: 'the pool names an image',
        request: given.request({ pool: { properties: imageReference } }),
        says: [
          [
            'pool.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference',
            'The request names an image for the pool, but the pool gets the image that this build makes, or its source.',
          ],
        ],
      },
    ],
  },
});
