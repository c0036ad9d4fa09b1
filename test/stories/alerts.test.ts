/** The alerts and the workbook of infra/ look for lines that the app really writes, and for no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bicepFile, INFRA, textOf, valueOf, type Value } from '../infra/bicep';
import { audit, findingsNow } from './guardWords';
import { expectOutcome, POOL_REFUSED, requestFor, Story, SUBSCRIPTION } from './story';

let story: Story;
/** What each alert looks for, by its name. */
let alerts: ReadonlyMap<string, RegExp>;

beforeAll(async () => {
  const rules = (await bicepFile('watch/alerts.bicep')).variables.get('logRules');
  const values: Value = rules ? valueOf(rules) : [];
  if (!Array.isArray(values)) throw new Error('alerts.bicep has no list of rules.');
  alerts = new Map(
    values.map((rule: Readonly<Record<string, Value>>) => {
      const { name = '', lines = '' } = rule;
      return [textOf(name), new RegExp(textOf(lines))] as const;
    }),
  );
  story = await Story.begin({ withGuard: true });
});
afterAll(() => story.end());

const messages = (since = 0): readonly string[] => story.logged.slice(since).map((line) => line.replace(/^\w+: /, ''));

/** Names of the alerts that would see a line of what is written while `act` runs. */
async function alertsOf(act: () => Promise<unknown>): Promise<readonly string[]> {
  const since = story.logged.length;
  await act();
  const written = messages(since);
  return [...alerts].flatMap(([name, pattern]) => (written.some((message) => pattern.test(message)) ? [name] : []));
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

it('a finding is seen when it opens, and as long as audits find something', async () => {
  gone = versions();
  const deletion = () => {
    for (const id of gone) story.stack.azure.deleteBehindTheBack(id);
    return findingsNow(story);
  };
  expect(await alertsOf(deletion)).toEqual(['finding-opened']);
  expect(await alertsOf(() => audit(story))).toEqual(['findings-stay-open', 'audit-silent']);
});

it('an audit that could not see everything is seen', async () => {
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  const notActions = ['Microsoft.Batch/batchAccounts/pools/read'];
  story.stack.azure.setGrants([{ scope, actions: ['*'], notActions, dataActions: ['*'] }]);
  expect(await alertsOf(() => audit(story))).toEqual(expect.arrayContaining(['audit-partial', 'audit-silent']));
  for (const id of gone) story.stack.azure.restoreBehindTheBack(id);
  await findingsNow(story);
});

it('every line that the workbook looks for is among those written, as is all that it takes out of them', () => {
  const texts = [...readFileSync(join(INFRA, 'watch/workbook.json'), 'utf8').matchAll(/"query": (".*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  );
  const patterns = texts.flatMap((query) =>
    [...query.matchAll(/(?:regex |extract\()@"([^"]+)"/g)].map(([, one = '']) => one),
  );
  expect(patterns.length).toBeGreaterThan(5);
  const written = messages();
  const unseen = patterns.filter((pattern) => !written.some((message) => new RegExp(pattern).test(message)));
  expect(unseen).toEqual([]);
});
