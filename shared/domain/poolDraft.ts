/** The pool of a build in full: the REST body of the request, with the image, the node agent and the app's marks. */
import type { BuildFacts } from './facts';
import type { Layout } from './layout';
import { fingerprint, TAG } from './names';
import { nodeAgentSkuId } from './nodeAgent';
import type { BuildRequest, PoolProperties } from './request';
import type { PoolSpec, Tags } from './resources';
import { resizeTimeoutFor } from './sizing';

/** The request's own scale settings, with the resize timeout that it left to the app. */
function scaleSettings(given: PoolProperties): { readonly scaleSettings?: PoolProperties['scaleSettings'] } {
  const timeout = resizeTimeoutFor(given);
  if (given.scaleSettings === undefined) return {};
  if (timeout === undefined || timeout.given) return { scaleSettings: given.scaleSettings };
  const fixedScale = { ...given.scaleSettings.fixedScale, resizeTimeout: `PT${timeout.minutes}M` };
  return { scaleSettings: { ...given.scaleSettings, fixedScale } };
}

/** A body copied from a pool that this app made carries that pool's marks. */
function callersMetadata({ metadata = [] }: PoolProperties): PoolProperties['metadata'] & object {
  const ours: readonly string[] = Object.values(TAG);
  return metadata.filter(({ name }) => !ours.includes(name));
}

/** Pools carry no tags on every API version, so whose pool it is stands in its metadata. */
export function draftPool(request: BuildRequest, facts: BuildFacts, layout: Layout, tags: Tags): PoolSpec {
  const given = request.pool.properties;
  const agent = nodeAgentSkuId(request, facts);
  const { deploymentConfiguration: deployment } = given;
  const own = { ...tags, [TAG.fingerprint]: fingerprint(request) };
  return {
    kind: 'pool',
    id: layout.poolId,
    tags: own,
    properties: {
      ...given,
      ...scaleSettings(given),
      deploymentConfiguration: {
        ...deployment,
        virtualMachineConfiguration: {
          ...deployment.virtualMachineConfiguration,
          ...(agent === undefined ? {} : { nodeAgentSkuId: agent }),
          imageReference: layout.image,
        },
      },
      metadata: [...callersMetadata(given), ...Object.entries(own).map(([name, value]) => ({ name, value }))],
    },
    ...(request.pool.identity === undefined ? {} : { identity: request.pool.identity }),
    ...(layout.route === 'managedImage' ? { apiVersion: facts.policy.managedImageApiVersion } : {}),
  };
}
