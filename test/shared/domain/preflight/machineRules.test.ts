/** The rules on the VM itself, as a user reads them. */
import type { BuildFacts } from '../../../../shared/domain/facts';
import { machineRules } from '../../../../shared/domain/preflight/machineRules';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules } from './ruleTable';
import { vmUnread } from './unread';

const { VM, there, missing } = given;
const SUBJECT = 'source.virtualMachineId';

const vm = (changes: Parameters<typeof given.machine>[0]): BuildFacts =>
  given.facts({ machine: there(given.machine(changes)) });

testRules(machineRules, {
  ExtensionsInstalled: {
    pass: [{ when: 'the VM has none' }, { when: 'there is no VM', facts: given.facts({ machine: missing }) }],
    fail: [
      {
        when: 'the VM has two, each named',
        facts: vm({
          extensions: [
            { name: 'install-tools', type: 'CustomScript' },
            { name: 'AzureMonitor', type: 'AzureMonitorLinuxAgent' },
          ],
        }),
        says: [
          [SUBJECT, `The VM extension install-tools (type CustomScript) is installed on ${VM}.`],
          [SUBJECT, `The VM extension AzureMonitor (type AzureMonitorLinuxAgent) is installed on ${VM}.`],
        ],
      },
    ],
    unknown: [vmUnread],
  },
  VmRunning: {
    pass: [
      { when: 'it is deallocated' },
      { when: 'it is stopped', facts: vm({ powerState: 'stopped' }) },
      { when: 'it is on its way down', facts: vm({ powerState: 'deallocating' }) },
      { when: 'it is in a state that no page names', facts: vm({ powerState: 'napping' }) },
      {
        when: 'it shows no state',
        facts: given.facts({ machine: there(without(given.machine(), 'powerState')) }),
      },
    ],
    fail: [
      {
        when: 'it runs, with three disks',
        facts: vm({ powerState: 'running' }),
        says: [
          [
            SUBJECT,
            `The VM ${VM} is running: its 3 disks are copied one by one, and the copies do not show one and the same moment.`,
          ],
        ],
      },
      {
        when: 'it starts, with its OS disk alone',
        facts: vm({ powerState: 'Starting', dataDisks: [] }),
        says: [
          [
            SUBJECT,
            `The VM ${VM} is starting: what it is writing while its disk is copied may be missing in the image, or half written.`,
          ],
        ],
      },
    ],
    unknown: [vmUnread],
  },
  EncryptionAtHostOnSource: {
    pass: [{ when: 'it is off' }],
    fail: [
      {
        when: 'it is on',
        facts: vm({ encryptionAtHost: true }),
        says: [
          [
            SUBJECT,
            `The VM ${VM} has encryption at host, which an image does not carry: the nodes of the pool do not have it from there.`,
          ],
        ],
      },
    ],
    unknown: [vmUnread],
  },
});
