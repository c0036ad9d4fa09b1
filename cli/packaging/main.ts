/** `npm run package`: the zip that is deployed, and the same unpacked in dist-package, where it was seen to load. */
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../../shared/domain/outcome';
import { unpack, zipped } from './archive';
import { bundleApp, type Files } from './bundle';
import { notices } from './bundledPackages';

const PROJECT = join(__dirname, '..', '..', '..');
const FOLDER = 'dist-package';
const ARCHIVE = 'batch-image-pools.zip';

/** The first finds nothing in the file cache; the median says what a start takes. */
const LOADINGS = 5;

const loading = z.object({ tookMs: z.number(), functions: z.array(z.string()), problems: z.array(z.string()) });
type Loading = z.infer<typeof loading>;

/** In a process of its own, so that nothing is loaded yet. */
function loadOnce(appFolder: string): Promise<Loading> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'loadTime.js'), [appFolder], { execArgv: [] });
    child.once('message', (message) => resolve(loading.parse(message)));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Loading the packaged app ended with ${code ?? 'a signal'}.`)));
  });
}

async function load(appFolder: string): Promise<{ readonly medianMs: number; readonly functions: number }> {
  const all: Loading[] = [];
  while (all.length < LOADINGS) all.push(await loadOnce(appFolder));
  const problems = all.flatMap((one) => one.problems);
  if (problems.length > 0) throw new Error(`the packaged app does not load: ${problems.join('; ')}`);
  const medianMs = all.map(({ tookMs }) => tookMs).sort((one, other) => one - other)[LOADINGS >> 1] ?? 0;
  return { medianMs, functions: all[0]?.functions.length ?? 0 };
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1_000).toLocaleString('en')} kB`;

function sizes(files: Files, archive: Uint8Array): readonly string[] {
  const rows = [...files].map(([name, { length }]) => `  ${name.padEnd(28)} ${kilobytes(length).padStart(10)}`);
  return [`${ARCHIVE}: ${kilobytes(archive.length)}, with`, ...rows];
}

async function main(): Promise<void> {
  const { files: app, packages } = await bundleApp(PROJECT);
  const files = new Map([...app, ['THIRD-PARTY-NOTICES.txt', Buffer.from(await notices(PROJECT, packages))]]);
  const archive = zipped(files);
  await writeFile(join(PROJECT, ARCHIVE), archive);
  await unpack(archive, join(PROJECT, FOLDER));
  console.log(sizes(files, archive).join('\n'));
  const { medianMs, functions } = await load(join(PROJECT, FOLDER));
  console.log(`Loads in ${medianMs} ms (median of ${LOADINGS}) and registers ${functions} functions.`);
}

main().catch((error: unknown) => {
  console.error(`Could not make the package: ${errorText(error)}`);
  process.exit(1);
});
