/** A build that meets trouble, as the durable-functions executor runs it: what is undone, what is answered, what is sat out. */
import * as fc from 'fast-check';
import type { BuildStep } from '../../../shared/domain/draft';
import { fail, type FailureKind } from '../../../shared/domain/outcome';
import type { ResourceKind } from '../../../shared/domain/resources';
import { failure, rejects, removal, sighted, throttled, type Twists } from '../../given/azure';
import * as given from '../../given/build';
import { build } from './build';
import { calls, failedResult, published, resultOf, secondsOf, shortNames, story } from './story';

const SNAPSHOTS = ['snapshot os', 'snapshot data0', 'snapshot data5'];

const lookFails = (kind: ResourceKind): Twists => ({
  lookAtResource: ({ spec }) =>
    spec.kind === kind
      ? sighted({ state: 'failed', code: 'InternalOperationError', message: 'Azure says no.' })
      : undefined,
});
const beginFails = (kind: ResourceKind): Twists => ({
  beginResource: (spec) => (spec.kind === kind ? rejects() : undefined),
});

const STEPS: readonly { step: BuildStep; kind: ResourceKind; undone: readonly string[] }[] = [
  { step: 'snapshots', kind: 'snapshot', undone: SNAPSHOTS },
  { step: 'image', kind: 'image', undone: ['image', ...SNAPSHOTS] },
  { step: 'definition', kind: 'definition', undone: ['definition', 'image', ...SNAPSHOTS] },
  { step: 'version', kind: 'version', undone: ['version', 'definition', 'image', ...SNAPSHOTS] },
  { step: 'pool', kind: 'pool', undone: ['pool', 'version', 'definition', 'image', ...SNAPSHOTS] },
];

describe.each(STEPS)('a failure at step $step', ({ step, kind, undone }) => {
  it('undoes what was tried, last first, and says where and why', async () => {
    const run = await build({ azure: lookFails(kind) });
    expect(calls(run, 'removeResource')).toEqual(undone);
    const result = failedResult(run);
    expect(result).toMatchObject({
      step,
      code: 'InternalOperationError',
      message: 'Azure says no.',
      left: [],
      kept: [],
    });
    expect(result.resourceId).toBe(given.spec(kind).id);
    expect(result.removed).toHaveLength(undone.length);
    expect(published(run)).toEqual(result);
  });

  it('undoes the same when Azure does not even begin', async () => {
    const run = await build({ azure: beginFails(kind) });
    expect(calls(run, 'removeResource')).toEqual(undone);
    expect(failedResult(run)).toMatchObject({ step, code: 'OperationNotAllowed' });
  });

  it('undoes nothing and names what stays with keepOnFailure', async () => {
    const run = await build({ request: given.request({ keepOnFailure: true }), azure: lookFails(kind) });
    expect(calls(run, 'removeResource')).toEqual([]);
    expect(failedResult(run)).toMatchObject({ step, removed: [], left: [] });
    expect(failedResult(run).kept).toHaveLength(undone.length);
  });

  it('makes nothing after it', async () => {
    const run = await build({ azure: lookFails(kind) });
    const made = new Set(calls(run, 'beginResource'));
    expect([...made].sort()).toEqual([...undone].sort());
  });
});

describe('the undo', () => {
  it('leaves alone the definition that was there before', async () => {
    const facts = given.facts({ definition: given.there(given.definition()) });
    const run = await build({ azure: { facts, ...lookFails('pool') } });
    expect(calls(run, 'removeResource')).toEqual(['pool', 'version', 'image', ...SNAPSHOTS]);
  });

  it('does not list as kept what Azure never took on', async () => {
    const run = await build({ request: given.request({ keepOnFailure: true }), azure: beginFails('image') });
    expect(shortNames(failedResult(run).kept)).toEqual([
      'render-2026-304-18367-os',
      'render-2026-304-18367-data0',
      'render-2026-304-18367-data5',
    ]);
  });

  it('waits until what stands on a resource is gone before it takes that', async () => {
    const run = await build({
      azure: {
        ...lookFails('image'),
        removeResource: ({ kind }, { nth }) =>
          kind === 'image' && nth < 4 ? removal({ state: 'underway' }) : undefined,
      },
    });
    expect(calls(run, 'removeResource')).toEqual(['image', 'image', 'image', 'image', ...SNAPSHOTS]);
    expect(failedResult(run).removed).toHaveLength(4);
  });

  it('names what Azure refuses to delete, and goes on with the rest', async () => {
    const run = await build({
      azure: {
        ...lookFails('pool'),
        removeResource: ({ kind }) => (kind === 'version' ? rejects({ message: 'A lock protects it.' }) : undefined),
      },
    });
    const { left, removed } = failedResult(run);
    expect(left).toEqual([{ id: given.spec('version').id, why: 'A lock protects it.' }]);
    expect(removed).toHaveLength(6);
  });

  it('gives up on a deletion that takes longer than an hour, and names it', async () => {
    const run = await build({
      azure: {
        ...lookFails('image'),
        removeResource: ({ kind }) => (kind === 'image' ? removal({ state: 'underway' }) : undefined),
      },
    });
    expect(failedResult(run).left).toEqual([
      { id: given.spec('image').id, why: 'Azure is still deleting it. Gave up after 60 minutes.' },
    ]);
    const [first = 0] = secondsOf(run, 'removeResource image');
    expect((secondsOf(run, 'removeResource image').at(-1) ?? 0) - first).toBeLessThanOrEqual(3_600);
  });

  it('neither removes nor names what belongs to someone else', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }) => (kind === 'image' ? rejects({ code: 'NameTaken' }) : undefined),
        removeResource: ({ kind }) => (kind === 'image' ? removal({ state: 'notOurs' }) : undefined),
      },
    });
    expect(failedResult(run)).toMatchObject({ code: 'NameTaken', left: [] });
    expect(failedResult(run).removed).not.toContain(given.spec('image').id);
  });

  it('sits out conflicts while Azure still works on what is to go', async () => {
    const run = await build({
      azure: {
        ...lookFails('version'),
        removeResource: (_, { nth }) => (nth < 4 ? rejects({ kind: 'conflict' }) : undefined),
      },
    });
    expect(failedResult(run)).toMatchObject({ left: [] });
    expect(failedResult(run).removed).toHaveLength(6);
  });
});

describe('trouble that passes', () => {
  it.each([
    { label: 'the survey', twist: { surveyBuild: once(480_000) }, line: 'surveyBuild' },
    { label: 'a beginning', twist: { beginResource: onceFor('version', 480_000) }, line: 'beginResource version' },
  ])('when Azure throttles $label for 480 s is slept through, to the second', async ({ twist, line }) => {
    const run = await build({ azure: twist });
    const [first = 0, second = 0, ...more] = secondsOf(run, line);
    expect(second - first).toBe(481); // and the second that an activity takes here
    expect(more).toEqual([]);
    expect(resultOf(run).outcome).toBe('BuildSucceeded');
  });

  it.each([60, 480, 7_200, 43_200])('when Azure throttles a look for %i s is slept through', async (seconds) => {
    const run = await build({
      azure: {
        lookAtResource: ({ spec }, { nth }) =>
          spec.kind === 'snapshot' && nth === 1 ? fail(throttled(seconds * 1_000)) : undefined,
      },
    });
    const [first = 0, second = 0] = secondsOf(run, 'lookAtResource snapshot os');
    expect(second - first).toBe(seconds + 1);
    expect(resultOf(run).outcome).toBe('BuildSucceeded');
  });

  it('is tried again with growing pauses, up to its deadline', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }) =>
          kind === 'image' ? rejects({ kind: 'unavailable', message: 'HTTP 503.' }) : undefined,
      },
    });
    const tries = secondsOf(run, 'beginResource image');
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0) - 1);
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(failedResult(run)).toMatchObject({
      step: 'image',
      message: `HTTP 503. Tried ${tries.length} times without an answer that helps.`,
    });
    expect((tries.at(-1) ?? 0) - (tries[0] ?? 0)).toBeLessThanOrEqual(3_600);
  });

  it('never changes the outcome, in whatever mixture it comes', async () => {
    const kinds: readonly FailureKind[] = ['throttled', 'unavailable', 'conflict'];
    const trouble = fc.oneof(
      fc.constant('none' as const),
      fc.constant('throws' as const),
      fc.record({ kind: fc.constantFrom(...kinds), retryAfterMs: fc.option(fc.nat(600_000), { nil: undefined }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 30 }), async (troubles) => {
        let meetings = 0;
        const meet = (): ReturnType<typeof rejects> | undefined => {
          const met = troubles[meetings++] ?? 'none';
          if (met === 'none') return undefined;
          // One crash in a row is what retries are for; four in a row are a bug.
          if (met === 'throws') {
            if (troubles[meetings - 2] === 'throws') return undefined;
            throw new Error('The process died.');
          }
          const { kind, retryAfterMs } = met;
          return fail(failure({ kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
        };
        const run = await build({
          azure: { surveyBuild: meet, beginResource: meet, lookAtResource: meet, publishEvent: meet },
        });
        expect(run.status).toBe('Completed');
        expect(resultOf(run).outcome).toBe('BuildSucceeded');
        expect(calls(run, 'removeResource')).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});

describe('a pool that never becomes steady', () => {
  it('is waited for until its deadline, then taken back', async () => {
    const run = await build({
      azure: {
        lookAtResource: ({ spec }) =>
          spec.kind === 'pool' ? sighted({ state: 'underway', progress: '7 of 16 nodes' }) : undefined,
      },
    });
    const looks = secondsOf(run, 'lookAtResource pool');
    const [begun = 0] = secondsOf(run, 'beginResource pool');
    expect((looks.at(-1) ?? 0) - begun).toBeGreaterThanOrEqual(90 * 60 - 1);
    expect((looks.at(-1) ?? 0) - begun).toBeLessThanOrEqual(95 * 60);
    expect(failedResult(run)).toMatchObject({
      step: 'pool',
      code: 'DeadlineExceeded',
      message: `Waited 90 minutes for ${given.POOL}: 7 of 16 nodes. Look at the resource in Azure, then send the request again.`,
    });
    expect(calls(run, 'removeResource')).toEqual(['pool', 'version', 'definition', 'image', ...SNAPSHOTS]);
  });
});

describe('an activity that throws', () => {
  it('is called again, with the pauses of its retry options', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }, { nth }) => {
          if (kind === 'image' && nth < 6) throw new Error('The process died.');
          return undefined;
        },
      },
    });
    expect(secondsOf(run, 'beginResource image').map((at, _, [first = 0]) => at - first)).toEqual([0, 6, 17]);
    expect(resultOf(run).outcome).toBe('BuildSucceeded');
  });

  it('every time is our fault: the build is undone and the answer says so', async () => {
    const run = await build({
      azure: {
        lookAtResource: ({ spec }) => {
          if (spec.kind === 'version') throw new TypeError('x is not a function');
          return undefined;
        },
      },
    });
    expect(calls(run, 'lookAtResource').filter((line) => line === 'version')).toHaveLength(4);
    expect(failedResult(run)).toMatchObject({ step: 'version', code: 'UnexpectedFault' });
    expect(failedResult(run).message).toContain("Activity function 'lookAtResource' failed: x is not a function");
    expect(calls(run, 'removeResource')).toEqual(['version', 'definition', 'image', ...SNAPSHOTS]);
  });

  it('for one of three snapshots undoes all three, begun or not', async () => {
    const run = await build({
      azure: {
        beginResource: ({ id }) => {
          if (id.endsWith('-data0')) throw new Error('The process died.');
          return undefined;
        },
      },
    });
    expect(failedResult(run)).toMatchObject({ step: 'snapshots', code: 'UnexpectedFault' });
    expect(calls(run, 'removeResource')).toEqual(SNAPSHOTS);
  });
});

describe('a survey that throws every time', () => {
  it('is answered', async () => {
    const run = await build({
      azure: {
        surveyBuild: () => {
          throw new TypeError('x is not a function');
        },
      },
    });
    expect(story(run).at(-1)).toBe('publishEvent BuildRefused');
    expect(resultOf(run)).toMatchObject({ reason: 'SurveyFailed' });
    expect(JSON.stringify(run.result)).toContain('x is not a function');
  });
});

// What is marked `failing` below is a fault of the app that is known; the mark goes with the fault.
describe('known faults', () => {
  it('an undo that throws is named, and the rest is undone all the same', async () => {
    const run = await build({
      azure: {
        ...lookFails('pool'),
        removeResource: ({ kind }) => {
          if (kind === 'version') throw new Error('The process died.');
          return undefined;
        },
      },
    });
    expect(failedResult(run).left).toHaveLength(1);
    expect(story(run)).toContain('removeResource snapshot os');
  });

  it('an undo that is throttled for two hours is slept through', async () => {
    const run = await build({
      azure: {
        ...lookFails('image'),
        removeResource: (_, { nth }) => (nth === 1 ? fail(throttled(7_200_000)) : undefined),
      },
    });
    expect(failedResult(run).left).toEqual([]);
  });
});

function once(retryAfterMs: number) {
  return (_: unknown, { nth }: { nth: number }) => (nth === 1 ? fail(throttled(retryAfterMs)) : undefined);
}

function onceFor(kind: ResourceKind, retryAfterMs: number): NonNullable<Twists['beginResource']> {
  let met = false;
  return (spec) => {
    if (spec.kind !== kind || met) return undefined;
    met = true;
    return fail(throttled(retryAfterMs));
  };
}
