/** What one build of Packer's azure-arm left in Azure, and what its template tells of it. */
import { parseArmIdOf, sameArmId } from '../shared/domain/armId';

export type Fields = Readonly<Record<string, unknown>>;

export interface ArtifactKind {
  readonly field: string;
  readonly called: string;
  readonly fits: (artifactId: string) => boolean;
  readonly same: (one: string, other: string) => boolean;
  /** Fields of the source that a template may tell in `custom_data`, because no artifact id holds them. */
  readonly told: readonly string[];
}

const resource = (field: string, called: string, type: string, told: readonly string[] = []): ArtifactKind => ({
  field,
  called,
  fits: (artifactId) => parseArmIdOf(type, artifactId) !== undefined,
  same: sameArmId,
  told,
});

function isVhd(artifactId: string): boolean {
  const url = URL.parse(artifactId);
  return url?.protocol === 'https:' && url.pathname.toLowerCase().endsWith('.vhd');
}

/** What `artifact_id` can be (hashicorp/packer-plugin-azure, builder/azure/arm/artifact.go, `Id`). */
export const ARTIFACT_KINDS: readonly ArtifactKind[] = [
  resource('managedImageId', 'a managed image', 'Microsoft.Compute/images'),
  resource('galleryImageVersionId', 'a gallery image version', 'Microsoft.Compute/galleries/images/versions'),
  resource('osDiskId', 'a managed disk', 'Microsoft.Compute/disks', ['osType', 'generalized']),
  {
    field: 'vhdUri',
    called: 'the URL of a VHD',
    fits: isVhd,
    // Names of blobs are case-sensitive.
    same: (one, other) => one === other,
    told: ['osType', 'hyperVGeneration', 'storageAccountId', 'generalized', 'dataVhds'],
  },
];

export interface Artifact {
  readonly id: string;
  readonly builds: readonly string[];
  readonly customData: Readonly<Record<string, string>>;
  readonly kind: ArtifactKind | undefined;
}

/** One artifact, made by builds of these names; a template may write its manifest several times. */
export const artifactOf = (id: string, builds: readonly string[], customData: Artifact['customData']): Artifact => ({
  id,
  builds,
  customData,
  kind: ARTIFACT_KINDS.find((kind) => kind.fits(id)),
});

const DATA_VHD = /^dataVhd(\d+)$/;

/** Custom data is text only, so each data disk has a key of its own: `dataVhd0` is the VHD of LUN 0. */
function dataVhdsIn(customData: Artifact['customData']): readonly object[] | undefined {
  const vhds = Object.entries(customData).flatMap(([key, uri]) => {
    const lun = DATA_VHD.exec(key)?.[1];
    return lun === undefined || uri === '' ? [] : [{ lun: Number(lun), uri }];
  });
  return vhds.length > 0 ? vhds : undefined;
}

function toldOf(field: string, customData: Artifact['customData']): unknown {
  if (field === 'dataVhds') return dataVhdsIn(customData);
  const text = customData[field];
  // A variable of the template that nobody set tells nothing.
  if (text === undefined || text === '') return undefined;
  return field === 'generalized' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

/** What the template tells of the source in `custom_data`. */
export function toldBy({ customData, kind }: Artifact): Fields {
  const fields = (kind?.told ?? []).map((field) => [field, toldOf(field, customData)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
