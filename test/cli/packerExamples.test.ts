/** examples/packer/: each template, the manifest that it writes, and the request that goes with it fit each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestWithSource, sourceFromManifest } from '../../cli/packerManifest';
import { parseBuildRequest } from '../../shared/messages';

const FOLDER = join(__dirname, '../../examples/packer');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const readJson = (file: string): object => JSON.parse(read(file)) as object;

const SOURCES = '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-sources/providers';

/** What the app is told, by template. */
const SOURCE_OF: Readonly<Record<string, object>> = {
  'managed-image': { managedImageId: `${SOURCES}/Microsoft.Compute/images/img-packer` },
  gallery: {
    galleryImageVersionId: `${SOURCES}/Microsoft.Compute/galleries/sources/images/golden/versions/1.0.0`,
  },
  vhd: {
    vhdUri: 'https://stsources.blob.core.windows.net/vhds/render-pkros128o59crqz.vhd',
    osType: 'Linux',
    hyperVGeneration: 'V2',
    storageAccountId: `${SOURCES}/Microsoft.Storage/storageAccounts/stsources`,
    generalized: true,
  },
};
const NAMES = Object.keys(SOURCE_OF);

/** Fields of the builder, as the plugin decodes them (hashicorp/packer-plugin-azure, builder/azure/arm/config.hcl2spec.go). */
const BUILDER_FIELDS = [
  ...['use_azure_cli_auth', 'subscription_id', 'location', 'vm_size', 'os_type'],
  ...['image_publisher', 'image_offer', 'image_sku', 'image_version'],
  ...['managed_image_resource_group_name', 'managed_image_name'],
  ...['resource_group_name', 'storage_account', 'capture_container_name', 'capture_name_prefix'],
  ...['shared_image_gallery_destination', 'shared_image_gallery_timeout'],
];
const DESTINATION_FIELDS = [
  ...['subscription', 'resource_group', 'gallery_name', 'image_name', 'image_version', 'storage_account_type'],
  'target_region',
];

/** The lines of a block, without its braces; `indent` is that of its first line. */
function block(template: string, opening: string): string {
  const [, indent = '', body = ''] = new RegExp(`^( *)${opening} \\{\\n([^]*?)\\n\\1\\}$`, 'm').exec(template) ?? [];
  return body.replaceAll(new RegExp(`^${indent}  `, 'gm'), '');
}

/** Names of the attributes and blocks that stand directly in a block. */
const fieldsOf = (body: string): readonly string[] =>
  [...body.matchAll(/^(\w+) +(?:=|\{)/gm)].map(([, name]) => name ?? '');

/** Defaults of the variables. */
const defaultsOf = (template: string): ReadonlyMap<string, string> =>
  new Map(
    [...template.matchAll(/^variable "(\w+)" \{[^}]*?default +="?[^"]*"([^"]*)"/gm)].map(([, name = '', text = '']) => [
      name,
      text,
    ]),
  );

it('every file belongs to a template of the table', () => {
  const files = NAMES.flatMap((name) => [`${name}.pkr.hcl`, `packer-manifest.${name}.json`, `request-${name}.json`]);
  expect(readdirSync(FOLDER).sort()).toEqual(files.sort());
});

describe.each(NAMES)('%s', (name) => {
  const template = read(`${name}.pkr.hcl`);
  const manifest = readJson(`packer-manifest.${name}.json`);
  const request = readJson(`request-${name}.json`);

  it('has no field that the plugin does not know', () => {
    const builder = fieldsOf(block(template, 'source "azure-arm" "ubuntu"'));
    expect(builder.filter((field) => !BUILDER_FIELDS.includes(field))).toEqual([]);
    expect(builder).toContain('image_sku');
    const destination = fieldsOf(block(template, 'shared_image_gallery_destination'));
    expect(destination.filter((field) => !DESTINATION_FIELDS.includes(field))).toEqual([]);
    expect(destination.length > 0).toBe(name === 'gallery');
  });

  it('generalizes last, and then writes the manifest', () => {
    const build = block(template, 'build');
    const last = build.lastIndexOf('provisioner "shell"');
    expect(build.slice(last)).toContain('waagent -force -deprovision+user');
    expect(build.indexOf('post-processor "manifest"')).toBeGreaterThan(last);
  });

  it('writes what the manifest beside it has: its custom data, and ids of its defaults', () => {
    const told = fieldsOf(block(template, 'custom_data =')).toSorted();
    const [build] = (manifest as { readonly builds: readonly { readonly custom_data: object | null }[] }).builds;
    expect(Object.keys(build?.custom_data ?? {}).toSorted()).toEqual(told);
    const places = [...defaultsOf(template)].filter(([variable]) => variable !== 'location');
    expect(places).not.toEqual([]);
    for (const [, text] of places) expect(JSON.stringify(manifest)).toContain(text);
  });

  it('becomes the source of a request that names none itself', () => {
    expect(request).not.toHaveProperty('source');
    expect(sourceFromManifest(manifest, undefined)).toEqual({ ok: true, source: SOURCE_OF[name] });
    expect(requestWithSource(request, manifest)).toEqual({
      ok: true,
      message: { ...request, source: SOURCE_OF[name] },
    });
  });

  it('has a request that is right but for the source', () => {
    const vm = { virtualMachineId: `${SOURCES}/Microsoft.Compute/virtualMachines/vm`, generalized: true };
    const { image } = readJson('request-vhd.json') as { readonly image: object };
    // A version that is published already needs no image to be made.
    expect('image' in request).toBe(name !== 'gallery');
    expect(parseBuildRequest({ image, ...request, source: vm })).toMatchObject({ ok: true });
  });
});
