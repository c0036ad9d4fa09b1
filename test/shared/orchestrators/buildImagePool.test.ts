/** The build as the durable-functions executor runs it, when nothing goes wrong: which steps, in which order, how long. */
import * as z from 'zod';
import type { ExistingPool } from '../../../shared/domain/account';
import type { BuildFacts } from '../../../shared/domain/facts';
import { succeed } from '../../../shared/domain/outcome';
import { fingerprint, TAG } from '../../../shared/domain/names';
import { succeeded } from '../../../shared/domain/result';
import { begun, throttled, rejects, USUAL_MINUTES } from '../../given/azure';
import * as given from '../../given/build';
import { build, SNAPSHOTS } from './build';
import { calls, published, resultOf, secondsOf, story } from './story';

const HAPPY = [
  'surveyBuild',
  'beginResource snapshot os',
  'beginResource snapshot data0',
  'beginResource snapshot data5',
  'beginResource definition',
  'lookAtResource snapshot os',
  'lookAtResource snapshot data0',
  'lookAtResource snapshot data5',
  'lookAtResource definition',
  'beginResource image',
  'lookAtResource image',
  'beginResource version',
  'lookAtResource version',
  'beginResource pool',
  'lookAtPool',
  'countNodes',
  'beginResource release',
  'lookAtResource release',
  'removeResource image',
  'publishEvent BuildSucceeded',
];

describe('a build', () => {
  it('makes the definition beside the snapshots, one resource after the other from then on, and answers', async () => {
    const run = await build();
    expect(story(run)).toEqual(HAPPY);
    expect(run.status).toBe('Completed');
    expect(published(run)).toEqual(run.result);
    expect(resultOf(run)).toMatchObject({
      outcome: 'BuildSucceeded',
      requestId: 'render-16-nodes',
      lineage: given.layout(),
      warnings: [],
      timings: [
        { step: 'survey', startedAt: '2026-03-04T05:06:07.000Z', endedAt: '2026-03-04T05:06:08.000Z', seconds: 1 },
        { step: 'snapshots', startedAt: '2026-03-04T05:06:08.000Z', endedAt: '2026-03-04T05:06:40.000Z', seconds: 32 },
        { step: 'image' },
        { step: 'version' },
        { step: 'pool' },
        { step: 'growth' },
        { step: 'latest' },
      ],
      letGo: [given.layout().managedImageId],
      left: [],
    });
  });

  it('begins all snapshots and the definition at one instant, before it looks at any', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    const begun = [...SNAPSHOTS, 'definition'].map((name) => secondsOf(run, `beginResource ${name}`));
    expect(begun).toEqual([[1], [1], [1], [1]]);
    expect(story(run).slice(1, 6)).toEqual(HAPPY.slice(1, 6));
  });

  it('ends within a twentieth of what Azure itself needs, and the second that each activity takes here', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    const { snapshot, image, version, pool } = USUAL_MINUTES;
    const criticalMs = (snapshot + image + version + pool) * 60_000;
    const activitiesMs = 1_000 * run.steps.length;
    expect(run.endedAtMs - given.STARTED_AT_MS - activitiesMs).toBeLessThan(1.05 * criticalMs);
  });

  it('needs fewer than 100 calls to Azure for three disks and a publication of 20 minutes', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    // A survey of three disks; a beginning reads and writes; a look reads; a count asks for the account, then for the nodes.
    const armCalls = {
      ...{ surveyBuild: 25, beginResource: 2, lookAtResource: 1, removeResource: 2, publishEvent: 0 },
      ...{ lookAtPool: 1, countNodes: 2 },
    };
    const costs = story(run).map((line) => z.int().parse(Reflect.get(armCalls, line.split(' ')[0] ?? '')));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeLessThan(90);
  });

  it('looks once a round, at one of those under way after the other, and at all of them at the end', async () => {
    const run = await build({ azure: { minutes: { ...USUAL_MINUTES, snapshot: 1, definition: 1 } } });
    const looks = run.steps.filter(({ name }) => name === 'lookAtResources');
    expect(looks.slice(0, 3).map(({ output }) => z.array(z.unknown()).parse(output).length)).toEqual([1, 1, 4]);
    expect(
      story(run)
        .filter((line) => line.startsWith('look'))
        .slice(0, 6),
    ).toEqual([
      ...['lookAtResource snapshot os', 'lookAtResource snapshot data0'],
      ...['lookAtResource snapshot data5', 'lookAtResource definition'],
      ...['lookAtResource snapshot os', 'lookAtResource snapshot data0'],
    ]);
  });

  it('does not look at the others while one is to be left alone', async () => {
    let looks = 0;
    const run = await build({
      azure: {
        // The OS disk's snapshot takes one look longer than the others.
        lookAtResource: ({ spec }) => {
          if (!spec.id.endsWith('-os')) return undefined;
          looks += 1;
          return succeed(looks === 1 ? { state: 'underway', retryAfterMs: 300_000 } : { state: 'ready' });
        },
      },
    });
    expect(secondsOf(run, 'lookAtResource snapshot os')).toEqual([32, 333]);
    expect(secondsOf(run, 'lookAtResource snapshot data0')).toEqual([333]);
    expect(secondsOf(run, 'beginResource image')).toEqual([334]);
  });

  it('makes sure of the definition that was there', async () => {
    const run = await build({ azure: { facts: given.facts({ definition: given.there(given.definition()) }) } });
    expect(story(run)).toEqual(HAPPY);
  });

  it('does not look again at what it found standing', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }) => (kind === 'definition' ? begun({ adopted: true, ready: true }) : undefined),
      },
    });
    expect(story(run)).toEqual(HAPPY.filter((line) => line !== 'lookAtResource definition'));
  });

  it('touches no definition when another build has its names, and takes other names', async () => {
    let met = 0;
    const run = await build({
      azure: {
        beginResource: ({ kind }) =>
          kind === 'snapshot' && (met += 1) === 2 ? rejects({ code: 'NameTaken' }) : undefined,
      },
    });
    const begun = calls(run, 'beginResource');
    expect(begun.slice(0, 7)).toEqual([...SNAPSHOTS, ...SNAPSHOTS, 'definition']);
    expect(begun.filter((name) => name === 'definition')).toHaveLength(1);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildSucceeded' });
  });

  it('begins the definition when all snapshots have begun, however long one is throttled', async () => {
    const run = await build({
      azure: { beginResource: (_, { nth }) => (nth === 2 ? { ok: false, failure: throttled(7_200_000) } : undefined) },
    });
    const [, second = 0] = secondsOf(run, 'beginResource snapshot data0');
    expect(secondsOf(run, 'beginResource definition')).toEqual([second]);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildSucceeded' });
  });

  it.each([
    { label: '404', lost: { code: 'ParentResourceNotFound', kind: 'notFound' }, times: 1 },
    { label: '404 five times', lost: { code: 'ParentResourceNotFound', kind: 'notFound' }, times: 5 },
  ] as const)('makes the definition again that another build took away ($label)', async ({ lost, times }) => {
    let losses = 0;
    const run = await build({
      azure: {
        beginResource: ({ kind }) => (kind === 'version' && (losses += 1) <= times ? rejects(lost) : undefined),
      },
    });
    const again = ['beginResource definition', 'lookAtResource definition', 'beginResource version'];
    const upToVersion = HAPPY.indexOf('beginResource version') + 1;
    expect(story(run)).toEqual([
      ...HAPPY.slice(0, upToVersion),
      ...Array.from({ length: times }, () => again).flat(),
      ...HAPPY.slice(upToVersion),
    ]);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildSucceeded' });
  });

  it('goes from the snapshots to the version when the VM has Trusted Launch', async () => {
    const machine = given.there(given.machine({ securityType: 'TrustedLaunch' }));
    const run = await build({ azure: { facts: given.facts({ machine }) } });
    expect(story(run)).toEqual(HAPPY.filter((line) => !line.endsWith('image')));
  });

  it('comes to the same result whether answers arrive together or one by one', async () => {
    const options = { azure: { minutes: { snapshot: 1, pool: 1 } } };
    const together = await build({ ...options, arrival: 'together' });
    const oneByOne = await build({ ...options, arrival: 'oneByOne' });
    expect(oneByOne.result).toEqual(together.result);
    expect(story(oneByOne)).toEqual(story(together));
  });
});

const SMALL: Partial<ExistingPool> = { sighting: { state: 'underway', progress: '7 of 16 nodes' } };
/** The pool that the given request made, on an image version that is there. */
function withPool(changes: Partial<ExistingPool> = {}): BuildFacts {
  const metadata = { [TAG.fingerprint]: fingerprint(given.request()) };
  const pool = given.existingPool({ metadata, ...changes });
  return given.facts({ pool: given.there(pool), poolImage: given.there({ id: pool.imageId ?? '' }) });
}
const PREVIOUS = succeeded(given.request(), given.plan(), given.growthReport(), {
  startedAtMs: 0,
  endedAtMs: 90_000,
  timings: [],
  replicas: [],
  closed: undefined,
});

describe('a request that was carried out before', () => {
  it('builds again when its pool is gone', async () => {
    const run = await build({ previous: PREVIOUS });
    expect(story(run)).toEqual(HAPPY);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildSucceeded', startedAt: '2026-03-04T05:06:07.000Z' });
  });

  it('is refused when its pool is being deleted', async () => {
    const run = await build({ previous: PREVIOUS, azure: { facts: withPool({ deleting: true }) } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildRefused']);
    expect(resultOf(run)).toMatchObject({ reason: 'PreflightRefused', verdicts: [{ code: 'PoolExists' }] });
  });
});

describe('a request that builds nothing', () => {
  it('is refused with every reason after one survey', async () => {
    const request = given.request({ source: { generalized: false }, image: { route: 'managedImage' } });
    const run = await build({ request });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildRefused']);
    expect(resultOf(run)).toMatchObject({
      reason: 'PreflightRefused',
      message: 'Nothing was made: the request breaks 2 rules (GeneralizedNotAsserted, ManagedImagePoolRetired).',
      verdicts: [{ code: 'GeneralizedNotAsserted' }, { code: 'ManagedImagePoolRetired' }, { code: 'AllocationMode' }],
    });
  });

  it('is answered with the plan when it asks for one', async () => {
    const run = await build({ request: given.request({ mode: 'plan' }) });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildPlanned']);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildPlanned', verdicts: [], lineage: given.layout() });
  });

  it('is answered with the pool that the same request built before', async () => {
    const run = await build({ azure: { facts: withPool() } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildSucceeded']);
    expect(resultOf(run)).toMatchObject({ alreadyBuilt: true, imageId: given.existingPool().imageId });
  });

  it('is refused while the pool that the same request made has no nodes', async () => {
    const run = await build({ azure: { facts: withPool(SMALL) } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildRefused']);
    expect(resultOf(run)).toMatchObject({ verdicts: [{ code: 'PoolExists' }] });
  });

  it.each([
    { label: 'whole', facts: withPool() },
    { label: 'resized since', facts: withPool(SMALL) },
  ])('is answered with its earlier success, word for word, while its pool stands, $label', async ({ facts }) => {
    const run = await build({ previous: PREVIOUS, azure: { facts } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildSucceeded']);
    expect(run.result).toEqual(PREVIOUS);
    expect(published(run)).toEqual(PREVIOUS);
  });

  it('is refused when Azure does not let the survey be made', async () => {
    const run = await build({ azure: { surveyBuild: () => rejects({ message: 'Azure answered 400.' }) } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildRefused']);
    expect(resultOf(run)).toMatchObject({ reason: 'SurveyFailed', message: 'Azure answered 400.', verdicts: [] });
  });
});

describe('what an operator sees', () => {
  it('is each phase in turn, with what is waited for', async () => {
    const { customStatuses } = await build();
    const phases = customStatuses.map((status) => z.object({ phase: z.string() }).parse(status).phase);
    const seen = phases.filter((phase, index) => phase !== phases[index - 1]);
    expect(seen).toEqual([
      'survey',
      'snapshots',
      'image',
      'version',
      'pool',
      'growth',
      'latest',
      'letGo',
      'answer',
      'done',
    ]);
    expect(customStatuses).toContainEqual({
      phase: 'image',
      since: '2026-03-04T05:06:40.000Z',
      waitingFor: [{ name: 'render-2026.304.18367' }],
      deadline: '2026-03-04T06:06:40.000Z',
    });
  });

  it('is written to the log once, however often the history is replayed', async () => {
    const { log } = await build({ azure: { minutes: USUAL_MINUTES } });
    expect(log).toEqual(expect.arrayContaining(['the-instance: survey', 'the-instance: answer', 'the-instance: done']));
    expect(log).toEqual([...new Set(log)]);
  });
});

describe('the answer', () => {
  it('is published again until the bus takes it', async () => {
    const run = await build({
      azure: { publishEvent: (_, { nth }) => (nth < 3 ? rejects({ kind: 'unavailable' }) : undefined) },
    });
    expect(calls(run, 'publishEvent')).toEqual(['BuildSucceeded', 'BuildSucceeded', 'BuildSucceeded']);
    expect(run.status).toBe('Completed');
    expect(
      new Set(run.steps.filter(({ name }) => name === 'publishEvent').map(({ input }) => JSON.stringify(input))).size,
    ).toBe(1);
  });

  it('that the bus rejects fails the orchestration, with the reason', async () => {
    const run = await build({ azure: { publishEvent: () => rejects({ message: 'The queue does not exist.' }) } });
    expect(run.status).toBe('Failed');
    expect(run.result).toContain('The result could not be published: The queue does not exist.');
  });

  it('is not given up for a bus that throttles for half a day', async () => {
    const halfADayMs = 12 * 3_600_000;
    const run = await build({
      azure: { publishEvent: (_, { nth }) => (nth === 1 ? { ok: false, failure: throttled(halfADayMs) } : undefined) },
    });
    expect(run.status).toBe('Completed');
    expect(run.endedAtMs - given.STARTED_AT_MS).toBeGreaterThan(halfADayMs);
  });
});
