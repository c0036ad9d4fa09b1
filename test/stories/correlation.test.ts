/** One id leads from the message through every call to Azure to the answer, and the log puts them together. */
import type { ArmCall } from '../../local/arm/simulator';
import { audit } from './guardWords';
import { textMatching } from './matchers';
import { expectOutcome, POOL_REFUSED, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

const linesWith = (text: string): readonly string[] => story.logged.filter((line) => line.includes(text));
const correlationsOf = (calls: readonly ArmCall[]): readonly string[] => [
  ...new Set(calls.map(({ correlationId }) => correlationId)),
];
/** Of both kinds of calls: to Azure Resource Manager, and to the data plane of Batch. */
const isToBatch = ({ path }: ArmCall): boolean => path.startsWith('/_batch/');
/** Fields of a line, by name. */
const fieldsOf = (line: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...line.matchAll(/ (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));

let first = '';
let calls = 0;

it('every call of a build carries the id that its answer tells', async () => {
  const messageId = await story.send(requestFor('traced-pool'));
  const result = expectOutcome(await story.result(), 'BuildSucceeded');
  await story.rest();
  first = result.correlationId;
  calls = story.calls().length;
  expect(calls).toBeGreaterThan(20);
  expect(story.calls().some(isToBatch)).toBe(true);
  expect(correlationsOf(story.calls())).toEqual([first]);
  expect(linesWith(': begins ')).toEqual([textMatching(/ request=request-traced-pool message=\S+ pool=traced-pool /)]);
  expect(fieldsOf(linesWith(': begins ')[0] ?? '')).toMatchObject({ message: messageId, correlation: first });
});

it('the log says how often Azure was called, and misses no call', () => {
  const counts = linesWith(': activity ').map((line) => Number(fieldsOf(line)['armCalls']));
  const dataPlane = linesWith(': activity ').map((line) => Number(fieldsOf(line)['batchCalls']));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(sum(counts) + sum(dataPlane)).toBe(calls);
});

it('each step is told with its build, pool and attempt, in one line for each write', () => {
  const lines = linesWith(': activity activity=beginResources ');
  const told = lines.map((line) => fieldsOf(line));
  expect(told.map(({ subject = '' }) => subject.split('/')[0])).toEqual(
    expect.arrayContaining(['snapshots', 'images', 'versions', 'pools']),
  );
  for (const fields of told) {
    expect(fields).toMatchObject({ outcome: 'ok', attempt: '1', pool: 'traced-pool', correlation: first });
    expect(fields['build']).toMatch(/^[0-9a-f]{8}-2026-1121-/);
  }
  expect(told).toHaveLength(story.writes().filter((write) => !write.startsWith('DELETE')).length);
  const looks = linesWith(': activity activity=lookAtResources ').map((line) => Number(fieldsOf(line)['attempt']));
  expect(Math.max(...looks)).toBeGreaterThan(1);
});

it('each step’s time is told once, and that of the whole', () => {
  const steps = linesWith(': took ').map((line) => fieldsOf(line)['step']);
  expect(steps).toEqual(expect.arrayContaining(['survey', 'snapshots', 'image', 'version', 'pool', 'growth', 'whole']));
  expect(new Set(steps).size).toBe(steps.length);
});

it('another request has another id, and a failure is told with its code', async () => {
  story.stack.azure.faults.add(POOL_REFUSED);
  await story.send(requestFor('failing-pool'));
  const result = expectOutcome(await story.result(), 'BuildFailed');
  await story.rest();
  expect(result.correlationId).not.toBe(first);
  expect(correlationsOf(story.calls(calls))).toEqual([result.correlationId]);
  const refused = linesWith(': activity activity=beginResources outcome=rejected code=Bad ');
  expect(refused.map((line) => fieldsOf(line)['subject'])).toEqual(['pools/failing-pool']);
});

it('an event that was sent is told with its id and the id of the request', async () => {
  await story.send(requestFor('failing-pool', () => ({ mode: 'plan' })));
  const { event } = await story.told();
  await story.rest();
  const [line = ''] = linesWith(` id=${event.id} `);
  expect(fieldsOf(line)).toMatchObject({
    type: event.type,
    subject: 'pools/failing-pool',
    correlation: event.data.correlationId,
  });
});

it('an audit has one id for all that it asks Azure for, whatever orchestration asks, and its answer tells it', async () => {
  const guarded = await Story.begin({ withGuard: true });
  const { summary } = await audit(guarded);
  const asked = guarded.calls();
  const told = guarded.logged.filter((line) => line.includes(' type=BatchImagePools.AuditCompleted '));
  await guarded.end();
  expect(summary.coverage.accountsRead).toBeGreaterThan(0);
  expect(asked.length).toBeGreaterThan(summary.coverage.accountsRead);
  expect(asked.some(isToBatch)).toBe(true);
  expect(correlationsOf(asked)).toEqual([summary.correlationId]);
  expect(told.map((line) => fieldsOf(line)['correlation'])).toEqual([summary.correlationId]);
});

it('no token and no body is ever told', () => {
  expect(story.logged.filter((line) => /Bearer |\beyJ[\w-]+\./.test(line))).toEqual([]);
  expect(story.logged.filter((line) => /: (activity|event|took|begins) .*[{}"]/.test(line))).toEqual([]);
});
