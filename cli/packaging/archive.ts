/** Zip archives that depend on their contents alone, and folders made from them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import type { Files } from './bundle';

/** Of every entry: the same sources give the same zip. The oldest day that zip knows is in 1980. */
const ENTRY_TIME = new Date(1980, 0, 2);

export function zipped(files: Files): Uint8Array {
  const inOrder = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return zipSync(Object.fromEntries(inOrder), { level: 9, mtime: ENTRY_TIME });
}

/** Replaces the folder by what is in the archive. */
export async function unpack(archive: Uint8Array, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [name, contents] of Object.entries(unzipSync(archive))) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}
