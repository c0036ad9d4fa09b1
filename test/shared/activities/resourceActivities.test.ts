/** Making and removing resources in Azure: every activity may run twice, and touches nothing that is not its own. */
import { createResourceActivities } from '../../../shared/activities/resourceActivities';
import type { Outcome } from '../../../shared/domain/outcome';
import type { Begun, Removal, ResourceKind, ResourceSpec, Sighting } from '../../../shared/domain/resources';
import { failureIn, only, startCloud, valueOf, writesOf, type Cloud } from '../azure/cloud';
import { definitionSpec, imageSpec, poolSpec, snapshotSpec, THEIR_TAGS, versionSpec, VERSION_ID } from '../azure/specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const begin = async (spec: ResourceSpec): Promise<Outcome<Begun>> =>
  only(await createResourceActivities(cloud.arm).beginResources([spec]));
const look = async (spec: ResourceSpec, begun: Begun = {}): Promise<Outcome<Sighting>> =>
  only(await createResourceActivities(cloud.arm).lookAtResources([{ spec, begun }]));
const remove = (spec: ResourceSpec): Promise<Outcome<Removal>> =>
  createResourceActivities(cloud.arm).removeResource(spec);

/** In the order in which one stands on the other. */
const OURS = {
  snapshot: snapshotSpec(),
  image: imageSpec(),
  definition: definitionSpec(),
  version: versionSpec(),
  pool: poolSpec(),
} as const;
const KINDS: readonly ResourceKind[] = ['snapshot', 'image', 'definition', 'version', 'pool'];
/** A definition serves every build of its image, whoever made it. */
const UNSHARED = KINDS.filter((kind) => kind !== 'definition');
const COMPUTE = KINDS.filter((kind) => kind !== 'pool');

const theirs = (kind: ResourceKind): ResourceSpec => {
  if (kind === 'pool') return poolSpec({ tags: THEIR_TAGS });
  return { ...OURS[kind], tags: THEIR_TAGS };
};

/** Long enough for anything to end. */
const HOUR = 60;

/** Makes what the kind stands on. */
async function groundFor(kind: ResourceKind): Promise<void> {
  for (const below of KINDS.slice(0, KINDS.indexOf(kind))) {
    valueOf(await begin(OURS[below]));
    cloud.pass(HOUR);
  }
  cloud.newCalls();
}

async function make(kind: ResourceKind, spec: ResourceSpec = OURS[kind]): Promise<void> {
  await groundFor(kind);
  valueOf(await begin(spec));
  cloud.pass(HOUR);
  cloud.newCalls();
}

/** Writes that Azure took on: a PUT of a pool that is there is refused. */
const writesTakenOn = (): readonly string[] =>
  writesOf(cloud.newCalls())
    .filter(({ status }) => status !== 412)
    .map(({ method, path }) => `${method} ${path}`);

const newWrites = (): readonly string[] => writesOf(cloud.newCalls()).map(({ method, path }) => `${method} ${path}`);

describe('beginning', () => {
  it.each(KINDS)('a %s that is not there is one PUT; a second time finds it and writes nothing', async (kind) => {
    await groundFor(kind);
    const first = valueOf(await begin(OURS[kind]));
    expect(newWrites()).toEqual([`PUT ${OURS[kind].id}`]);
    expect(first.operationUrl !== undefined).toBe(kind !== 'pool');
    // The answer to a pool's PUT shows that it stands, and the regions of a version are told by a look.
    const made = kind === 'pool' ? { ready: true } : {};
    expect(valueOf(await begin(OURS[kind]))).toEqual(made);
    cloud.pass(HOUR);
    expect(valueOf(await begin(OURS[kind]))).toEqual(kind === 'version' ? {} : { ready: true });
    expect(writesTakenOn()).toEqual([]);
  });

  it.each(UNSHARED)('a %s of someone else’s name leaves theirs untouched', async (kind) => {
    await make(kind, theirs(kind));
    const before = cloud.azure.find(OURS[kind].id);
    expect(failureIn(await begin(OURS[kind]))).toMatchObject({ kind: 'rejected', code: 'NameTaken' });
    expect(writesTakenOn()).toEqual([]);
    expect(cloud.azure.find(OURS[kind].id)).toEqual(before);
  });

  it('a definition that another build made meanwhile takes it as it is, and keeps it theirs', async () => {
    await make('definition', theirs('definition'));
    const before = cloud.azure.find(OURS.definition.id);
    expect(valueOf(await begin(OURS.definition))).toEqual({ adopted: true, ready: true });
    expect(valueOf(await look(OURS.definition))).toEqual({ state: 'ready' });
    expect(valueOf(await remove(OURS.definition))).toEqual({ state: 'notOurs' });
    expect(newWrites()).toEqual([]);
    expect(cloud.azure.find(OURS.definition.id)).toEqual(before);
  });

  it.each(KINDS)('a %s that is still being deleted is for later', async (kind) => {
    await make(kind);
    valueOf(await remove(OURS[kind]));
    cloud.newCalls();
    expect(failureIn(await begin(OURS[kind]))).toMatchObject({ kind: 'conflict', code: 'BeingDeleted' });
    expect(writesTakenOn()).toEqual([]);
    cloud.pass(HOUR);
    valueOf(await begin(OURS[kind]));
    expect(newWrites()).toEqual([`PUT ${OURS[kind].id}`]);
  });

  it.each(KINDS)('a %s whose answer was lost finds what it began', async (kind) => {
    await groundFor(kind);
    cloud.azure.faults.add({ kind: 'reset', method: 'PUT', afterwards: true });
    expect(failureIn(await begin(OURS[kind])).kind).toBe('unavailable');
    expect(writesTakenOn()).toHaveLength(1);
    expect(valueOf(await begin(OURS[kind]))).toEqual(kind === 'pool' ? { ready: true } : {});
    expect(writesTakenOn()).toEqual([]);
  });

  it('does not write when it cannot read', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', method: 'GET' });
    expect(failureIn(await begin(OURS.snapshot))).toMatchObject({ kind: 'forbidden' });
    expect(newWrites()).toEqual([]);
  });

  it('gives Azure’s own refusal back', async () => {
    const refused = failureIn(await begin(snapshotSpec({ sourceDiskId: OURS.snapshot.id })));
    expect(refused).toMatchObject({ kind: 'notFound', status: 404, code: 'NotFound' });
    expect(refused.message).toContain(`Tried to create snapshot ${OURS.snapshot.id}`);
  });

  it('shows several in order, and those that others may share only when all of the rest have begun', async () => {
    const [snapshot, definition] = [OURS.snapshot, OURS.definition];
    const activities = createResourceActivities(cloud.arm);
    cloud.azure.faults.add({ kind: 'answer', status: 429, method: 'PUT', path: '/snapshots/' });
    const throttledOnes = await activities.beginResources([snapshot, definition]);
    expect(failureIn(only(throttledOnes))).toMatchObject({ kind: 'throttled' });
    expect(newWrites().filter((write) => !write.includes('/snapshots/'))).toEqual([]);
    expect((await activities.beginResources([snapshot, definition])).map(({ ok }) => ok)).toEqual([true, true]);
    expect(newWrites()).toEqual([`PUT ${snapshot.id}`, `PUT ${definition.id}`]);
  });

  describe('a pool that is there', () => {
    it('is found when it is ours', async () => {
      await make('pool');
      expect(valueOf(await begin(OURS.pool))).toEqual({ ready: true });
      expect(cloud.newCalls().map(({ method, status }) => `${method} ${status}`)).toEqual(['PUT 412', 'GET 200']);
    });

    it('is found when Azure answers the PUT with a conflict', async () => {
      await make('pool');
      cloud.azure.faults.add({ kind: 'answer', status: 409, code: 'PoolExists', method: 'PUT', path: '/pools/' });
      expect(valueOf(await begin(OURS.pool))).toEqual({ ready: true });
    });

    it('is not made up from a conflict of another kind', async () => {
      await groundFor('pool');
      cloud.azure.faults.add({ kind: 'answer', status: 409, code: 'PoolQuotaReached', method: 'PUT', path: '/pools/' });
      expect(failureIn(await begin(OURS.pool))).toMatchObject({ code: 'PoolQuotaReached' });
    });

    it('is left alone when it is someone else’s', async () => {
      await make('pool', theirs('pool'));
      const before = cloud.azure.find(OURS.pool.id);
      expect(failureIn(await begin(OURS.pool))).toMatchObject({ kind: 'rejected', code: 'NameTaken' });
      expect(cloud.azure.find(OURS.pool.id)).toEqual(before);
    });
  });
});

describe('looking at several', () => {
  it('goes on while they are ready, and ends with the first that is not', async () => {
    const activities = createResourceActivities(cloud.arm);
    const specs = ['a', 'b', 'c'].map((name) => snapshotSpec({ id: `${OURS.snapshot.id}-${name}` }));
    const [first, ...others] = specs;
    valueOf(only(await activities.beginResources(first === undefined ? [] : [first])));
    cloud.pass(HOUR);
    await activities.beginResources(others);
    cloud.newCalls();
    const looks = specs.map((spec) => ({ spec, begun: {} }));
    const seen = await activities.lookAtResources(looks);
    expect(seen.map((answer) => valueOf(answer).state)).toEqual(['ready', 'underway']);
    expect(cloud.newCalls()).toHaveLength(2);
    cloud.pass(HOUR);
    expect((await activities.lookAtResources(looks)).map((answer) => valueOf(answer).state)).toEqual(
      specs.map(() => 'ready'),
    );
  });
});

describe('looking at', () => {
  it.each([
    { kind: 'snapshot', minutes: 1, progress: 'Creating' },
    { kind: 'image', minutes: 1, progress: 'Creating' },
    { kind: 'definition', minutes: 0.1, progress: 'Creating' },
    { kind: 'version', minutes: 14, progress: 'westeurope 50 %' },
  ] as const)('a $kind under way tells how far it is, then that it is ready', async ({ kind, minutes, progress }) => {
    await groundFor(kind);
    const begun = valueOf(await begin(OURS[kind]));
    cloud.pass(minutes);
    expect(valueOf(await look(OURS[kind], begun))).toMatchObject({ state: 'underway', progress });
    cloud.pass(HOUR);
    const ready = valueOf(await look(OURS[kind], begun));
    expect(ready).toMatchObject({ state: 'ready' });
    expect(valueOf(await look(OURS[kind], begun))).toEqual(ready);
    expect(newWrites()).toEqual([`PUT ${OURS[kind].id}`]);
  });

  it('a version in several regions tells how far each of them is', async () => {
    await groundFor('version');
    const regions = [
      { name: 'westeurope', replicas: 1 },
      { name: 'northeurope', replicas: 1 },
    ];
    const spec = versionSpec({ regions });
    const begun = valueOf(await begin(spec));
    cloud.pass(20.5);
    const sighting = valueOf(await look(spec, begun));
    expect(sighting).toEqual({
      state: 'underway',
      progress: 'westeurope 100 %, northeurope 94 %',
      replicas: [
        { region: 'westeurope', state: 'Completed', percent: 100 },
        { region: 'northeurope', state: 'Replicating', percent: 94 },
      ],
    });
  });

  describe('something that failed', () => {
    const fail = (): void =>
      cloud.azure.faults.add({ kind: 'failOperation', code: 'StorageBusy', message: 'Too many requests on source.' });

    it.each(COMPUTE)('tells the code and message of the operation that made the %s', async (kind) => {
      await groundFor(kind);
      fail();
      const begun = valueOf(await begin(OURS[kind]));
      cloud.pass(HOUR);
      expect(valueOf(await look(OURS[kind], begun))).toMatchObject({
        state: 'failed',
        code: 'StorageBusy',
        message: expect.stringMatching(/Too many requests on source\.$/) as unknown,
      });
    });

    it.each(COMPUTE)('tells the word of the %s itself when the record of the operation is gone', async (kind) => {
      await groundFor(kind);
      fail();
      const { operationUrl = '' } = valueOf(await begin(OURS[kind]));
      cloud.pass(HOUR);
      const expired = { operationUrl: operationUrl.replace(/[0-9a-f-]{36}\?/, `${'0'.repeat(8)}?`) };
      const sighting = valueOf(await look(OURS[kind], expired));
      const code = kind === 'version' ? 'ReplicationFailed' : 'ProvisioningFailed';
      expect(sighting).toMatchObject({ state: 'failed', code });
      expect(valueOf(await look(OURS[kind]))).toEqual(sighting);
    });

    it('waits for the record when it cannot be read just now', async () => {
      fail();
      const begun = valueOf(await begin(OURS.snapshot));
      cloud.pass(HOUR);
      cloud.azure.faults.add({ kind: 'answer', status: 429, retryAfterSeconds: 30, path: '/diskOperations/' });
      expect(failureIn(await look(OURS.snapshot, begun))).toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
    });

    // lookAt gives the failure of this second read back in place of what the resource says.
    it('tells that the resource failed even where its record may not be read', async () => {
      fail();
      const begun = valueOf(await begin(OURS.snapshot));
      cloud.pass(HOUR);
      cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', path: '/diskOperations/' });
      expect(valueOf(await look(OURS.snapshot, begun))).toMatchObject({ state: 'failed', code: 'ProvisioningFailed' });
    });

    it('reads no record while all is well', async () => {
      const begun = valueOf(await begin(OURS.snapshot));
      cloud.newCalls();
      await look(OURS.snapshot, begun);
      expect(cloud.newCalls().map(({ path }) => path)).toEqual([OURS.snapshot.id]);
    });
  });

  it('a pool is made at once; its nodes are another matter', async () => {
    await groundFor('pool');
    cloud.azure.faults.add({ kind: 'stuck' });
    valueOf(await begin(OURS.pool));
    expect(valueOf(await look(OURS.pool))).toEqual({ state: 'ready' });
  });

  it.each(KINDS)('a %s that someone deleted says that it is missing', async (kind) => {
    await make(kind);
    cloud.azure.deleteBehindTheBack(OURS[kind].id, { silently: true });
    expect(valueOf(await look(OURS[kind]))).toEqual({ state: 'missing' });
  });

  it.each(KINDS)('a %s that is being deleted says so, too', async (kind) => {
    await make(kind);
    valueOf(await remove(OURS[kind]));
    expect(valueOf(await look(OURS[kind]))).toEqual({ state: 'missing' });
  });

  it.each(UNSHARED)('a %s that is someone else’s by now is not taken for ours', async (kind) => {
    await make(kind, theirs(kind));
    expect(failureIn(await look(OURS[kind]))).toMatchObject({ kind: 'rejected', code: 'NameTaken' });
  });

  it('passes on how long Azure asks to wait', async () => {
    valueOf(await begin(OURS.snapshot));
    cloud.azure.faults.add({ kind: 'answer', status: 429, retryAfterSeconds: 480, method: 'GET' });
    expect(failureIn(await look(OURS.snapshot))).toMatchObject({ kind: 'throttled', retryAfterMs: 480_000 });
  });
});

describe('removing', () => {
  it.each(KINDS)('a %s that is not there is done without a word to Azure', async (kind) => {
    expect(valueOf(await remove(OURS[kind]))).toEqual({ state: 'gone' });
    expect(newWrites()).toEqual([]);
  });

  it.each(KINDS)('a %s of ours is one DELETE, however often it is asked for', async (kind) => {
    await make(kind);
    expect(valueOf(await remove(OURS[kind]))).toMatchObject({
      state: 'underway',
      retryAfterMs: expect.any(Number) as number,
    });
    expect(valueOf(await remove(OURS[kind]))).toEqual({ state: 'underway' });
    cloud.pass(HOUR);
    expect(valueOf(await remove(OURS[kind]))).toEqual({ state: 'gone' });
    expect(newWrites()).toEqual([`DELETE ${OURS[kind].id}`]);
    expect(cloud.azure.find(OURS[kind].id)).toBeUndefined();
  });

  it.each(KINDS)('a %s of someone else leaves it where it is', async (kind) => {
    await make(kind, theirs(kind));
    expect(valueOf(await remove(OURS[kind]))).toEqual({ state: 'notOurs' });
    expect(newWrites()).toEqual([]);
  });

  it.each(KINDS)('a %s that is still being made takes it away, too', async (kind) => {
    await groundFor(kind);
    valueOf(await begin(OURS[kind]));
    expect(valueOf(await remove(OURS[kind]))).toMatchObject({ state: 'underway' });
    cloud.pass(HOUR);
    expect(valueOf(await remove(OURS[kind]))).toEqual({ state: 'gone' });
  });

  it.each(KINDS)('a %s that a lock holds is refused for good, with the lock’s code', async (kind) => {
    await make(kind);
    const lock = { code: 'ScopeLocked', message: 'The scope is locked.' };
    cloud.azure.faults.add({ kind: 'answer', status: 409, method: 'DELETE', ...lock });
    expect(failureIn(await remove(OURS[kind]))).toMatchObject({ kind: 'rejected', code: 'ScopeLocked' });
  });

  it('a definition that holds versions of others is for later, and stays', async () => {
    await groundFor('version');
    await make('version', theirs('version'));
    const failure = failureIn(await remove(OURS.definition));
    expect(failure).toMatchObject({ kind: 'conflict', code: 'CannotDeleteResource' });
    expect(cloud.azure.find(OURS.definition.id)).toBeDefined();
    expect(cloud.azure.find(VERSION_ID)).toBeDefined();
  });

  it('a deletion that failed is tried again', async () => {
    await make('snapshot');
    cloud.azure.faults.add({ kind: 'failOperation', code: 'InternalExecutionError', message: 'No.', method: 'DELETE' });
    valueOf(await remove(OURS.snapshot));
    cloud.pass(HOUR);
    expect(valueOf(await remove(OURS.snapshot))).toMatchObject({ state: 'underway' });
    cloud.pass(HOUR);
    expect(valueOf(await remove(OURS.snapshot))).toEqual({ state: 'gone' });
  });

  it('something that went away between the look and the DELETE is gone', async () => {
    await make('snapshot');
    cloud.azure.faults.add({ kind: 'answer', status: 404, method: 'DELETE' });
    expect(valueOf(await remove(OURS.snapshot))).toEqual({ state: 'gone' });
  });

  it('what failed to be made takes its remains away', async () => {
    cloud.azure.faults.add({ kind: 'failOperation', code: 'StorageBusy', message: 'No.' });
    valueOf(await begin(OURS.snapshot));
    cloud.pass(HOUR);
    valueOf(await remove(OURS.snapshot));
    cloud.pass(HOUR);
    expect(cloud.azure.find(OURS.snapshot.id)).toBeUndefined();
  });
});
