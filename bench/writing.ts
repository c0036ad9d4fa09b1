/** Writes what a bench found into bench/results.md and docs/performance.md, between the two marks that carry its name. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineText } from './machine';
import { PROJECT } from './scene';
import { findingsText, type Bench, type Findings } from './table';

const RESULTS = 'bench/results.md';
const PAGE = 'docs/performance.md';

const NEW_RESULTS =
  '# Results of `npm run bench`\n\nEach part is written by a run of its bench; what it means stands in ../docs/performance.md.\n';

const begin = (name: string): string => `<!-- bench:${name} -->`;
const end = (name: string): string => `<!-- end of bench:${name} -->`;

const marked = (name: string, text: string): string => `${begin(name)}\n\n${text}\n\n${end(name)}`;

/** Undefined when the text has no such marks. */
function replaced(text: string, name: string, part: string): string | undefined {
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from)}${marked(name, part)}${text.slice(to + end(name).length)}`;
}

const textOf = (file: string): Promise<string | undefined> =>
  readFile(join(PROJECT, file), 'utf8').catch(() => undefined);

export async function writeFindings({ name, title, method }: Bench, findings: Findings): Promise<void> {
  const table = findingsText(findings);
  const part = `## ${title}\n\n${method}\n\n${machineText()}\n\n${table}`;
  const results = (await textOf(RESULTS)) ?? NEW_RESULTS;
  await write(RESULTS, replaced(results, name, part) ?? `${results.trimEnd()}\n\n${marked(name, part)}\n`);
  const page = await textOf(PAGE);
  if (page === undefined) return;
  const updated = replaced(page, name, `${table}\n\n(${machineText()})`);
  if (updated === undefined)
    throw new Error(`${PAGE} has no place for ${name}: put ${begin(name)} and ${end(name)} into it.`);
  await write(PAGE, updated);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(join(PROJECT, file), text);
  console.log(`Wrote ${file}.`);
}
