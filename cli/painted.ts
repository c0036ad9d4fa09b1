/** Paints lines for a terminal. */
import { styleText } from 'node:util';
import type { Line, Tone } from './lines';

/** Wider lines are hard to read. */
const MOST_COLUMNS = 120;
const COLUMNS_OF_A_FILE = 100;

const STYLES: Readonly<Record<Exclude<Tone, 'plain'>, Parameters<typeof styleText>[0]>> = {
  heading: 'bold',
  good: ['bold', 'green'],
  refuse: ['bold', 'red'],
  unknown: ['bold', 'magenta'],
  warn: ['bold', 'yellow'],
  note: ['bold', 'cyan'],
  quiet: 'dim',
};

/** Columns to fill. */
export const terminalWidth = (): number => Math.min(process.stdout.columns || COLUMNS_OF_A_FILE, MOST_COLUMNS);

/** Colours on a terminal only, and not where NO_COLOR is set: `styleText` looks. */
export const painted = ({ tone, text }: Line): string =>
  tone === 'plain' ? text : styleText(STYLES[tone], text, { stream: process.stdout });
