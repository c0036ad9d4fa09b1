/** Whether a request grows the pool of its name that stands already, instead of building one; and if not, why not. */
import type { ExistingPool } from './account';
import { armKey, armName, childId, parseArmIdOf } from './armId';
import { found, type BuildFacts } from './facts';
import { nodeTargets, type BuildRequest } from './request';
import { sourceId } from './source';

type Surveyed = { readonly request: BuildRequest; readonly facts: BuildFacts };

/** True when the pool runs on an image of the request: on a version of its definition, or on an image that goes by its name. */
function isOnImageOf({ source, image }: BuildRequest, { imageId = '' }: ExistingPool): boolean {
  if (image.galleryId !== undefined) {
    const definition = armKey(childId(image.galleryId, 'images', image.name));
    return armKey(imageId) === definition || armKey(imageId).startsWith(`${definition}/versions/`);
  }
  if (armKey(imageId) === armKey(sourceId(source))) return true;
  const named = parseArmIdOf('Microsoft.Compute/images', imageId);
  return named !== undefined && armName(named).toLowerCase().startsWith(`${image.name.toLowerCase()}-`);
}

/** Growing never takes nodes away, of neither kind. */
function shrinks({ pool }: BuildRequest, { targets }: ExistingPool): string | undefined {
  const asked = nodeTargets(pool.properties);
  if (!asked || !targets) return undefined;
  return [
    { kind: 'dedicated', has: targets.dedicated, wants: asked.dedicated },
    { kind: 'Spot', has: targets.spot, wants: asked.spot },
  ]
    .filter(({ has, wants }) => wants < has)
    .map(({ kind, has, wants }) => `it is set to ${has} ${kind} nodes, and the request asks for ${wants}`)
    .at(0);
}

function otherSize({ pool }: BuildRequest, { vmSize }: ExistingPool): string | undefined {
  const asked = pool.properties.vmSize;
  if (vmSize === undefined || vmSize.toLowerCase() === asked.toLowerCase()) return undefined;
  return `its nodes are of VM size ${vmSize}, and the request asks for ${asked}`;
}

/** Why the pool that stands cannot be grown, as the end of a sentence; undefined when it can, or when there is none. */
export function notToGrow({ request, facts }: Surveyed): string | undefined {
  const pool = found(facts.pool);
  if (!pool) return undefined;
  if (pool.deleting) return 'it is being deleted';
  if (pool.targets === undefined) return 'a formula decides how many nodes it has';
  if (nodeTargets(request.pool.properties) === undefined) return 'the request names no number of nodes, but a formula';
  if (!isOnImageOf(request, pool)) return `it does not run on an image of definition ${request.image.name}`;
  if (facts.poolImage?.read === 'missing') return 'its image version is gone, so that Azure can add no nodes to it';
  return otherSize(request, pool) ?? shrinks(request, pool);
}

/** True when the request is to grow the pool that stands, and that can be done; nothing is built then. */
export const growsExisting = (request: BuildRequest, facts: BuildFacts): boolean =>
  request.pool.existing === 'grow' && facts.pool.read === 'found' && notToGrow({ request, facts }) === undefined;
