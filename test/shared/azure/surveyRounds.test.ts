/** How a survey asks: in two rounds of parallel calls, three when only a disk says what it needs to know. */
import { setImmediate as turn } from 'node:timers/promises';
import { readBuildFacts } from '../../../shared/azure/buildFacts';
import { found } from '../../../shared/domain/facts';
import { preflight, RULES } from '../../../shared/domain/preflight/preflight';
import type { BuildRequest } from '../../../shared/domain/request';
import { START_MS, worldText } from '../../local/arm/localAzure';
import { startCloud, valueOf, writesOf, type Cloud } from './cloud';
import { request } from './survey';

const LATENCY_MS = 100;

/** Azure with calls of 100 ms, and a VM whose base image only its disk knows. */
const silentVm = (text: string): unknown => {
  const world = JSON.parse(text) as { resources: { name: string; properties: { storageProfile?: object } }[] };
  for (const { name, properties } of world.resources) {
    if (name === 'vm-windows-base') Object.assign(properties.storageProfile ?? {}, { imageReference: undefined });
  }
  return JSON.parse(JSON.stringify(world));
};

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud({ latencyMs: LATENCY_MS, world: silentVm(worldText) });
});
afterEach(() => cloud.close());

/** Surveys while time stands still, moving it on by one call's length whenever as many calls wait as this round has. */
async function surveyInRounds(asked: BuildRequest, rounds: readonly number[]) {
  const survey = readBuildFacts(cloud.arm, asked);
  let expected = 0;
  for (const calls of rounds) {
    expected += calls;
    while (cloud.azure.calls.length < expected || !cloud.azure.isIdle()) await turn();
    cloud.clock.advanceTo(cloud.clock.nowMs() + LATENCY_MS);
  }
  const facts = valueOf(await survey);
  const startedMs = cloud.azure.calls.map((call) => call.startedMs - START_MS);
  return { facts, perRound: rounds.map((_, round) => startedMs.filter((ms) => ms === round * LATENCY_MS).length) };
}

const FIRST = 14;
/** Pools of four accounts, VM sizes, supported images, each disk, and the rights on them: at their group, or at the only one. */
const second = (disks: number): number => 6 + disks + 1;

it('takes two rounds of parallel calls, which is 200 ms of calls that take 100 ms', async () => {
  const rounds = [FIRST, second(3) + 1];
  const { facts, perRound } = await surveyInRounds(request(), rounds);
  expect(perRound).toEqual(rounds);
  expect(cloud.clock.nowMs() - START_MS).toBe(200);
  expect(writesOf(cloud.newCalls())).toEqual([]);
  // However many rules there are, they ask nothing more of Azure.
  preflight({ request: request(), facts, nowMs: START_MS, version: '1.0.0' });
  expect(RULES.length).toBeGreaterThan(cloud.azure.calls.length);
  expect(cloud.newCalls()).toEqual([]);
});

it('takes a third round when the rights at the group of the disks are not enough', async () => {
  const permissions = '/resourceGroups/rg-render/providers/Microsoft.Authorization/permissions';
  cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', path: permissions });
  const rounds = [FIRST, second(3) + 1, 3];
  const { facts, perRound } = await surveyInRounds(request(), rounds);
  expect(perRound).toEqual(rounds);
  const disks = facts.disks.map(({ diskId }) => diskId);
  expect(facts.rights.filter(({ id }) => disks.includes(id)).map(({ fact }) => fact.read)).toEqual(
    disks.map(() => 'found'),
  );
});

it('takes a third round when only the disk says what the VM was made from', async () => {
  const rounds = [FIRST, second(1), 1];
  const { facts, perRound } = await surveyInRounds(request('vm-windows-base'), rounds);
  expect(perRound).toEqual(rounds);
  expect(found(facts.machine)?.base).toBeUndefined();
  expect(facts.marketplaceImage).toEqual({ read: 'found', value: {} });
  expect(found(facts.supportedImages)?.forBase).toMatchObject([{ nodeAgentSkuId: 'batch.node.windows amd64' }]);
});
