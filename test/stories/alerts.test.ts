/** The alerts and the workbook of infra/ look for lines that the app really writes, and for no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { bicepFile, INFRA, PROJECT, textOf, valueOf, type Value } from '../infra/bicep';
import { audit, findingsNow } from './guardWords';
import { expectOutcome, POOL_REFUSED, requestFor, Story, SUBSCRIPTION } from './story';

let story: Story;
/** What each alert looks for, by its name; with a field, its number in the last of these lines must be above none. */
let alerts: ReadonlyMap<string, { readonly lines: RegExp; readonly field: string }>;

beforeAll(async () => {
  const rules = (await bicepFile('watch/alerts.bicep')).variables.get('logRules');
  const values: Value = rules ? valueOf(rules) : [];
  if (!Array.isArray(values)) throw new Error('alerts.bicep has no list of rules.');
  alerts = new Map(
    values.map((rule: Readonly<Record<string, Value>>) => {
      const { name = '', lines = '', field = '' } = rule;
      return [textOf(name), { lines: new RegExp(textOf(lines)), field: textOf(field) }] as const;
    }),
  );
  story = await Story.begin({ withGuard: true });
});
afterAll(() => story.end());

const messages = (since = 0): readonly string[] => story.logged.slice(since).map((line) => line.replace(/^\w+: /, ''));

const numberIn = (line: string, field: string): number => Number(new RegExp(` ${field}=(\\d+)`).exec(line)?.[1]);

/** Names of the alerts that would see what is written while `act` runs. */
async function alertsOf(act: () => Promise<unknown>): Promise<readonly string[]> {
  const since = story.logged.length;
  await act();
  const written = messages(since);
  return [...alerts].flatMap(([name, { lines, field }]) => {
    const last = written.findLast((message) => lines.test(message));
    return last !== undefined && (field === '' || numberIn(last, field) > 0) ? [name] : [];
  });
}

it('a green audit is seen as one that has ended, and alarms nobody', async () => {
  expect(await alertsOf(() => audit(story))).toEqual(['audit-silent']);
});

it('a build that succeeds alarms nobody', async () => {
  const build = async () => {
    await story.send(requestFor('seen-pool'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    await story.rest();
  };
  expect((await alertsOf(build)).filter((name) => name !== 'audit-silent')).toEqual([]);
});

it('a build that fails is seen', async () => {
  const build = async () => {
    story.stack.azure.faults.add(POOL_REFUSED);
    await story.send(requestFor('failing-pool'));
    expectOutcome(await story.result(), 'BuildFailed');
    await story.rest();
  };
  expect(await alertsOf(build)).toContain('build-failed');
});

const versions = (): readonly string[] => story.stack.azure.ids().filter((id) => /\/versions\//i.test(id));
let gone: readonly string[] = [];

/** What the alert reads in the last line of an audit. */
const criticalNow = (): number =>
  numberIn(messages().findLast((message) => alerts.get('critical-open')?.lines.test(message)) ?? '', 'critical');

it('a finding is seen when it opens, and a critical one as long as it is open', async () => {
  gone = versions();
  const deletion = () => {
    for (const id of gone) story.stack.azure.deleteBehindTheBack(id);
    return findingsNow(story);
  };
  expect(await alertsOf(deletion)).toEqual(['finding-opened']);
  expect(await alertsOf(() => audit(story))).toEqual(['critical-open', 'audit-silent']);
  const { summary } = await audit(story);
  expect(summary.open.critical).toBeGreaterThan(0);
  expect(criticalNow()).toBe(summary.open.critical);
});

it('an audit that could not see everything is seen', async () => {
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  const notActions = ['Microsoft.Batch/batchAccounts/pools/read'];
  story.stack.azure.setGrants([{ scope, actions: ['*'], notActions, dataActions: ['*'] }]);
  const seen = await alertsOf(() => audit(story));
  expect(seen).toEqual(expect.arrayContaining(['critical-open', 'audit-partial', 'audit-silent']));
});

it('no critical finding is seen any more with the first audit after which none is open', async () => {
  for (const id of gone) story.stack.azure.restoreBehindTheBack(id);
  // What the app may not read by now, it says that it could not check.
  await findingsNow(story);
  story.stack.azure.setGrants([{ scope: `/subscriptions/${SUBSCRIPTION}`, actions: ['*'], dataActions: ['*'] }]);
  expect(await alertsOf(() => audit(story))).toEqual(['audit-silent']);
  expect(criticalNow()).toBe(0);
});

/** The queries of the workbook, by the names of their panels. */
const workbookSchema = z.object({
  items: z.array(z.object({ name: z.string(), content: z.object({ query: z.string().optional() }) })),
});

const panels = workbookSchema
  .parse(JSON.parse(readFileSync(join(INFRA, 'watch/workbook.json'), 'utf8')))
  .items.flatMap(({ name, content: { query } }) => (query === undefined ? [] : [{ name, query }]));

/** Lines that a query would let through: KQL's `matches regex`, and `has` for a text that is written out. */
function linesFor(query: string): readonly string[] {
  const [, regex] = /where Message matches regex @"([^"]+)"/.exec(query) ?? [];
  const [, text = ''] = /where Message has "([^"]+)"/.exec(query) ?? [];
  const pattern = regex === undefined ? undefined : new RegExp(regex);
  return messages().filter((message) => (pattern === undefined ? message.includes(text) : pattern.test(message)));
}

const extractions = (query: string): readonly string[] =>
  [...query.matchAll(/extract\(@"([^"]+)", 1, Message\)/g)].map(([, one = '']) => one);

it.each(panels)('the workbook’s panel $name finds lines, and in them all that it takes out', ({ query }) => {
  const lines = linesFor(query);
  expect(lines.length).toBeGreaterThan(0);
  const missed = extractions(query).filter((one) => !lines.some((line) => new RegExp(one).exec(line)?.[1]));
  expect(missed).toEqual([]);
});

it('docs/observability.md shows queries that find lines, too', () => {
  const page = readFileSync(join(PROJECT, 'docs/observability.md'), 'utf8');
  const queries = [...page.matchAll(/```kusto\n([^`]*AppTraces[^`]*)```/g)].map(([, query = '']) => query);
  const patterns = queries.flatMap((query) =>
    [...query.matchAll(/matches regex @"([^"]+)"/g)].map(([, one = '']) => one),
  );
  const taken = queries.flatMap(extractions);
  expect(patterns.length).toBeGreaterThan(1);
  const written = messages();
  expect([...patterns, ...taken].filter((one) => !written.some((line) => new RegExp(one).test(line)))).toEqual([]);
});

it('who deleted an image is in the event of the finding, and no claim of theirs in the log', () => {
  expect(messages().filter((line) => /claims|Bearer |\beyJ[\w-]+\./.test(line))).toEqual([]);
});
