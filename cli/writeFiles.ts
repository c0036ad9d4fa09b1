/** Writes files of the project that are made from its code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `files`: text by path, from the project's folder. */
export async function writeFiles(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    const path = join(__dirname, '..', '..', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`Wrote ${file}.`);
  }
}
