/** The same request again, when the pool of the first time is not what it seems; and builds that get in each other's way. */
import { textMatching, textWith } from './matchers';
import { expectOutcome, POOL_REFUSED, requestFor, Story, type VmRequest } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());
afterEach(() => story.stack.azure.faults.clear());

const own = (name: string, change: Partial<VmRequest> = {}): VmRequest =>
  requestFor(name, ({ image }) => ({ image: { ...image, name }, ...change }));

const poolOf = (name: string): string => {
  const id = story.stack.azure.ids().find((one) => one.toLowerCase().endsWith(`/pools/${name}`));
  if (id === undefined) throw new Error(`There is no pool ${name}.`);
  return id;
};

describe('the same request again', () => {
  it('is not taken for built when the pool that was kept never got its nodes', async () => {
    story.stack.azure.faults.add({
      kind: 'shortAllocation',
      method: 'PUT',
      path: '/pools/',
      nodes: 6,
      code: 'AccountCoreQuotaReached',
    });
    await story.send(own('kept-short', { keepOnFailure: true }));
    expectOutcome(await story.result(), 'BuildFailed');
    await story.send(own('kept-short', { keepOnFailure: true }));
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts).toMatchObject([{ code: 'PoolExists', message: textWith('10 of 16 nodes') }]);
  });

  it('is not taken for built when the orchestration was terminated before the pool had its nodes', async () => {
    await story.send(own('cut-short'));
    await story.timeline.until(() => story.resources().some((id) => id.endsWith('/pools/cut-short')), {
      azureHours: 2,
    });
    const base = `${story.stack.host.url}/runtime/webhooks/durabletask/instances`;
    const instances = (await (await fetch(base)).json()) as { instanceId: string; runtimeStatus: string }[];
    const running = instances.find(({ runtimeStatus }) => runtimeStatus === 'Running');
    await fetch(`${base}/${running?.instanceId ?? ''}/terminate?reason=test`, { method: 'POST' });
    await story.timeline.settle();
    await story.send(own('cut-short'));
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts).toMatchObject([{ code: 'PoolExists', message: textWith('0 of 16 nodes') }]);
  });

  it('is built again when the pool was deleted since', async () => {
    await story.send(own('gone-since'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    story.stack.azure.deleteBehindTheBack(poolOf('gone-since'));
    await story.send(own('gone-since'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(story.stack.azure.find(poolOf('gone-since'))).toMatchObject({ properties: { currentDedicatedNodes: 16 } });
  });

  it('is not taken for built when the image version under the pool is gone', async () => {
    await story.send(own('hollow'));
    const built = expectOutcome(await story.result(), 'BuildSucceeded');
    story.stack.azure.deleteBehindTheBack(built.lineage?.imageVersionId ?? '');
    await story.send(own('hollow'));
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts).toMatchObject([{ code: 'PoolExists', message: textWith('its image version is gone') }]);
  });

  it('in another mode, and with its defaults spelt out, asks for the same pool', async () => {
    await story.send(own('spelt-out'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    await story.send(own('spelt-out', { mode: 'build', keepOnFailure: false }));
    expectOutcome(await story.result(), 'BuildSucceeded');
    await story.send(own('spelt-out', { mode: 'plan' }));
    expectOutcome(await story.result(), 'BuildSucceeded');
  });
});

describe('a build that is kept on failure', () => {
  it('does not list a definition that was there before as its own', async () => {
    await story.send(own('keeps-a'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    const onSameImage = requestFor('keeps-b', ({ image }) => ({
      keepOnFailure: true,
      image: { ...image, name: 'keeps-a' },
    }));
    story.stack.azure.faults.add(POOL_REFUSED);
    await story.send(onSameImage);
    const { kept } = expectOutcome(await story.result(), 'BuildFailed');
    expect(kept).toHaveLength(5);
    expect(kept.filter((id) => id.endsWith('/images/keeps-a'))).toEqual([]);
  });
});

describe('an undo', () => {
  it('leaves the image under a pool that it cannot take away, and says so', async () => {
    const { faults } = story.stack.azure;
    faults.add({ kind: 'shortAllocation', method: 'PUT', path: '/pools/', nodes: 6, code: 'AccountCoreQuotaReached' });
    faults.add({
      kind: 'answer',
      method: 'DELETE',
      path: '/pools/',
      status: 409,
      code: 'ScopeLocked',
      message: 'Locked.',
      times: 99,
    });
    await story.send(own('held'));
    const result = expectOutcome(await story.result(), 'BuildFailed');
    expect(result.removed).toEqual([]);
    expect(result.left).toContainEqual({ id: textMatching(/pools\/held$/), why: textWith('ScopeLocked') });
    expect(result.left).toContainEqual({
      id: textMatching(/\/versions\//),
      why: textMatching(/pools\/held, which could not be taken away, stands on it/),
    });
    expect(story.resources().filter((id) => id.includes('held'))).toHaveLength(7);
  });

  it('of one build does not take the definition from under another', async () => {
    const onImage = (name: string): VmRequest =>
      requestFor(name, ({ image }) => ({ image: { ...image, name: 'one-image' } }));
    story.stack.azure.faults.add({
      kind: 'answer',
      method: 'PUT',
      path: '/versions/',
      status: 400,
      code: 'Bad',
      message: 'Bad.',
    });
    await story.send(onImage('first'));
    await story.timeline.until(() => story.resources().some((id) => id.endsWith('/images/one-image')), {
      azureHours: 2,
    });
    await story.send(onImage('second'));
    const told = await story.events(2);
    const outcomes = told.map(({ event }) => `${event.data.requestId}: ${event.data.outcome}`).sort();
    expect(outcomes).toEqual(['request-first: BuildFailed', 'request-second: BuildSucceeded']);
  });
});

describe('two requests under one message id', () => {
  it('are both answered', async () => {
    await story.send(
      own('same-id-one', { source: { virtualMachineId: own('x').source.virtualMachineId } }),
      undefined,
      'one-id',
    );
    const first = await story.told();
    await story.timeline.advanceTo(story.clock.nowMs() + 11 * 60_000); // past the queue's own duplicate detection
    await story.send(
      own('same-id-one', { requestId: 'other', source: { virtualMachineId: own('x').source.virtualMachineId } }),
      undefined,
      'one-id',
    );
    const second = await story.told();
    expect([first, second].map(({ event }) => event.data.requestId)).toEqual(['request-same-id-one', 'other']);
  });
});

describe('a request that is odd and right', () => {
  it('may write ids with slashes and blanks around them', async () => {
    const { image, pool } = own('blanks');
    await story.send(
      own('blanks', {
        image: { ...image, galleryId: `${image.galleryId}/` },
        pool: { ...pool, batchAccountId: ` ${pool.batchAccountId}// ` },
      }),
    );
    expectOutcome(await story.result(), 'BuildSucceeded');
  });

  it('may name its image with 80 characters', async () => {
    const name = 'n'.repeat(80);
    await story.send(requestFor('long-name', ({ image }) => ({ image: { ...image, name } })));
    expectOutcome(await story.result(), 'BuildSucceeded');
  });

  it('may give its pool an identity and a body with another pool’s marks', async () => {
    const { pool } = own('marked');
    const identity = { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/1/x': {} } };
    const properties = {
      ...pool.properties,
      metadata: [
        { name: 'bip-build', value: 'other' },
        { name: 'team', value: 'fx' },
      ],
    };
    await story.send(own('marked', { pool: { ...pool, identity, properties } }));
    expectOutcome(await story.result(), 'BuildSucceeded');
    const made = story.stack.azure.find(poolOf('marked')) as {
      identity?: unknown;
      properties: { metadata: { name: string }[] };
    };
    expect(made.identity).toMatchObject({ type: 'UserAssigned' });
    const names = made.properties.metadata.map(({ name }) => name);
    expect(names.filter((name) => name === 'bip-build')).toHaveLength(1);
    expect(names).toContain('team');
  });
});

describe('one odd answer', () => {
  it.each([401, 404])('of %i at a look does not throw away a build', async (status) => {
    const fault = { kind: 'answer', method: 'GET', path: '/versions/', status, code: 'Odd', message: 'Odd.' } as const;
    await story.send(own(`odd-${status}`));
    await story.timeline.until(
      () => story.calls().some(({ method, path }) => method === 'PUT' && path.includes(`odd-${status}/versions/`)),
      { azureHours: 2 },
    );
    story.stack.azure.faults.add(fault);
    expectOutcome(await story.result(), 'BuildSucceeded');
  });

  it('tells which property of the pool Batch did not like', async () => {
    const { pool } = own('disliked');
    await story.send(own('disliked', { pool: { ...pool, properties: { ...pool.properties, colour: 'blue' } } }));
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(failed).toMatchObject({ step: 'pool', message: textWith('colour') });
  });
});
