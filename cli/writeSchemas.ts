/** `npm run schemas`: writes the published JSON Schemas from the schemas that the app parses with. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { publishedSchemas } from './publishedSchemas';

async function main(): Promise<void> {
  for (const [file, text] of publishedSchemas()) {
    const path = join(__dirname, '..', '..', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`Wrote ${file}.`);
  }
}

void main();
