/** The build as the durable-functions executor runs it, when nothing goes wrong: which steps, in which order, how long. */
import * as z from 'zod';
import { succeed } from '../../../shared/domain/outcome';
import { fingerprint, TAG } from '../../../shared/domain/names';
import { throttled, rejects, USUAL_MINUTES } from '../../given/azure';
import * as given from '../../given/build';
import { build } from './build';
import { calls, published, resultOf, secondsOf, story } from './story';

const HAPPY = [
  'surveyBuild',
  'beginResource snapshot os',
  'beginResource snapshot data0',
  'beginResource snapshot data5',
  'lookAtResource snapshot os',
  'lookAtResource snapshot data0',
  'lookAtResource snapshot data5',
  'beginResource image',
  'lookAtResource image',
  'beginResource definition',
  'lookAtResource definition',
  'beginResource version',
  'lookAtResource version',
  'beginResource pool',
  'lookAtResource pool',
  'publishEvent BuildSucceeded',
];

describe('a build', () => {
  it('makes one resource after the other, and answers', async () => {
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
        { step: 'snapshots' },
        { step: 'image' },
        { step: 'definition' },
        { step: 'version' },
        { step: 'pool' },
      ],
    });
  });

  it('begins all snapshots at one instant, before it looks at any', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    const begun = ['os', 'data0', 'data5'].map((disk) => secondsOf(run, `beginResource snapshot ${disk}`));
    expect(begun).toEqual([[1], [1], [1]]);
    expect(story(run).slice(1, 5)).toEqual(HAPPY.slice(1, 5));
  });

  it('ends within a tenth of what Azure itself needs', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    const { snapshot, image, version, pool } = USUAL_MINUTES;
    const criticalMs = (snapshot + image + version + pool) * 60_000;
    expect(run.endedAtMs - given.STARTED_AT_MS).toBeLessThan(1.1 * criticalMs);
  });

  it('needs fewer than 100 calls to Azure for three disks and a publication of 20 minutes', async () => {
    const run = await build({ azure: { minutes: USUAL_MINUTES } });
    // A survey reads six resources and three disks; a beginning reads and writes; a look reads.
    const armCalls = { surveyBuild: 9, beginResource: 2, lookAtResource: 1, removeResource: 2, publishEvent: 0 };
    const cost = run.steps.reduce((sum, { name }) => sum + z.int().parse(Reflect.get(armCalls, name)), 0);
    expect(cost).toBeLessThan(100);
  });

  it('looks at each resource on its own rhythm', async () => {
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
    expect(secondsOf(run, 'lookAtResource snapshot data0')).toEqual([22]);
    expect(secondsOf(run, 'lookAtResource snapshot os')).toEqual([22, 323]);
    expect(secondsOf(run, 'beginResource image')).toEqual([324]);
  });

  it('leaves out the definition that is there', async () => {
    const run = await build({ azure: { facts: given.facts({ definition: given.there(given.definition()) }) } });
    expect(story(run)).toEqual(HAPPY.filter((line) => !line.endsWith('definition')));
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

describe('a request that builds nothing', () => {
  it('is refused with every reason after one survey', async () => {
    const request = given.request({ source: { generalized: false }, image: { route: 'managedImage' } });
    const run = await build({ request });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildRefused']);
    expect(resultOf(run)).toMatchObject({
      reason: 'PreflightRefused',
      message: 'Nothing was made: the request breaks 2 rules (GeneralizedNotAsserted, ManagedImagePoolRetired).',
      verdicts: [{ code: 'GeneralizedNotAsserted' }, { code: 'ManagedImagePoolRetired' }],
    });
  });

  it('is answered with the plan when it asks for one', async () => {
    const run = await build({ request: given.request({ mode: 'plan' }) });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildPlanned']);
    expect(resultOf(run)).toMatchObject({ outcome: 'BuildPlanned', verdicts: [], lineage: given.layout() });
  });

  it('is answered with the pool that the same request built before', async () => {
    const pool = given.existingPool({ metadata: { [TAG.fingerprint]: fingerprint(given.request()) } });
    const run = await build({ azure: { facts: given.facts({ pool: given.there(pool) }) } });
    expect(story(run)).toEqual(['surveyBuild', 'publishEvent BuildSucceeded']);
    expect(resultOf(run)).toMatchObject({ alreadyBuilt: true, imageVersionId: pool.imageId });
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
    expect(seen).toEqual(['survey', 'snapshots', 'image', 'definition', 'version', 'pool', 'answer', 'done']);
    expect(customStatuses).toContainEqual({
      phase: 'image',
      since: '2026-03-04T05:06:30.000Z',
      waitingFor: [{ name: 'render-2026.304.18367' }],
      deadline: '2026-03-04T06:06:30.000Z',
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
