/** The npm packages that went into a bundle, and what their licences ask to be told. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Folders of packages, from the files that were read; each once, in order. */
export function packagesIn(files: readonly string[]): readonly string[] {
  const folders = files.flatMap((file) => PACKAGE_FOLDER.exec(file.replaceAll('\\', '/')) ?? []);
  return [...new Set(folders)].sort();
}

export function packageFolder(packages: readonly string[], name: string): string {
  const folder = packages.find((path) => path.endsWith(`node_modules/${name}`));
  if (folder === undefined) throw new Error(`The bundle has no package ${name}, of which a file is wanted.`);
  return folder;
}

const described = z.object({ name: z.string(), version: z.string(), license: z.string().default('see its text') });

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

async function notice(folder: string): Promise<string> {
  const { name, version, license } = described.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}

/** Names, versions and licence texts of everything that is in the bundle. */
export async function notices(project: string, packages: readonly string[]): Promise<string> {
  const all = await Promise.all(packages.map((folder) => notice(join(project, folder))));
  return ['This app contains the following packages.', ...all].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}
