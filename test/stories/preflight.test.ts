/** Refused early: everything at once, nothing written; and what the app may not read leaves the answer open, never green. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { couldNotTell, type Verdict } from '../../shared/domain/verdict';
import type { BuildRequest } from '../../shared/domain/request';
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

const EXAMPLES = join(__dirname, '..', '..', 'examples');

const codesOf = (verdicts: readonly Verdict[]): readonly string[] => [...new Set(verdicts.map(({ code }) => code))];

describe('a VM and a request that break more than ten rules', () => {
  it('are told all of them in one answer, the same for a plan as for a build, and nothing is written', async () => {
    const request = JSON.parse(readFileSync(join(EXAMPLES, 'refused-ten-rules.json'), 'utf8')) as BuildRequest;
    const [before, calls] = [story.resources(), story.calls().length];
    await story.send(request);
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    await story.send({ ...request, mode: 'plan' });
    const plan = expectOutcome(await story.result(), 'BuildRefused');

    expect(refused.reason).toBe('PreflightRefused');
    expect(codesOf(refused.verdicts.filter(({ severity }) => severity === 'refuse')).length).toBeGreaterThan(10);
    expect(refused.message).toMatch(/^Nothing was made: the request breaks 17 rules \(/);
    for (const { message, remedy, source } of refused.verdicts) {
      expect(message).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
      expect(source).not.toBe('');
    }
    expect(plan.verdicts).toEqual(refused.verdicts);
    expect(story.writes(calls)).toEqual([]);
    expect(story.resources()).toEqual(before);
  });

  it('are refused for what is wrong with the VM alone when the rest is right', async () => {
    await story.send(
      requestFor('ten', ({ source }) => ({
        mode: 'plan',
        source: { ...source, virtualMachineId: source.virtualMachineId.replace('vm-render-base', 'vm-ten-rules') },
      })),
    );
    const { verdicts } = expectOutcome(await story.result(), 'BuildRefused');
    expect(codesOf(verdicts.filter(({ severity }) => severity === 'refuse'))).toEqual([
      'ExtensionsInstalled',
      'BaseImageUnsupported',
      'UnmanagedDisk',
      'UnsupportedDiskType',
      'SectorSize4096',
      'DiskTooLarge',
      'ImageTooLarge',
      'DiskEncrypted',
      'DiskControllerMismatch',
      'TooManyDataDisks',
    ]);
  });
});

interface Closed {
  readonly to: string;
  readonly path: RegExp;
  /** What the answer names as missing. */
  readonly permission: string;
}

/** Without these nothing can be decided. */
const NEEDED: readonly Closed[] = [
  { to: 'the VM', path: /\/virtualMachines\/[^/]+$/, permission: 'Microsoft.Compute/virtualMachines/read' },
  { to: 'a disk', path: /\/disks\/datadisk-render-cache$/, permission: 'Microsoft.Compute/disks/read' },
  { to: 'the account', path: /\/batchAccounts\/batchrender$/, permission: 'Microsoft.Batch/batchAccounts/read' },
  {
    to: 'the resource group',
    path: /\/resourceGroups\/rg-images$/,
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/read',
  },
  { to: 'the gallery', path: /\/galleries\/gal_render$/, permission: 'Microsoft.Compute/galleries/read' },
  {
    to: 'the definition',
    path: /\/gal_render\/images\/render$/,
    permission: 'Microsoft.Compute/galleries/images/read',
  },
  { to: 'the pool', path: /\/pools\/closed-\d+$/, permission: 'Microsoft.Batch/batchAccounts/pools/read' },
];

/** Without these a build may go on, and its answer says what was not checked. */
const OPTIONAL: readonly Closed[] = [
  {
    to: 'the definitions of the gallery',
    path: /\/gal_render\/images$/,
    permission: 'Microsoft.Compute/galleries/images/read',
  },
  {
    to: 'the versions of the definition',
    path: /\/images\/render\/versions$/,
    permission: 'Microsoft.Compute/galleries/images/versions/read',
  },
  {
    to: 'the list of gallery images',
    path: /\/subscriptions\/[^/]+\/resources$/,
    permission: 'Microsoft.Resources/subscriptions/resources/read',
  },
  {
    to: 'the pools of the account',
    path: /\/batchrender\/pools$/,
    permission: 'Microsoft.Batch/batchAccounts/pools/read',
  },
  {
    to: 'the accounts of the subscription',
    path: /\/providers\/Microsoft\.Batch\/batchAccounts$/,
    permission: 'Microsoft.Batch/batchAccounts/read',
  },
  {
    to: 'the VM sizes',
    path: /\/virtualMachineSkus$/,
    permission: 'Microsoft.Batch/locations/virtualMachineSkus/read',
  },
  { to: 'the supported images', path: /\/supportedimages$/, permission: 'on the data plane of the account' },
  {
    to: 'the page of the base image',
    path: /\/vmimage\//i,
    permission: 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
  },
  {
    to: 'the permissions',
    path: /\/Microsoft\.Authorization\/permissions$/,
    permission: 'Microsoft.Authorization/permissions/read',
  },
];

let asked = 0;

/** Verdicts of a plan while Azure answers 403 to every read of one kind. */
async function planClosedTo({ path }: Closed) {
  const calls = story.calls().length;
  story.stack.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', path, times: 99 });
  await story.send(requestFor(`closed-${(asked += 1)}`, () => ({ mode: 'plan' })));
  const result = await story.result();
  story.stack.azure.faults.clear();
  expect(story.calls(calls).filter(({ path: called, status }) => path.test(called) && status !== 403)).toEqual([]);
  expect(story.writes(calls)).toEqual([]);
  return result;
}

describe('403', () => {
  it.each(NEEDED)('on $to: nobody can tell, nothing is made, and the missing right is named', async (closed) => {
    const { message, verdicts } = expectOutcome(await planClosedTo(closed), 'BuildRefused');
    expect(couldNotTell(verdicts)).toBe(true);
    expect(message).toContain('it could not be told whether the request can be built');
    for (const { state, severity, message: why } of verdicts) {
      expect(state).toBe('unknown');
      if (severity === 'refuse') expect(why).toContain(closed.permission);
      else expect(why).toMatch(/could not be looked up without|may not read/);
    }
  });

  it.each(OPTIONAL)('on $to: it can be built, with a warning for each rule that was not checked', async (closed) => {
    const { verdicts } = expectOutcome(await planClosedTo(closed), 'BuildPlanned');
    expect(verdicts.length).toBeGreaterThan(0);
    for (const { state, severity } of verdicts) expect([state, severity]).toEqual(['unknown', 'warn']);
    expect(verdicts.map(({ message }) => message).join()).toContain(closed.permission);
  });

  it('on everything: one answer that names every right, small enough for a message', async () => {
    const result = await planClosedTo({ to: 'everything', path: /./, permission: '' });
    const { verdicts } = expectOutcome(result, 'BuildRefused');
    expect(couldNotTell(verdicts)).toBe(true);
    const permissions = NEEDED.map(({ permission }) => permission).filter((one) => !one.includes('/disks/'));
    for (const permission of permissions) expect(JSON.stringify(verdicts)).toContain(permission);
    // A queue of the Standard tier takes 256 KB (service-bus-messaging/service-bus-quotas).
    expect(JSON.stringify(result).length).toBeLessThan(200_000);
  });
});

it('a right that is missing is named before anything is made, with the role that has it', async () => {
  const scope = '/subscriptions/11111111-1111-4111-8111-111111111111';
  const calls = story.calls().length;
  story.stack.azure.setGrants([
    { scope, actions: ['*'], notActions: ['Microsoft.Compute/snapshots/*', 'Microsoft.Batch/*/write'] },
  ]);
  await story.send(requestFor('no-rights'));
  const { verdicts } = expectOutcome(await story.result(), 'BuildRefused');
  story.stack.azure.setGrants([{ scope, actions: ['*'] }]);
  const missing = verdicts.filter(({ code }) => code === 'RightMissing').map(({ message }) => message);
  expect(missing.map((message) => /may not do (\S+)/.exec(message)?.[1])).toEqual([
    'Microsoft.Compute/snapshots/read',
    'Microsoft.Compute/snapshots/write',
    'Microsoft.Compute/snapshots/delete',
    'Microsoft.Batch/batchAccounts/pools/write',
  ]);
  for (const message of missing) expect(message).toMatch(/the role [A-Z][\w ]+ has it\.$/);
  expect(story.writes(calls)).toEqual([]);
});
