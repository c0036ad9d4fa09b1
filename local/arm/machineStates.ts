/** The states of a machine that actions change: its power, and whether it was generalized. */
import { z } from 'zod';
import { ArmError } from './armError';
import { minutesToMs } from './durations';
import type { Json, Stored, WritePlan, WriteRequest } from './kind';
import { statusOf } from './operation';
import { objectAt } from './schema';

const DEALLOCATED = 'PowerState/deallocated';
/** The string is UNCONFIRMED by the documents; ansible/ansible#49704 reads it. */
const GENERALIZED = 'OSState/generalized';

const statuses = z.array(z.looseObject({ code: z.string() })).catch([]);
type Status = z.infer<typeof statuses>[number];

const DISPLAYED: Readonly<Record<string, string>> = {
  [DEALLOCATED]: 'VM deallocated',
  'PowerState/deallocating': 'VM deallocating',
};

const statusesOf = (stored: Stored): Status[] =>
  statuses.parse(objectAt(stored.input, 'properties', 'instanceView')['statuses']);

function powerOf(stored: Stored, nowMs: number): string | undefined {
  const { machine, write } = stored;
  if (machine?.powerBefore === undefined || write === undefined) {
    return statusesOf(stored).find(({ code }) => code.startsWith('PowerState/'))?.code;
  }
  const status = statusOf(write, nowMs);
  if (status === 'Succeeded' || machine.powerBefore === DEALLOCATED) return DEALLOCATED;
  return status === 'InProgress' ? 'PowerState/deallocating' : machine.powerBefore;
}

export const isGeneralized = (stored: Stored): boolean =>
  stored.machine?.isGeneralized === true || statusesOf(stored).some(({ code }) => code === GENERALIZED);

/** The instance view at an instant. */
export function instanceViewOf(stored: Stored, nowMs: number): Json {
  const view = objectAt(stored.input, 'properties', 'instanceView');
  const given = statusesOf(stored);
  const power = powerOf(stored, nowMs);
  const others = given.filter(({ code }) => !code.startsWith('PowerState/') && code !== GENERALIZED);
  const asGiven = given.find(({ code }) => code === power);
  const display = power === undefined ? undefined : DISPLAYED[power];
  const powers = power === undefined ? [] : [asGiven ?? { code: power, level: 'Info', displayStatus: display }];
  const osStates = isGeneralized(stored) ? [{ code: GENERALIZED, level: 'Info', displayStatus: 'VM generalized' }] : [];
  return { ...view, statuses: [...others, ...osStates, ...powers] };
}

function machineFor({ existing, id }: WriteRequest): Stored {
  if (existing !== undefined) return existing;
  throw new ArmError(404, 'ResourceNotFound', `The virtual machine '${id.key}' was not found.`);
}

const kept = ({ input, properties }: Stored): Pick<WritePlan, 'input' | 'properties'> => ({ input, properties });

/** Takes time; of a machine that is deallocated already, UNCONFIRMED how much: here as long as a small update. */
export function deallocate(request: WriteRequest): WritePlan {
  const machine = machineFor(request);
  const { nowMs, durations } = request.site;
  const power = powerOf(machine, nowMs) ?? 'PowerState/unknown';
  const minutes = power === DEALLOCATED ? durations.updateMinutes : durations.deallocateMinutes;
  return {
    ...kept(machine),
    machine: { powerBefore: power, isGeneralized: isGeneralized(machine) },
    durationMs: request.slowed(minutesToMs(minutes)),
  };
}

/**
 * At once (rest/api/compute/virtual-machines/generalize: 200). UNCONFIRMED words of the refusal, and whether a machine that
 * is stopped but not deallocated would do.
 */
export function generalize(request: WriteRequest): WritePlan {
  const machine = machineFor(request);
  const power = powerOf(machine, request.site.nowMs);
  if (power !== DEALLOCATED) {
    const name = request.id.names.at(-1) ?? '';
    const message = `The operation 'generalize' is not allowed on VM '${name}' since the VM is not deallocated: its power state is '${power ?? 'unknown'}'.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  return {
    ...kept(machine),
    machine: { ...machine.machine, isGeneralized: true },
    durationMs: 0,
  };
}
