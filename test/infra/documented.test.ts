/** The pages list what infra/ makes: every type of resource (docs/azure-resources.md), every alert (docs/observability.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bicepFile, bicepPaths, PROJECT, resourcesOf, textOf, valueAt, valueOf, type Value } from './bicep';

const page = readFileSync(join(PROJECT, 'docs/azure-resources.md'), 'utf8');

it('lists every type of resource, and none that is not made', async () => {
  const files = await Promise.all(bicepPaths().map(bicepFile));
  const made = files.flatMap(({ resources }) =>
    resources.filter((one) => !one.isExisting).map(({ type }) => type.replace(/@.*/, '')),
  );
  const listed = [...page.matchAll(/^\| [^|]+ \| `(Microsoft\.[\w/.]+)` \|/gm)].map(([, type]) => type);
  expect([...new Set(listed)].sort()).toEqual([...new Set(made)].sort());
});

it('says of every resource why it is there and what it costs', () => {
  const rows = page.split('\n').filter((line) => /^\| [^|]+ \| `Microsoft\./.test(line));
  for (const row of rows)
    expect(
      row
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1)
        .filter((cell) => cell === ''),
    ).toEqual([]);
  expect(rows.length).toBeGreaterThan(20);
});

it('lists every alert with its severity, and none that is not made', async () => {
  const rules: Value = await bicepFile('watch/alerts.bicep').then(({ variables }) => {
    const node = variables.get('logRules');
    return node ? valueOf(node) : [];
  });
  if (!Array.isArray(rules)) throw new Error('alerts.bicep has no list of rules.');
  const [deadLetters] = resourcesOf(await bicepFile('watch/alerts.bicep'), 'Microsoft.Insights/metricAlerts');
  if (!deadLetters) throw new Error('alerts.bicep has no metric alert.');
  const made = [
    ...(rules as readonly Readonly<Record<string, Value>>[]).map(
      ({ name = '', severity = '' }) => `image-pools-${textOf(name)} ${JSON.stringify(severity)}`,
    ),
    `${textOf(valueAt(deadLetters, 'name'))} ${JSON.stringify(valueAt(deadLetters, 'properties', 'severity'))}`,
  ];
  const told = readFileSync(join(PROJECT, 'docs/observability.md'), 'utf8');
  const listed = [...told.matchAll(/^\| `(image-pools-[\w-]+)` \| (\d) \|/gm)].map(
    ([, name, level]) => `${name} ${level}`,
  );
  expect(listed.sort()).toEqual(made.sort());
});

it('names no price, which would be wrong by tomorrow', () => {
  expect(page).not.toMatch(/[$€£]\s?\d|\d\s?(USD|EUR)/);
});
