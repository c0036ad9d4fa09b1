/** The managed identity fails for a while, and so does the record of a failed operation: neither costs the answer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiveEvent } from '../../cli/receiveEvent';
import { sendRequest } from '../../cli/sendRequest';
import { SteppedClock } from '../../local/clock';
import { ManagedIdentityEndpoint } from '../../local/identity/managedIdentity';
import { Stack } from '../../local/stack';
import { Timeline } from '../../local/timeline';
import type { BuildResult } from '../../shared/domain/result';
import { textWith } from './matchers';
import { APP_FOLDER, expectOutcome, requestFor, START, SUBSCRIPTION } from './story';

const HEADER = 'of-this-story';

const folder = mkdtempSync(join(tmpdir(), 'bip-identity-'));
const clock = new SteppedClock(Date.parse(START));
const identity = new ManagedIdentityEndpoint({ header: HEADER });
let stack: Stack;
beforeAll(async () => {
  // The stack's own identity cannot be made to fail: the settings name another one.
  const identitySettings = { IDENTITY_ENDPOINT: await identity.listen(), IDENTITY_HEADER: HEADER };
  stack = await Stack.start({
    clock,
    appFolder: APP_FOLDER,
    stateFolder: folder,
    world: JSON.parse(readFileSync(join(__dirname, '../../local/world.json'), 'utf8')),
    settings: { ALLOWED_SCOPES: SUBSCRIPTION, TASK_HUB: 'StoryHub', ...identitySettings },
  });
});
afterAll(async () => {
  await stack.stop();
  await identity.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => stack.azure.faults.clear());

async function build(name: string): Promise<BuildResult> {
  const bus = stack.environment['SERVICE_BUS'] ?? '';
  await sendRequest(
    bus,
    requestFor(name, ({ image }) => ({ image: { ...image, name } })),
    name,
  );
  await new Timeline(stack).until(() => stack.broker.counts('image-pool-events').active > 0, { azureHours: 12 });
  return (await receiveEvent(bus)).data;
}

describe('the first requests for a token', () => {
  // The SDK repeats a 500 and a broken connection by itself, and gives up after some twenty real seconds; after a 400 at
  // once, so that the app is the one to wait.
  it('fail with 500, break, and are refused: the build waits and goes on', async () => {
    identity.answerWith(500);
    identity.answerWith(0);
    identity.answerWith(400, 3);
    const startedMs = clock.nowMs();
    expectOutcome(await build('without-identity'), 'BuildSucceeded');

    expect(identity.faultsLeft).toBe(0);
    expect(identity.tokensAsked.length).toBeGreaterThan(0);
    expect(stack.azure.calls.filter(({ status }) => status === 401)).toEqual([]);
    // It waited in Azure's time, on durable timers, before it could call Azure at all.
    expect(stack.azure.calls[0]?.atMs).toBeGreaterThan(startedMs);
  });
});

interface Failing {
  readonly what: string;
  readonly path: string | RegExp;
  readonly record: string;
}

const FAILING: readonly Failing[] = [
  { what: 'snapshot', path: '-data0', record: '/diskOperations/' },
  { what: 'managed image', path: /\/Microsoft\.Compute\/images\//i, record: '/operations/' },
  { what: 'image version', path: '/versions/', record: '/capsOperations/' },
];

describe.each(FAILING)('the record of a failed $what, throttled when it is looked up', ({ what, path, record }) => {
  it('is looked up again, and the result tells Azure’s own code', async () => {
    const { azure } = stack;
    const [callsBefore, idsBefore] = [azure.calls.length, azure.ids().sort()];
    const failure = { code: 'DiskFarmOnFire', message: `The ${what} burnt.` };
    azure.faults.add({ kind: 'failOperation', method: 'PUT', path, ...failure });
    azure.faults.add({ kind: 'answer', method: 'GET', path: record, status: 429, retryAfterSeconds: 60 });
    const result = expectOutcome(await build(`failed-${what.replaceAll(' ', '-')}`), 'BuildFailed');

    expect(result).toMatchObject({ code: failure.code, message: textWith(failure.message), left: [] });
    const asked = azure.calls.slice(callsBefore).filter((call) => call.path.includes(record));
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
    const [throttled, told] = asked;
    expect((told?.atMs ?? 0) - (throttled?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(azure.ids().sort()).toEqual(idsBefore);
  });
});
