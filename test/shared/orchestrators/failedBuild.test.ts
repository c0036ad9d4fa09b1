/** A build that meets trouble, as the durable-functions executor runs it: what is undone, what is answered, what is sat out. */
import * as fc from 'fast-check';
import type { BuildStep } from '../../../shared/domain/buildSteps';
import { fail, type FailureKind } from '../../../shared/domain/outcome';
import type { ResourceKind } from '../../../shared/domain/resources';
import { failure, rejects, sighted, throttled, type Twists } from '../../given/azure';
import * as given from '../../given/build';
import { beginFails, build, lookFails, slowPool, SNAPSHOTS } from './build';
import { calls, failedResult, published, resultOf, secondsOf, story } from './story';

const STEPS: readonly { step: BuildStep; kind: ResourceKind; undone: readonly string[] }[] = [
  { step: 'snapshots', kind: 'snapshot', undone: ['definition', ...SNAPSHOTS] },
  { step: 'definition', kind: 'definition', undone: ['definition', ...SNAPSHOTS] },
  { step: 'image', kind: 'image', undone: ['image', 'definition', ...SNAPSHOTS] },
  { step: 'version', kind: 'version', undone: ['version', 'image', 'definition', ...SNAPSHOTS] },
  { step: 'pool', kind: 'pool', undone: ['pool', 'version', 'image', 'definition', ...SNAPSHOTS] },
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
      message: `HTTP 503. Gave up after ${tries.length} tries.`,
    });
    expect((tries.at(-1) ?? 0) - (tries[0] ?? 0)).toBeLessThanOrEqual(3_600);
  });

  it('ends the build when it is a conflict for the seventh time in a row, with Azure’s own words', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }) => (kind === 'image' ? rejects({ kind: 'conflict', message: 'Busy.' }) : undefined),
      },
    });
    const tries = secondsOf(run, 'beginResource image');
    expect(tries.slice(1).map((at, index) => at - (tries[index] ?? 0) - 1)).toEqual([5, 10, 20, 40, 80, 160]);
    expect(failedResult(run)).toMatchObject({ step: 'image', code: 'OperationNotAllowed', message: 'Busy.' });
  });

  it('never changes the outcome, in whatever mixture it comes, short of seven times in a row', async () => {
    const kinds: readonly FailureKind[] = ['throttled', 'unavailable', 'conflict'];
    const trouble = fc.oneof(
      fc.constant('none' as const),
      fc.constant('throws' as const),
      fc.record({ kind: fc.constantFrom(...kinds), retryAfterMs: fc.option(fc.nat(600_000), { nil: undefined }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 30 }), async (troubles) => {
        let meetings = 0;
        let inARow = 0;
        const meet = (): ReturnType<typeof rejects> | undefined => {
          const met = troubles[meetings++] ?? 'none';
          if (met === 'none') return undefined;
          // One crash in a row is what retries are for; four in a row are a bug.
          if (met === 'throws') {
            if (troubles[meetings - 2] === 'throws') return undefined;
            throw new Error('The process died.');
          }
          // A conflict that is the seventh fault in a row ends the build (above).
          if (++inARow % 7 === 0) return undefined;
          const { kind, retryAfterMs } = met;
          return fail(failure({ kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
        };
        const run = await build({
          azure: { surveyBuild: meet, beginResource: meet, lookAtResource: meet, publishEvent: meet },
        });
        expect(run.status).toBe('Completed');
        expect(resultOf(run).outcome).toBe('BuildSucceeded');
        expect(calls(run, 'removeResource')).toEqual(['image']);
      }),
      { numRuns: 12 },
    );
  });
});

describe('a pool that never becomes steady', () => {
  it('is waited for until its deadline, then taken back', async () => {
    const run = await build({
      azure: {
        ...slowPool,
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
    expect(calls(run, 'removeResource')).toEqual(['pool', 'version', 'image', 'definition', ...SNAPSHOTS]);
  });
});

describe('a resource that is not there any more', () => {
  const missingAt = (...looks: readonly number[]): Twists => {
    let look = 0;
    return {
      lookAtResource: ({ spec }) => {
        if (spec.kind !== 'version') return undefined;
        look += 1;
        return looks.includes(look)
          ? sighted({ state: 'missing' })
          : sighted({ state: look > 3 ? 'ready' : 'underway' });
      },
    };
  };

  it.each([{ looks: [1] }, { looks: [1, 3] }, { looks: [3] }])(
    'at looks $looks is looked at again',
    async ({ looks }) => {
      expect(resultOf(await build({ azure: missingAt(...looks) })).outcome).toBe('BuildSucceeded');
    },
  );

  it('at two looks in a row has vanished; what is left is undone', async () => {
    const run = await build({ azure: missingAt(2, 3) });
    expect(calls(run, 'lookAtResource').filter((line) => line === 'version')).toHaveLength(3);
    const { id } = given.spec('version');
    expect(failedResult(run)).toMatchObject({
      step: 'version',
      resourceId: id,
      code: 'ResourceVanished',
      message: `${id} was begun, and is not there any more (404 at two looks); someone may have deleted it.`,
    });
    expect(calls(run, 'removeResource')).toEqual(['version', 'image', 'definition', ...SNAPSHOTS]);
  });
});

describe('a stage of 65 snapshots', () => {
  it('is looked at so seldom that it costs fewer than 100 calls', async () => {
    const machine = given.there(given.machineWithDisks(64));
    const vmSizes = given.there([given.vmSize({ maxDataDisks: 64 })]);
    const small = Array.from({ length: 64 }, (_, lun) => given.there(given.disk(`data-${lun}`, { sizeGb: 4 })));
    const facts = given.facts({ machine, vmSizes, disks: [given.there(given.osDisk()), ...small] });
    const run = await build({ azure: { facts, minutes: { snapshot: 10 } } });
    expect(resultOf(run).outcome).toBe('BuildSucceeded');
    // Each once at the end, and one of them in each round before.
    expect(calls(run, 'lookAtResource').filter((line) => line.startsWith('snapshot')).length).toBeLessThan(100);
  });
});

describe('an activity that throws', () => {
  it('is called again, with the pauses of its retry options', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }, { nth }) => {
          if (kind === 'image' && nth < 7) throw new Error('The process died.');
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
    expect(failedResult(run).message).toBe("Activity function 'lookAtResources' failed: x is not a function");
    expect(calls(run, 'removeResource')).toEqual(['version', 'image', 'definition', ...SNAPSHOTS]);
  });

  it('for one of three snapshots undoes the whole stage, begun or not', async () => {
    const run = await build({
      azure: {
        beginResource: ({ id }) => {
          if (id.endsWith('-data0')) throw new Error('The process died.');
          return undefined;
        },
      },
    });
    expect(failedResult(run)).toMatchObject({ step: 'snapshots', code: 'UnexpectedFault' });
    expect(calls(run, 'removeResource')).toEqual(['definition', ...SNAPSHOTS]);
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
