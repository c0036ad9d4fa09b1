/** Machines are deallocated and generalized through the real client. */
import { z } from 'zod';
import { ask, idOf, refusalOf, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const RUNNING = 'vm-running';
const STOPPED = 'vm-render-base';
const pathOf = (name: string): string => idOf('rg-render', `Microsoft.Compute/virtualMachines/${name}`);

async function codesOf(name: string): Promise<unknown[]> {
  const found = await local.compute.virtualMachines.get('rg-render', name, { expand: 'instanceView' });
  return (found.instanceView?.statuses ?? []).map(({ code }) => code);
}
const powerOf = async (name: string): Promise<unknown> =>
  (await codesOf(name)).find((code) => String(code).startsWith('PowerState/'));
const stateOf = async (name: string): Promise<unknown> =>
  (await local.compute.virtualMachines.get('rg-render', name)).provisioningState;
const generalize = (name: string): Promise<unknown> => local.compute.virtualMachines.generalize('rg-render', name);

test('a running machine is deallocated over time', async () => {
  const poller = local.compute.virtualMachines.deallocate('rg-render', RUNNING, { updateIntervalInMs: 1 });
  await poller.submitted();
  expect(await powerOf(RUNNING)).toBe('PowerState/deallocating');
  expect(await stateOf(RUNNING)).toBe('Updating');
  local.pass(1);
  expect(await powerOf(RUNNING)).toBe('PowerState/deallocating');
  local.pass(1);
  await poller;
  expect(await powerOf(RUNNING)).toBe('PowerState/deallocated');
  expect(await stateOf(RUNNING)).toBe('Succeeded');
});

test('the answer names both addresses at which the deallocation can be watched', async () => {
  const accepted = await ask(local, 'POST', `${pathOf(RUNNING)}/deallocate?api-version=2026-04-01`);
  expect(accepted.status).toBe(202);
  const headers = z.object({ 'azure-asyncoperation': z.url(), location: z.url() });
  const found = headers.parse(Object.fromEntries(accepted.headers));
  const [status, location] = [found['azure-asyncoperation'], found.location].map((url) =>
    url.slice(local.origin.length),
  );
  expect(await ask(local, 'GET', status ?? '')).toMatchObject({ status: 200, body: { status: 'InProgress' } });
  expect((await ask(local, 'GET', location ?? '')).status).toBe(202);
  local.pass(2);
  expect(await ask(local, 'GET', status ?? '')).toMatchObject({ status: 200, body: { status: 'Succeeded' } });
  expect((await ask(local, 'GET', location ?? '')).status).toBe(200);
});

test('a second deallocation joins the one under way, and one of a deallocated machine succeeds, too', async () => {
  const path = `${pathOf(RUNNING)}/deallocate?api-version=2026-04-01`;
  const first = await ask(local, 'POST', path);
  const second = await ask(local, 'POST', path);
  expect(second.headers.get('azure-asyncoperation')).toBe(first.headers.get('azure-asyncoperation'));
  local.pass(2);
  await local.compute.virtualMachines.deallocate('rg-render', RUNNING).submitted();
  expect(await powerOf(RUNNING)).toBe('PowerState/deallocated');
  local.pass(1);
  expect(await powerOf(RUNNING)).toBe('PowerState/deallocated');
});

test('a deallocation that fails leaves the machine as it ran', async () => {
  const message = 'The machine could not be stopped.';
  local.azure.faults.add({ kind: 'failOperation', code: 'InternalExecutionError', message, path: '/deallocate' });
  const poller = local.compute.virtualMachines.deallocate('rg-render', RUNNING, { updateIntervalInMs: 1 });
  await poller.submitted();
  local.pass(2);
  expect((await refusalOf(poller)).text).toContain('InternalExecutionError');
  expect(await powerOf(RUNNING)).toBe('PowerState/running');
});

test('a deallocated machine is generalized at once, and again', async () => {
  expect(await codesOf(STOPPED)).not.toContain('OSState/generalized');
  await generalize(STOPPED);
  expect(await codesOf(STOPPED)).toEqual(expect.arrayContaining(['OSState/generalized', 'PowerState/deallocated']));
  await generalize(STOPPED);
  await local.compute.virtualMachines.deallocate('rg-render', STOPPED).submitted();
  local.pass(1);
  expect(await codesOf(STOPPED)).toEqual(expect.arrayContaining(['OSState/generalized', 'PowerState/deallocated']));
});

test('a machine that runs, or is being deallocated, is not generalized', async () => {
  expect(await refusalOf(generalize(RUNNING))).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
  await local.compute.virtualMachines.deallocate('rg-render', RUNNING).submitted();
  expect(await refusalOf(generalize(RUNNING))).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
  local.pass(2);
  await generalize(RUNNING);
  expect(await codesOf(RUNNING)).toContain('OSState/generalized');
});

test.each(['deallocate', 'generalize'])('%s needs its own right', async (action) => {
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  local.azure.setGrants([{ scope, actions: ['Microsoft.Compute/virtualMachines/read'] }]);
  const answer = await ask(local, 'POST', `${pathOf(STOPPED)}/${action}?api-version=2026-04-01`);
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
  expect(JSON.stringify(answer.body)).toContain(`Microsoft.Compute/virtualMachines/${action}/action`);
});

test('what is not there is not found, and what is not known is not passed over', async () => {
  expect(await refusalOf(generalize('vm-nope'))).toMatchObject({ status: 404, code: 'ResourceNotFound' });
  const hibernated = await ask(local, 'POST', `${pathOf(RUNNING)}/deallocate?api-version=2026-04-01&hibernate=true`);
  expect(hibernated).toMatchObject({ status: 501 });
  expect(await ask(local, 'POST', `${pathOf(RUNNING)}/start?api-version=2026-04-01`)).toMatchObject({ status: 501 });
});

test('Event Grid hears of an action when it has completed', async () => {
  await local.compute.virtualMachines.deallocate('rg-render', RUNNING).submitted();
  expect(local.events).toEqual([]);
  local.pass(2);
  expect(local.events.map(({ data }) => data.operationName)).toEqual([
    'Microsoft.Compute/virtualMachines/deallocate/action',
  ]);
});
