/** Rules on a VM that becomes an image itself. */
import { generalizeRules } from '../../../../shared/domain/preflight/generalizeRules';
import * as given from '../../../given/build';
import { facts, ID, request } from '../../../given/sources';
import { testRules, type RuleRows } from './ruleTable';

const SUBJECT = 'source.generalizedVirtualMachineId';
const vm = (changes: Parameters<typeof given.machine>[0]) =>
  facts('generalizedVm', { machine: given.there(given.machine({ id: ID.vm, ...changes })) });
const asked = request('generalizedVm');
const ordered = request('generalizedVm', {}, { generalize: true });

const unknown: RuleRows['unknown'] = [
  {
    when: 'the VM may not be read',
    request: asked,
    facts: facts('generalizedVm', { machine: given.forbidden }),
    says: [SUBJECT, given.couldNotCheck(`VM ${ID.vm}`)],
    severity: 'refuse',
  },
];

testRules(generalizeRules, {
  VmNotGeneralized: {
    pass: [
      { when: 'it runs, but the build is to generalize it', request: ordered, facts: vm({ powerState: 'running' }) },
      { when: 'it is deallocated', request: asked, facts: vm({ powerState: 'deallocated' }) },
      {
        when: 'the disks of a running VM are copied',
        facts: given.facts({ machine: given.there(given.machine({ powerState: 'running' })) }),
      },
    ],
    fail: [
      {
        when: 'it runs',
        request: asked,
        facts: vm({ powerState: 'running' }),
        says: [[SUBJECT, `The VM ${ID.vm} is running, so it was not generalized.`]],
      },
    ],
    unknown,
  },
  GeneralizedNotShown: {
    pass: [
      { when: 'Azure shows it', request: asked, facts: vm({ generalized: true }) },
      { when: 'the build is to do it', request: ordered, facts: vm({}) },
      { when: 'it runs, which another rule refuses', request: asked, facts: vm({ powerState: 'running' }) },
    ],
    fail: [
      {
        when: 'Azure does not show it',
        request: asked,
        facts: vm({}),
        says: [
          [
            SUBJECT,
            `Azure does not show that the VM ${ID.vm} was generalized; if it was not, Azure makes no image of it.`,
          ],
        ],
      },
    ],
    unknown,
  },
  VmEndsForGood: {
    pass: [
      { when: 'nobody asks for it', request: asked, facts: vm({}) },
      { when: 'it was generalized before', request: ordered, facts: vm({ generalized: true }) },
    ],
    fail: [
      {
        when: 'the build generalizes it',
        request: ordered,
        facts: vm({}),
        says: [
          [
            SUBJECT,
            `The build deallocates and generalizes the VM ${ID.vm}: it can never start again, whether the build succeeds or not.`,
          ],
        ],
      },
    ],
    unknown,
  },
});
