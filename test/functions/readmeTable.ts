/** The tables of the README that other files must agree with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(__dirname, '../../README.md');

/** Rows between `<!-- name -->` and `<!-- /name -->`, as trimmed cells, without the head. */
export function readmeTable(name: string): readonly (readonly string[])[] {
  const text = readFileSync(README, 'utf8');
  const [, inside] = new RegExp(`<!-- ${name} -->(.*?)<!-- /${name} -->`, 's').exec(text) ?? [];
  if (inside === undefined) throw new Error(`README.md has no table between <!-- ${name} --> and <!-- /${name} -->.`);
  const [, , ...rows] = inside.split('\n').filter((line) => line.trimStart().startsWith('|'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

export const withoutBackticks = (cell: string): string => cell.replaceAll('`', '');
