/** What a bench answers with, and how it is printed: rows beside their baseline and goal, and further tables. */

/** One comparison; what a row has no baseline or goal for is left out. */
export interface Row {
  readonly name: string;
  readonly measured: string;
  readonly baseline?: string;
  /** Measured to baseline, of the same unit. */
  readonly ratio?: number;
  readonly goal?: string;
  readonly held?: boolean;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Findings {
  readonly rows: readonly Row[];
  readonly tables?: readonly Table[];
}

/** `quick` is for trying a bench out: smaller sizes, one round. */
export interface Size {
  readonly quick: boolean;
  readonly rounds: number;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** How it is measured, in a few sentences. */
  readonly method: string;
  run(size: Size): Promise<Findings>;
}

const COLUMNS = ['what', 'measured', 'baseline', 'ratio', 'goal', 'held'];

export const fixed = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const ratioText = (ratio: number): string =>
  ratio < 0.1 ? `${fixed(ratio * 100, 2)} %` : `${fixed(ratio, ratio < 10 ? 3 : 1)} ×`;

const cellsOf = ({ name, measured, baseline = '–', ratio, goal = '–', held }: Row): readonly string[] => [
  name,
  measured,
  baseline,
  ratio === undefined ? '–' : ratioText(ratio),
  goal,
  held === undefined ? '–' : held ? 'yes' : '**no**',
];

/** A Markdown table whose columns stand below each other in plain text, too. */
function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function findingsText({ rows, tables = [] }: Findings): string {
  const further = tables.map((table) => `${table.title}\n\n${markdown(table.columns, table.rows)}`);
  return [markdown(COLUMNS, rows.map(cellsOf)), ...further].join('\n\n');
}
