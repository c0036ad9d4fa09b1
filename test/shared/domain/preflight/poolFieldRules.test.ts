/** Fields of the pool's body that nobody knows. */
import { poolFieldRules } from '../../../../shared/domain/preflight/poolFieldRules';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';

const withBody = (changes: object) =>
  given.request({ pool: { properties: { ...given.poolProperties(), ...changes } } });

const message = (path: string): string =>
  `The app knows no field ${path} of a pool. It is sent as it is; if Azure does not know it either, the build fails at its last step.`;

testRules(poolFieldRules, {
  PoolFieldUnknown: {
    pass: [
      { when: 'the request is a usual one' },
      {
        when: 'the body was copied from what Azure shows of a pool',
        request: withBody({ allocationState: 'Steady', currentDedicatedNodes: 4, resizeOperationStatus: {} }),
      },
      { when: 'a field is written in another casing', request: withBody({ TaskSlotsPerNode: 2 }) },
      {
        when: 'a part that is not looked into has a field of its own',
        request: withBody({ mountConfiguration: [{ x: 1 }] }),
      },
    ],
    fail: [
      {
        when: 'fields are misspelt at the top and further down',
        request: withBody({
          taskSlotPerNode: 2,
          scaleSettings: { fixedScale: { targetDedicatedNode: 4 } },
          startTask: { command: 'ls' },
        }),
        says: [
          ['pool.properties.taskSlotPerNode', message('taskSlotPerNode')],
          [
            'pool.properties.scaleSettings.fixedScale.targetDedicatedNode',
            message('scaleSettings.fixedScale.targetDedicatedNode'),
          ],
          ['pool.properties.startTask.command', message('startTask.command')],
        ],
      },
    ],
  },
});
