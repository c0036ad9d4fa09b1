/** What Packer's manifest post-processor wrote about a build of azure-arm, as the source of a build request. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { jsonOf } from '../shared/json';
import type { Parsed } from '../shared/parsing';
import { ARTIFACT_KINDS, artifactOf, toldBy, type Artifact, type Fields } from './packerArtifact';

export type ManifestSource =
  | { readonly ok: true; readonly source: Fields }
  /** All that is wrong, each with what to do. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The fields that hashicorp/packer writes (post-processor/manifest/artifact.go), as far as they are read here. */
const buildSchema = z.object({
  name: z.string(),
  builder_type: z.string(),
  artifact_id: z.string(),
  packer_run_uuid: z.string(),
  /** `null` when the template has none; Packer 1.2 does not write it at all. */
  custom_data: z.record(z.string(), z.string()).nullish(),
});

/** Runs are appended to a file that is there: only `last_run_uuid` tells the new builds from the old ones. */
const manifestSchema = z.object({ builds: z.array(buildSchema), last_run_uuid: z.string() });

/** A request names exactly one of them. */
const SOURCES = [
  'virtualMachineId',
  'generalizedVirtualMachineId',
  'osSnapshotId',
  'osDiskId',
  'vhdUri',
  'managedImageId',
  'galleryImageVersionId',
  'galleryImageDefinitionId',
];

const listed = (items: readonly string[]): string => [...new Set(items)].join(', ');

const refused = (...problems: readonly string[]) => ({ ok: false, problems }) as const;

type Found<T> = { readonly ok: true; readonly found: T } | { readonly ok: false; readonly problems: readonly string[] };

type Build = z.infer<typeof buildSchema>;

const namesOf = (builds: readonly Build[]): readonly string[] => builds.map(({ name }) => name);

const customDataOf = (builds: readonly Build[]): Artifact['customData'] =>
  Object.fromEntries(builds.flatMap(({ custom_data: data }) => Object.entries(data ?? {})));

/** The artifacts of azure-arm of the last run, each once. */
function artifactsOf(manifest: unknown): Found<readonly Artifact[]> {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    const fields = listed(parsed.error.issues.map(({ path }) => path.join('.') || 'the file itself'));
    return refused(
      `It is not a manifest of Packer (wrong: ${fields}). Give the file that the post-processor "manifest" of the ` +
        'template writes: packer-manifest.json, unless its "output" says otherwise.',
    );
  }
  const { builds, last_run_uuid: lastRun } = parsed.data;
  const last = builds.filter((build) => build.packer_run_uuid === lastRun);
  if (last.length === 0) {
    return refused(
      `It has no build of its last run (last_run_uuid "${lastRun}"). Remove the file, and run packer build again.`,
    );
  }
  const ours = last.filter((build) => build.builder_type === 'azure-arm');
  if (ours.length === 0) {
    const others = listed(last.map((build) => build.builder_type));
    return refused(
      `Its last run has builds of ${others}, and none of azure-arm. Only what azure-arm leaves in Azure can become a ` +
        'pool: build with azure-arm, or name the source in the request.',
    );
  }
  const byId = [...Map.groupBy(ours, (build) => build.artifact_id)];
  return { ok: true, found: byId.map(([id, builds]) => artifactOf(id, namesOf(builds), customDataOf(builds))) };
}

/** The one artifact that is meant: the only one, or the one that the request names. */
function chosen(artifacts: readonly Artifact[], own: Fields): Found<Artifact> {
  const named = SOURCES.filter((field) => own[field] !== undefined);
  const [only, ...more] = artifacts;
  const shown = artifacts.map(({ id, builds }) => `"${id}" (build ${listed(builds)})`).join(', ');
  if (named.length > 0) {
    const meant = artifacts.find(({ kind, id }) => kind?.same(String(own[kind.field]), id));
    if (meant) return { ok: true, found: meant };
    const names = named.map((field) => `${field} "${String(own[field])}"`).join(', ');
    return refused(
      `The request names another source already: ${names}; the last run of Packer made ${shown}. ` +
        'Take it out of the request, or leave out --packer-manifest.',
    );
  }
  if (only && more.length === 0) return { ok: true, found: only };
  return refused(
    `Its last run made several artifacts: ${shown}. Name one of them in "source" of the request, or run packer build ` +
      'with -only=azure-arm.NAME.',
  );
}

/** Why this artifact cannot be used with what the request says of its source. */
function problemsOf({ id, builds, kind }: Artifact, told: Fields, own: Fields): readonly string[] {
  if (!kind) {
    const kinds = ARTIFACT_KINDS.map(({ called }) => called).join(', ');
    return [
      `The artifact id "${id}" of build ${listed(builds)} is none of: ${kinds}. Let the template write a managed image, ` +
        'a gallery image version or a VHD (docs/packer.md), and its manifest straight after the build.',
    ];
  }
  const unclear =
    typeof told['generalized'] === 'string'
      ? [`custom_data.generalized is "${told['generalized']}". Write "true" or "false" in the template.`]
      : [];
  const contradictions = Object.keys(told)
    .filter((key) => own[key] !== undefined && !isDeepStrictEqual(own[key], told[key]))
    .map((key) => {
      const [theirs, ours] = [told[key], own[key]].map((value) => JSON.stringify(value));
      return `source.${key} is ${ours} in the request, and ${theirs} in custom_data. Correct one, or take one out.`;
    });
  return [...unclear, ...contradictions];
}

const object = z.record(z.string(), z.unknown());

/**
 * The source of a request: what Packer made in its last run, and what else the request (`given`, its own `source`) and
 * the template's `custom_data` say of it.
 */
export function sourceFromManifest(manifest: unknown, given: unknown): ManifestSource {
  const own = object.safeParse(given ?? {});
  const artifacts = artifactsOf(manifest);
  if (!own.success) {
    const wrong = '"source" of the request is not an object. Take it out, or give it the fields of docs/packer.md.';
    return refused(...(artifacts.ok ? [] : artifacts.problems), wrong);
  }
  if (!artifacts.ok) return artifacts;
  const one = chosen(artifacts.found, own.data);
  if (!one.ok) return one;
  const told = toldBy(one.found);
  const { kind, id } = one.found;
  const problems = problemsOf(one.found, told, own.data);
  if (!kind || problems.length > 0) return refused(...problems);
  return { ok: true, source: { ...told, ...own.data, [kind.field]: id } };
}

/** The request with its source; what is no object stays as it is, for the parser of requests to say so. */
export function requestWithSource(request: unknown, manifest: unknown): Parsed<unknown> {
  const json = object.safeParse(jsonOf(request)?.json);
  if (!json.success) return { ok: true, message: request };
  const found = sourceFromManifest(jsonOf(manifest)?.json, json.data['source']);
  return found.ok ? { ok: true, message: { ...json.data, source: found.source } } : found;
}
