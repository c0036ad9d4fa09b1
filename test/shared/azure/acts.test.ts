/** What is done to things that stand: each act is begun once, found done when it is begun again, and told when Azure fails it. */
import { createResourceActivities } from '../../../shared/activities/resourceActivities';
import type { ActSpec, Begun } from '../../../shared/domain/resources';
import { idOf } from '../../local/arm/localAzure';
import { failureIn, only, startCloud, valueOf, writesOf, type Cloud } from './cloud';

const source = (path: string): string => idOf('rg-sources', `Microsoft.Compute/${path}`);
const RUNNING = source('virtualMachines/vm-golden-running');
const DEALLOCATED = source('virtualMachines/vm-golden');
const EXCLUDED = source('galleries/sources/images/golden/versions/1.2.0');
const IN_LATEST = source('galleries/sources/images/golden/versions/1.1.0');

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const begin = async (kind: ActSpec['kind'], id: string) =>
  only(await createResourceActivities(cloud.arm).beginResources([{ kind, id }]));
const look = async (kind: ActSpec['kind'], id: string, begun: Begun) =>
  only(await createResourceActivities(cloud.arm).lookAtResources([{ spec: { kind, id }, begun }]));

it('a VM is deallocated, which takes its time', async () => {
  const begun = valueOf(await begin('deallocation', RUNNING));
  expect(begun.operationUrl).toBeDefined();
  expect(valueOf(await look('deallocation', RUNNING, begun))).toEqual({ state: 'underway', progress: 'deallocating' });
  cloud.pass(30);
  expect(valueOf(await look('deallocation', RUNNING, begun))).toEqual({ state: 'ready' });
});

it('a deallocation that Azure fails is told in Azure’s words', async () => {
  cloud.azure.faults.add({ kind: 'failOperation', code: 'AllocationBusy', message: 'Try again later.' });
  const begun = valueOf(await begin('deallocation', RUNNING));
  cloud.pass(30);
  expect(valueOf(await look('deallocation', RUNNING, begun))).toEqual({
    state: 'failed',
    code: 'AllocationBusy',
    message: 'Try again later.',
  });
});

it('a VM is generalized at once, and only when it is deallocated', async () => {
  expect(failureIn(await begin('generalization', RUNNING))).toMatchObject({ code: 'OperationNotAllowed' });
  const begun = valueOf(await begin('generalization', DEALLOCATED));
  expect(valueOf(await look('generalization', DEALLOCATED, begun))).toEqual({ state: 'ready' });
});

it('a version is let into latest with all that its publishing says', async () => {
  const begun = valueOf(await begin('release', EXCLUDED));
  cloud.pass(30);
  expect(valueOf(await look('release', EXCLUDED, begun))).toEqual({ state: 'ready' });
  expect(cloud.azure.find(EXCLUDED)).toMatchObject({
    properties: {
      publishingProfile: { excludeFromLatest: false, targetRegions: [{ regionalReplicaCount: 1 }] },
    },
  });
});

it.each<[kind: ActSpec['kind'], id: string]>([
  ['deallocation', DEALLOCATED],
  ['release', IN_LATEST],
])('a %s that is done already writes nothing, and is not this build’s', async (kind, id) => {
  cloud.newCalls();
  expect(valueOf(await begin(kind, id))).toEqual({ adopted: true, ready: true });
  expect(writesOf(cloud.newCalls())).toEqual([]);
});

it('an act that is begun again is found done', async () => {
  valueOf(await begin('generalization', DEALLOCATED));
  expect(valueOf(await begin('generalization', DEALLOCATED))).toEqual({ adopted: true, ready: true });
});

it('what is not there cannot be acted on', async () => {
  expect(failureIn(await begin('release', `${EXCLUDED}9`))).toMatchObject({ kind: 'notFound' });
  expect(failureIn(await begin('deallocation', `${RUNNING}-2`))).toMatchObject({ kind: 'notFound' });
});
