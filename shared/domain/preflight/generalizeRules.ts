/** Rules on a VM that becomes an image itself: it must be generalized, and never starts again. */
import { found } from '../facts';
import { sourceKind, taggedSource } from '../source';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

/** Generalizing takes a VM that is deallocated, so one in another state was not generalized (capture-image-resource). */
const isUp = (powerState: string | undefined): boolean =>
  powerState !== undefined && ['running', 'starting'].includes(powerState.toLowerCase());

/** The VM, when Azure does not show that it was generalized and the request does not have it done. */
function leftToGeneralize({ request, facts }: Case) {
  const tagged = taggedSource(request.source);
  const machine = found(facts.machine);
  if (tagged.kind !== 'generalizedVm' || tagged.generalize === true || !machine) return undefined;
  return machine.generalized === true ? undefined : machine;
}

function notGeneralized(given: Case): readonly Remark[] {
  const machine = leftToGeneralize(given);
  if (!machine || !isUp(machine.powerState)) return [];
  const message = `The VM ${machine.id} is ${machine.powerState ?? ''}, so it was not generalized.`;
  return [{ subject: subjectOf(given), message }];
}

function notShown(given: Case): readonly Remark[] {
  const machine = leftToGeneralize(given);
  if (!machine || isUp(machine.powerState)) return [];
  const message = `Azure does not show that the VM ${machine.id} was generalized; if it was not, Azure makes no image of it.`;
  return [{ subject: subjectOf(given), message }];
}

function endsForGood(given: Case): readonly Remark[] {
  const tagged = taggedSource(given.request.source);
  const machine = found(given.facts.machine);
  if (tagged.kind !== 'generalizedVm' || tagged.generalize !== true || !machine || machine.generalized === true) {
    return [];
  }
  const message = `The build deallocates and generalizes the VM ${machine.id}: it can never start again, whether the build succeeds or not.`;
  return [{ subject: subjectOf(given), message }];
}

const isItself = ({ source }: Case['request']): boolean => sourceKind(source) === 'generalizedVm';

export const generalizeRules: readonly Rule[] = [
  {
    code: 'VmNotGeneralized',
    severity: 'refuse',
    source: 'virtual-machines/capture-image-resource; rest/api/compute/virtual-machines/generalize',
    why: 'Azure makes an image of a VM only when it is deallocated and generalized.',
    how: '`PowerState/…` of the instance view, when the source is `generalizedVirtualMachineId` without `generalize: true`',
    needs: ['machine'],
    appliesTo: isItself,
    remedy:
      'Generalize it inside (sysprep /generalize, or waagent -deprovision+user) and in Azure (az vm deallocate, az vm generalize); or let the build do what Azure has to do, with "generalize": true; or use virtualMachineId, which leaves the VM as it is.',
    check: notGeneralized,
  },
  {
    code: 'GeneralizedNotShown',
    severity: 'warn',
    source:
      'rest/api/compute/virtual-machines/instance-view (that `OSState/generalized` is always shown is not confirmed)',
    why: 'Azure makes an image of a VM only when it is deallocated and generalized.',
    how: 'a status `OSState/generalized` in the instance view',
    needs: ['machine'],
    appliesTo: isItself,
    remedy: 'Make sure of it (az vm generalize); or let the build do it, with "generalize": true.',
    check: notShown,
  },
  {
    code: 'VmEndsForGood',
    severity: 'warn',
    source: 'virtual-machines/capture-image-resource; rest/api/compute/virtual-machines/generalize',
    why: 'A VM that was generalized never starts again, and nothing undoes that.',
    how: 'the source is `generalizedVirtualMachineId` with `generalize: true`, and Azure does not show it as generalized yet',
    needs: ['machine'],
    appliesTo: isItself,
    remedy:
      'See that it was generalized inside (sysprep /generalize, or waagent -deprovision+user), because Azure only marks it; use virtualMachineId to keep the VM.',
    check: endsForGood,
  },
];
