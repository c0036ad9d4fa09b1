/** By which route the image of a request is made, and why by that one. */
import { regionKey } from './armId';
import { disksWithNames, found, osDiskOf, sourceLocation, type BuildFacts } from './facts';
import { MAX_MANAGED_IMAGE_DISK_GB } from './limits';
import type { BuildRequest, ImageRoute } from './request';
import { isExistingImage, sourceKind } from './source';

/** `existing`: no image is made, because the source is one that pools can run on. */
export type BuildRoute = ImageRoute | 'existing';

export interface RouteChoice {
  readonly route: BuildRoute;
  /** Each a sentence without its full stop, for the user. */
  readonly reasons: readonly string[];
}

type SourceOnly = Pick<BuildFacts, 'machine' | 'disks'>;

/** What keeps the source from becoming a managed image (virtual-machines/capture-image-resource); undefined when nothing does. */
export function notForManagedImage(facts: SourceOnly): string | undefined {
  const disk = osDiskOf(facts);
  const security = [disk?.securityType, found(facts.machine)?.securityType].find(
    (type) => type !== undefined && type !== 'Standard',
  );
  if (security !== undefined) return `its security type is ${security}`;
  return disk?.architecture === 'Arm64' ? 'its architecture is Arm64' : undefined;
}

/** A disk that a managed image cannot hold, though a gallery may. */
function tooLargeDisk(facts: SourceOnly): string | undefined {
  const large = disksWithNames(facts).find(({ disk: { sizeGb = 0 } }) => sizeGb > MAX_MANAGED_IMAGE_DISK_GB);
  return large && `the ${large.name} has ${large.disk.sizeGb ?? 0} GB`;
}

/** Why the image goes by a managed image and the gallery when nothing speaks against it. */
function forGallery({ account, ...facts }: BuildFacts): readonly string[] {
  const disk = osDiskOf(facts);
  const [from, to] = [sourceLocation(facts), found(account)?.location];
  const elsewhere = from !== undefined && to !== undefined && regionKey(from) !== regionKey(to);
  return [
    ...(disk === undefined
      ? []
      : [`a managed image can hold generation ${disk.hyperVGeneration}, ${disk.architecture} and disks of this size`]),
    elsewhere
      ? `a managed image serves its own region alone, and an image version gets replicas in ${regionKey(to)}, too`
      : 'pools start faster and grow larger from the replicas of a gallery (article, point 15)',
  ];
}

/** True when the request makes a version of an image definition. */
export const publishes = ({ source, image }: BuildRequest): boolean =>
  !isExistingImage(source) && image.route !== 'managedImage';

/** The request's route, or the one that fits the source. */
export function chooseRoute({ source, image }: BuildRequest, facts: BuildFacts): RouteChoice {
  if (isExistingImage(source)) return { route: 'existing', reasons: ['the source is an image that pools can run on'] };
  if (image.route !== undefined) return { route: image.route, reasons: ['the request says so'] };
  if (sourceKind(source) === 'managedImage') {
    return {
      route: 'gallery',
      reasons: ['the source is a managed image, and only a gallery can serve it to new pools'],
    };
  }
  const against = notForManagedImage(facts);
  if (against !== undefined) {
    return { route: 'direct', reasons: [`Azure makes no managed image of such a source: ${against}`] };
  }
  const large = tooLargeDisk(facts);
  if (large !== undefined) {
    const reason = `${large}, and a managed image has disks of at most ${MAX_MANAGED_IMAGE_DISK_GB} GB`;
    return { route: 'direct', reasons: [reason] };
  }
  return { route: 'gallery', reasons: forGallery(facts) };
}

export const routeOf = (request: BuildRequest, facts: BuildFacts): BuildRoute => chooseRoute(request, facts).route;
