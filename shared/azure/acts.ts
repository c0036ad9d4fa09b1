/** What is done to resources that stand: a VM is deallocated and generalized, a version is let into latest. */
import type { VirtualMachine } from '@azure/arm-compute';
import * as z from 'zod';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { ActSpec, Begun, Sighting } from '../domain/resources';
import { callArm, operationError } from './armCall';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { attempt } from './failure';
import { galleryPlace } from './galleryResources';
import { machineFrom } from './models';
import { look, sightingOf, submit } from './resourceClient';

/** Begins the act, or finds that it is done (`adopted`); and looks whether it is. */
export interface ActClient {
  begin(id: string): Promise<Outcome<Begun>>;
  look(id: string, begun: Begun): Promise<Outcome<Sighting>>;
}

const DONE: Outcome<Begun> = succeed({ adopted: true, ready: true });
const READY: Outcome<Sighting> = succeed({ state: 'ready' });

async function readVm(arm: Arm, id: string): Promise<Outcome<VirtualMachine>> {
  const { compute, group, name } = placeOf(arm, id);
  return attempt(`read VM ${id}`, () => compute.virtualMachines.get(group, name, { expand: 'instanceView' }));
}

const operationBody = z.object({ status: z.string() });

/** The record of an operation (azure-resource-manager/management/async-operations); undefined when it is not to be had. */
async function operationState(arm: Arm, { operationUrl }: Begun): Promise<string | undefined> {
  if (operationUrl === undefined) return undefined;
  const answer = await callArm(arm, 'read how an operation goes', { method: 'GET', url: operationUrl });
  return answer.ok ? operationBody.safeParse(answer.value.body).data?.status : undefined;
}

/** Deallocated as the VM shows, or as the operation's record says: that `PowerState/deallocated` is always shown is not documented. */
function deallocation(arm: Arm): ActClient {
  return {
    begin: async (id) => {
      const vm = await readVm(arm, id);
      if (!vm.ok) return vm;
      if (machineFrom(id, vm.value).powerState === 'deallocated') return DONE;
      const { compute, group, name } = placeOf(arm, id);
      return submit(`deallocate VM ${id}`, (options) => compute.virtualMachines.deallocate(group, name, options));
    },
    look: async (id, begun) => {
      const vm = await readVm(arm, id);
      if (!vm.ok) return vm;
      const { powerState } = machineFrom(id, vm.value);
      if (powerState === 'deallocated') return READY;
      const state = await operationState(arm, begun);
      if (state === 'Succeeded') return READY;
      if (state !== 'Failed' && state !== 'Canceled') {
        return succeed({ state: 'underway', ...(powerState === undefined ? {} : { progress: powerState }) });
      }
      const why = await operationError(arm, begun.operationUrl ?? '');
      const told = why.ok ? why.value : undefined;
      return succeed({
        state: 'failed',
        code: `Deallocation${state}`,
        message: `Azure could not deallocate ${id}.`,
        ...told,
      });
    },
  };
}

/** Done as soon as Azure has answered (rest/api/compute/virtual-machines/generalize). */
function generalization(arm: Arm): ActClient {
  return {
    begin: async (id) => {
      const vm = await readVm(arm, id);
      if (!vm.ok) return vm;
      if (machineFrom(id, vm.value).generalized === true) return DONE;
      const { compute, group, name } = placeOf(arm, id);
      const answer = await attempt(`generalize VM ${id}`, () => compute.virtualMachines.generalize(group, name));
      return answer.ok ? succeed({ ready: true }) : fail(answer.failure);
    },
    look: () => Promise.resolve(READY),
  };
}

function release(arm: Arm): ActClient {
  const read = (id: string) => {
    const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
    return look(`read image version ${id}`, (options) =>
      compute.galleryImageVersions.get(group, gallery, definition, version, options),
    );
  };
  return {
    begin: async (id) => {
      const answer = await read(id);
      if (!answer.ok) return answer;
      const { publishingProfile } = answer.value.resource;
      if (publishingProfile?.excludeFromLatest !== true) return DONE;
      const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
      // The whole profile: whether a PATCH merges what is inside of it is not documented.
      const body = { publishingProfile: { ...publishingProfile, excludeFromLatest: false } };
      return submit(`let image version ${id} into latest`, (options) =>
        compute.galleryImageVersions.update(group, gallery, definition, version, body, options),
      );
    },
    look: async (id) => {
      const answer = await read(id);
      if (!answer.ok) return answer;
      const { resource, retryAfterMs } = answer.value;
      return succeed(sightingOf(id, resource.provisioningState, retryAfterMs));
    },
  };
}

export function actClient(arm: Arm, { kind }: ActSpec): ActClient {
  switch (kind) {
    case 'deallocation':
      return deallocation(arm);
    case 'generalization':
      return generalization(arm);
    case 'release':
      return release(arm);
  }
}
