/** What a failed build takes back, as the durable-functions executor runs it: in which order, and what it leaves. */
import * as z from 'zod';
import { fail } from '../../../shared/domain/outcome';
import { rejects, removal, throttled, type Twists } from '../../given/azure';
import * as given from '../../given/build';
import { beginFails, build, lookFails, SNAPSHOTS } from './build';
import { calls, failedResult, secondsOf, shortNames } from './story';

const SNAPSHOT_IDS = ['os', 'data0', 'data5'].map((disk) => given.spec('snapshot').id.replace(/os$/, disk));
/** How the undo names what it did not touch. */
const under = (id: string, base: string) => ({ id, why: `${base}, which could not be taken away, stands on it.` });
const phaseSchema = z.object({ phase: z.string() });

describe('the undo', () => {
  it('leaves alone the definition that was there before: its mark is not this build’s', async () => {
    const facts = given.facts({ definition: given.there(given.definition()) });
    const removeResource: Twists['removeResource'] = ({ kind }) =>
      kind === 'definition' ? removal({ state: 'notOurs' }) : undefined;
    const run = await build({ azure: { facts, ...lookFails('pool'), removeResource } });
    expect(calls(run, 'removeResource')).toEqual(['pool', 'version', 'image', 'definition', ...SNAPSHOTS]);
    expect(failedResult(run).left).toEqual([]);
    expect(failedResult(run).removed).toHaveLength(6);
    expect(failedResult(run).removed).not.toContain(given.DEFINITION);
  });

  it('takes each resource once, however often its making was tried', async () => {
    const lost = { kind: 'notFound', code: 'ParentResourceNotFound', message: 'No definition.' } as const;
    const run = await build({
      azure: { beginResource: ({ kind }) => (kind === 'version' ? rejects(lost) : undefined) },
    });
    // The first try, and five more after the definition was made again.
    expect(calls(run, 'beginResource').filter((line) => line === 'version')).toHaveLength(6);
    expect(calls(run, 'beginResource').filter((line) => line === 'definition')).toHaveLength(6);
    // The definition was made last.
    expect(calls(run, 'removeResource')).toEqual(['version', 'definition', 'image', ...SNAPSHOTS]);
    expect(failedResult(run)).toMatchObject({ step: 'version', code: lost.code, message: lost.message, left: [] });
    expect(failedResult(run).removed).toHaveLength(5);
  });

  it('is not there for a version that lost something else', async () => {
    const run = await build({
      azure: {
        beginResource: ({ kind }) =>
          kind === 'version' ? rejects({ kind: 'notFound', code: 'ResourceNotFound' }) : undefined,
      },
    });
    expect(calls(run, 'beginResource').filter((line) => line === 'definition')).toHaveLength(1);
    expect(failedResult(run)).toMatchObject({ step: 'version', code: 'ResourceNotFound' });
  });

  it('does not list as kept what Azure never took on', async () => {
    const run = await build({ request: given.request({ keepOnFailure: true }), azure: beginFails('image') });
    expect(shortNames(failedResult(run).kept)).toEqual([
      'render-2026-304-18367-os',
      'render-2026-304-18367-data0',
      'render-2026-304-18367-data5',
      'render',
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
    expect(calls(run, 'removeResource')).toEqual(['image', 'image', 'image', 'image', 'definition', ...SNAPSHOTS]);
    expect(failedResult(run).removed).toHaveLength(5);
  });

  it('names what Azure refuses to delete, and leaves what that stands on', async () => {
    const run = await build({
      azure: {
        ...lookFails('pool'),
        removeResource: ({ kind }) => (kind === 'version' ? rejects({ message: 'A lock protects it.' }) : undefined),
      },
    });
    const { left, removed } = failedResult(run);
    expect(left).toEqual([
      { id: given.spec('version').id, why: 'A lock protects it.' },
      ...[given.spec('image').id, ...SNAPSHOT_IDS].map((id) => under(id, given.spec('version').id)),
    ]);
    expect(removed).toEqual([given.POOL, given.DEFINITION]);
    // Azure keeps a definition as long as it has versions; all else is not even tried.
    expect(calls(run, 'removeResource')).toEqual(['pool', 'version', 'definition']);
  });

  it('leaves all that a pool stands on when that cannot be taken away', async () => {
    const run = await build({
      azure: {
        ...lookFails('pool'),
        removeResource: ({ kind }) => (kind === 'pool' ? rejects({ message: 'No right.' }) : undefined),
      },
    });
    expect(failedResult(run).left).toEqual([
      { id: given.POOL, why: 'No right.' },
      ...[given.spec('version').id, given.spec('image').id, ...SNAPSHOT_IDS].map((id) => under(id, given.POOL)),
    ]);
    expect(calls(run, 'removeResource')).toEqual(['pool', 'definition']);
  });

  it.each([
    { kind: 'definition', tried: ['version', 'image', 'definition', ...SNAPSHOTS] },
    { kind: 'snapshot', tried: ['version', 'image', 'definition', ...SNAPSHOTS] },
  ] as const)('goes on with the rest when only a $kind cannot be taken away', async ({ kind, tried }) => {
    const run = await build({
      azure: {
        ...lookFails('version'),
        removeResource: (spec) => (spec.kind === kind ? rejects({ message: 'A lock protects it.' }) : undefined),
      },
    });
    expect(calls(run, 'removeResource')).toEqual(tried);
    expect(new Set(failedResult(run).left.map(({ why }) => why))).toEqual(new Set(['A lock protects it.']));
  });

  it('shows what it waits for, and until when', async () => {
    const { customStatuses } = await build({ azure: lookFails('image') });
    const undo = customStatuses.filter((status) => phaseSchema.parse(status).phase === 'undo');
    expect(undo).toEqual([
      {
        ...{ phase: 'undo', since: '2026-03-04T05:07:12.000Z', deadline: '2026-03-04T06:07:12.000Z' },
        waitingFor: [{ name: 'render-2026.304.18367' }],
      },
      {
        ...{ phase: 'undo', since: '2026-03-04T05:07:13.000Z', deadline: '2026-03-04T05:17:13.000Z' },
        waitingFor: [{ name: 'render' }],
      },
      {
        ...{ phase: 'undo', since: '2026-03-04T05:07:14.000Z', deadline: '2026-03-04T06:07:14.000Z' },
        waitingFor: shortNames(SNAPSHOT_IDS).map((name) => ({ name })),
      },
    ]);
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
      ...SNAPSHOT_IDS.map((id) => under(id, given.spec('image').id)),
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

  it('names what throws, and goes on with the rest', async () => {
    const run = await build({
      azure: {
        ...lookFails('pool'),
        removeResource: ({ id }) => {
          if (id.endsWith('-os')) throw new Error('The process died.');
          return undefined;
        },
      },
    });
    const { id } = given.spec('snapshot');
    expect(failedResult(run).left).toEqual([
      { id, why: "The removal failed unexpectedly: Activity function 'removeResource' failed: The process died." },
    ]);
    expect(failedResult(run).removed).toHaveLength(6);
    expect(calls(run, 'removeResource')).toEqual([
      ...['pool', 'version', 'image', 'definition'],
      ...Array.from({ length: 4 }, () => 'snapshot os'),
      ...['snapshot data0', 'snapshot data5'],
    ]);
  });

  it('sleeps through two hours of throttling', async () => {
    const run = await build({
      azure: {
        ...lookFails('image'),
        removeResource: (_, { nth }) => (nth === 1 ? fail(throttled(7_200_000)) : undefined),
      },
    });
    expect(failedResult(run).left).toEqual([]);
  });
});
