/** Surveys what the image is made from, or is already, by the kind of the source. */
import type { BuildRequest } from '../domain/request';
import { taggedSource } from '../domain/source';
import type { Arm } from './clients';
import { surveyDisks, surveySnapshots, surveyVhds } from './diskSurvey';
import type { GallerySurvey } from './gallerySurvey';
import { surveyForeignImage, surveyManagedImage, surveyVersion, surveyNewestVersion } from './imageSurvey';
import { surveyMachine } from './machineSurvey';
import type { SourceSurvey } from './sourceFacts';

/** What is surveyed beside the source, as far as a source cannot be read without it. */
interface Beside {
  readonly gallery: Promise<GallerySurvey>;
  /** Undefined when the account could not be read. */
  readonly region: Promise<string | undefined>;
}

export async function surveySource(arm: Arm, { source, pool }: BuildRequest, beside: Beside): Promise<SourceSurvey> {
  const tagged = taggedSource(source);
  switch (tagged.kind) {
    case 'virtualMachine':
      return surveyMachine(arm, tagged.virtualMachineId, false);
    case 'generalizedVm':
      return surveyMachine(arm, tagged.generalizedVirtualMachineId, true);
    case 'snapshots':
      return surveySnapshots(arm, tagged);
    case 'disks':
      return surveyDisks(arm, tagged);
    case 'vhd':
      return surveyVhds(arm, tagged);
    case 'managedImage':
      return surveyManagedImage(arm, tagged.managedImageId);
    case 'galleryVersion':
      return surveyVersion(arm, tagged.galleryImageVersionId, await beside.gallery);
    case 'galleryDefinition':
      return surveyNewestVersion(await beside.gallery, await beside.region);
    case 'communityImage':
      return surveyForeignImage(arm, tagged.communityGalleryImageId, pool.batchAccountId, await beside.region);
    case 'sharedImage':
      return surveyForeignImage(arm, tagged.sharedGalleryImageId, pool.batchAccountId, await beside.region);
  }
}
