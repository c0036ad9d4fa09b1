/** Every setting of host.json is explained in the README, with the value that it has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeTable, withoutBackticks } from './readmeTable';

/** The format of the file itself, not a setting. */
const FORMAT = 'version';
/** Names by which settings hold a dot, or are one setting in several parts. */
const WHOLE = new Set(['extensionBundle']);

/** Dotted paths of everything that is set. */
function settingsIn(value: unknown, path: readonly string[] = []): readonly string[] {
  const dotted = path.join('.');
  if (typeof value !== 'object' || value === null || WHOLE.has(dotted)) return [dotted];
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => settingsIn(item, [...path, name]));
}

const host: unknown = JSON.parse(readFileSync(join(__dirname, '../../host.json'), 'utf8'));
const explained = readmeTable('host').map(([path = '']) => withoutBackticks(path));

it('no setting is unexplained', () => {
  expect(settingsIn(host).filter((path) => path !== FORMAT && !explained.includes(path))).toEqual([]);
});

it('nothing is explained that is not set', () => {
  expect(explained.filter((path) => !settingsIn(host).includes(path))).toEqual([]);
});

it('every explanation says why', () => {
  expect(readmeTable('host').filter(([, , why = '']) => why === '')).toEqual([]);
});
