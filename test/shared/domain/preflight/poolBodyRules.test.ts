/** What Azure retired in the body of a pool, and what contradicts itself or the image in it. */
import { poolBodyRules } from '../../../../shared/domain/preflight/poolBodyRules';
import type { BuildRequest, PoolProperties } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';

const { there, forbidden } = given;
const VM_CONFIGURATION = 'pool.properties.deploymentConfiguration.virtualMachineConfiguration';

const body = (changes: Partial<PoolProperties>): BuildRequest =>
  given.request({ pool: { properties: given.poolProperties(changes) } });
const nodes = (virtualMachineConfiguration: PoolProperties['deploymentConfiguration']['virtualMachineConfiguration']) =>
  body({ deploymentConfiguration: { virtualMachineConfiguration } });
const disks = (...luns: readonly unknown[]): BuildRequest => nodes({ dataDisks: luns.map((lun) => ({ lun })) });
const api = (batchApiVersion: string) => given.facts({ policy: given.policy({ batchApiVersion }) });

const spotWithEphemeral = (spot: number): BuildRequest =>
  body({
    ...given.fixedScale(4, spot),
    deploymentConfiguration: {
      virtualMachineConfiguration: { osDisk: { ephemeralOSDiskSettings: { placement: 'CacheDisk' } } },
    },
  });

testRules(poolBodyRules, {
  ClassicCommunication: {
    pass: [
      { when: 'nothing is said' },
      { when: 'it is simplified', request: body({ targetNodeCommunicationMode: 'Simplified' }) },
    ],
    fail: [
      {
        when: 'it is classic',
        request: body({ targetNodeCommunicationMode: 'classic' }),
        says: [
          [
            'pool.properties.targetNodeCommunicationMode',
            'The pool asks for Classic node communication, which Azure Batch retired on 31 March 2026.',
          ],
        ],
      },
    ],
  },
  CertificatesRetired: {
    pass: [{ when: 'there are none' }, { when: 'the list is empty', request: body({ certificates: [] }) }],
    fail: [
      {
        when: 'there is one',
        request: body({ certificates: [{ id: 'sha1-1' }] }),
        says: [
          [
            'pool.properties.certificates',
            'The pool asks for certificates of the Batch account, which Azure Batch retired on 29 February 2024.',
          ],
        ],
      },
    ],
  },
  CloudServicesRetired: {
    pass: [
      { when: 'there is none' },
      {
        when: 'it is null, as exports write it',
        request: body({
          deploymentConfiguration: { virtualMachineConfiguration: {}, cloudServiceConfiguration: null },
        }),
      },
    ],
    fail: [
      {
        when: 'it is given',
        request: body({
          deploymentConfiguration: { virtualMachineConfiguration: {}, cloudServiceConfiguration: { osFamily: '6' } },
        }),
        says: [
          [
            'pool.properties.deploymentConfiguration.cloudServiceConfiguration',
            'The pool asks for nodes of Cloud Services, which Azure Batch retired on 29 February 2024 and which run on no image of a VM.',
          ],
        ],
      },
    ],
  },
  PoolFieldDropped: {
    pass: [
      { when: 'there is none of them' },
      {
        when: 'the API version still knows them',
        request: body({ targetNodeCommunicationMode: 'Simplified', resourceTags: {} }),
        facts: api('2024-07-01'),
      },
      { when: 'it is classic: that has its own rule', request: body({ targetNodeCommunicationMode: 'Classic' }) },
      { when: 'data disks say it in the new way', request: nodes({ dataDisks: [{ lun: 9, managedDisk: {} }] }) },
    ],
    fail: [
      {
        when: 'all of them are there',
        request: body({
          targetNodeCommunicationMode: 'Simplified',
          resourceTags: { team: 'render' },
          applicationLicenses: ['maya'],
          deploymentConfiguration: {
            virtualMachineConfiguration: { dataDisks: [{ lun: 9, storageAccountType: 'Premium_LRS' }] },
          },
        }),
        says: [
          [
            'pool.properties.targetNodeCommunicationMode',
            'API version 2025-06-01 of Azure Batch does not know targetNodeCommunicationMode: every pool communicates in the simplified way now.',
          ],
          [
            'pool.properties.resourceTags',
            'API version 2025-06-01 of Azure Batch does not know resourceTags: nothing replaces it.',
          ],
          [
            'pool.properties.applicationLicenses',
            'API version 2025-06-01 of Azure Batch does not know applicationLicenses: nothing replaces it.',
          ],
          [
            `${VM_CONFIGURATION}.dataDisks.storageAccountType`,
            'API version 2025-06-01 of Azure Batch does not know deploymentConfiguration.virtualMachineConfiguration.dataDisks.storageAccountType: it is managedDisk.storageAccountType now.',
          ],
        ],
      },
    ],
  },
  OldBatchApiVersion: {
    pass: [{ when: 'it is 2025-06-01' }, { when: 'it is newer', facts: api('2026-08-01') }],
    fail: [
      {
        when: 'it is older',
        facts: api('2024-07-01'),
        says: [
          [
            'BATCH_API_VERSION',
            'Pools are sent with API version 2024-07-01 of Azure Batch, which Azure has listed for retirement.',
          ],
        ],
      },
    ],
  },
  LowPriorityIsSpot: {
    pass: [{ when: 'there are none' }, { when: 'a formula decides', request: body(given.formulaPool()) }],
    fail: [
      {
        when: 'there is one',
        request: body(given.fixedScale(4, 1)),
        says: [
          [
            'pool.properties.scaleSettings.fixedScale.targetLowPriorityNodes',
            "The pool's targetLowPriorityNodes is 1: since March 2026 Azure makes Spot nodes of them, which it can take away at any time.",
          ],
        ],
      },
    ],
  },
  EphemeralOsWithSpot: {
    pass: [
      { when: 'all nodes are dedicated', request: spotWithEphemeral(0) },
      { when: 'OS disks are managed', request: body(given.fixedScale(4, 2)) },
    ],
    fail: [
      {
        when: 'a Spot node would have one',
        request: spotWithEphemeral(2),
        says: [
          [
            `${VM_CONFIGURATION}.osDisk.ephemeralOSDiskSettings`,
            "The pool's nodes are to have ephemeral OS disks, but 2 of them are Spot nodes, which cannot.",
          ],
        ],
      },
    ],
  },
  ScaleSettingsBoth: {
    pass: [{ when: 'the size is fixed' }, { when: 'a formula decides', request: body(given.formulaPool()) }],
    fail: [
      {
        when: 'both are given',
        request: body({ scaleSettings: { fixedScale: {}, autoScale: { formula: '$TargetDedicatedNodes = 4;' } } }),
        says: [['pool.properties.scaleSettings', 'The pool has both fixedScale and autoScale.']],
      },
    ],
  },
  PoolDataDiskLun: {
    pass: [{ when: 'the pool has none' }, { when: 'each is free, up to the last', request: disks(1, 2, 63) }],
    fail: [
      {
        when: 'they are twice, out of range, no number, or of the image (0 and 5)',
        request: disks(7, 7, 64, -1, undefined, '8', 5),
        says: [
          'Data disk 2 of the pool has LUN 7, as data disk 1 has.',
          'Data disk 3 of the pool has LUN 64, which is not a whole number from 0 to 63.',
          'Data disk 4 of the pool has LUN -1, which is not a whole number from 0 to 63.',
          'Data disk 5 of the pool has LUN (none), which is not a whole number from 0 to 63.',
          'Data disk 6 of the pool has LUN "8", which is not a whole number from 0 to 63.',
          'Data disk 7 of the pool has LUN 5, as a data disk of the image has.',
        ].map((message) => [`${VM_CONFIGURATION}.dataDisks`, message] as const),
      },
    ],
    unknown: [
      {
        when: 'the VM may not be read',
        facts: given.facts({ machine: forbidden }),
        says: ['source.virtualMachineId', given.couldNotCheck(`VM ${given.VM}`)],
        severity: 'refuse',
      },
    ],
  },
  TaskSlotsOutOfRange: {
    pass: [
      { when: 'nothing is said' },
      { when: 'there is one', request: body({ taskSlotsPerNode: 1 }) },
      { when: 'there are four for each core', request: body({ taskSlotsPerNode: 16 }) },
      {
        when: 'there are 256, and cores enough',
        request: body({ taskSlotsPerNode: 256 }),
        facts: given.facts({ vmSizes: there([given.vmSize({ cores: 96 })]) }),
      },
    ],
    fail: [
      {
        when: 'there is one more than cores allow',
        request: body({ taskSlotsPerNode: 17 }),
        says: [
          [
            'pool.properties.taskSlotsPerNode',
            "The pool's taskSlotsPerNode is 17, but must be from 1 to 16 (4 for each core of STANDARD_D4DS_V5).",
          ],
        ],
      },
      {
        when: 'there are 257, and cores enough',
        request: body({ taskSlotsPerNode: 257 }),
        facts: given.facts({ vmSizes: there([given.vmSize({ cores: 96 })]) }),
        says: [['pool.properties.taskSlotsPerNode', "The pool's taskSlotsPerNode is 257, but must be from 1 to 256."]],
      },
      {
        when: 'there are none, and the size is not known',
        request: body({ taskSlotsPerNode: 0 }),
        facts: given.facts({ vmSizes: there([]) }),
        says: [['pool.properties.taskSlotsPerNode', "The pool's taskSlotsPerNode is 0, but must be from 1 to 256."]],
      },
    ],
    unknown: [
      {
        when: 'VM sizes may not be listed',
        facts: given.facts({ vmSizes: forbidden }),
        says: ['pool.properties.vmSize', given.couldNotCheck('VM sizes that Batch offers')],
      },
    ],
  },
});
