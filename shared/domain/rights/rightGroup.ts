/** The shape of the table of rights. */

/** Where the app asks Azure what it may do. */
export type RightScope = 'source' | 'imageGroup' | 'gallery' | 'account' | 'subscription';

/** Where a right must hold: the sources by their kind, where reading proves all that is needed, and wherever the app asks. */
export type RightPlace =
  | Exclude<RightScope, 'source'>
  | 'askedScope'
  | 'machine'
  | 'disk'
  | 'snapshot'
  | 'storageAccount'
  | 'managedImage'
  | 'encryptionSet'
  | 'gallerySubscription';

/** When only some builds need a right: the condition, as the end of a sentence. */
export const RIGHT_CONDITIONS = {
  copiesDisks: 'when the build copies disks into snapshots',
  makesManagedImage: 'when the build makes a managed image',
  generalizes: 'when the request says `generalize: true`',
  capturesVm: 'when the image is made from the VM itself',
  direct: 'on route `direct`',
  publishes: 'when the build makes an image version',
  newDefinition: 'when there is no such definition yet',
  usesGallery: 'when the pool runs on an image of a gallery',
  otherSubscription: "when it is not the Batch account's",
  userSubscription: 'when the Batch account allocates pools in the subscription',
  communityImage: 'when the source is an image of a community gallery',
  sharedImage: 'when the source is an image that another tenant shares',
} as const;

export type RightCondition = keyof typeof RIGHT_CONDITIONS;

/** Rights that one part of a build needs, all at one place. */
export interface RightGroup {
  readonly place: RightPlace;
  readonly actions: readonly string[];
  /** What the build does with them. */
  readonly for: string;
  /** A built-in role that has them (role-based-access-control/built-in-roles). */
  readonly role: string;
  /** `reading`: the survey itself needs it, so that its answer is the proof. `grants`: only the identity's grants tell. */
  readonly proof: 'reading' | 'grants';
  /** False where no page of Azure's says that it takes this action: its absence does not refuse a build. */
  readonly confirmed: boolean;
  /** Left out: every build needs it. */
  readonly when?: RightCondition;
}
