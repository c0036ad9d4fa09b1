/** What is said of the pool's node agent: stated, chosen, unknown, retired. */
import type { SupportedImage } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Machine, OsType } from '../../../../shared/domain/machine';
import { nodeAgentRules } from '../../../../shared/domain/preflight/nodeAgentRules';
import type { BuildRequest } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';

const { VM, there, missing, forbidden } = given;
const SUBJECT = 'pool.properties.deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId';

const asking = (nodeAgentSkuId?: string): BuildRequest =>
  given.request({
    pool: {
      properties: given.poolProperties({
        deploymentConfiguration: {
          virtualMachineConfiguration: nodeAgentSkuId === undefined ? {} : { nodeAgentSkuId },
        },
      }),
    },
  });

const supports = (...entries: readonly Partial<SupportedImage>[]) =>
  there(given.supportedImages(...entries.map((one) => given.supportedImage(one))));
const none = there({ ...given.supportedImages(), forBase: [] });

const withoutBase = (): Machine => without(given.machine(), 'base');
/** A VM of unknown origin, with this operating system. */
const stranger = (osType?: OsType): BuildFacts => {
  const osDisk = without(given.machine().osDisk, 'osType');
  return given.facts({
    machine: there({ ...withoutBase(), osDisk }),
    disks: [there(given.disk('os', osType === undefined ? {} : { osType }))],
    supportedImages: none,
  });
};

const listUnread = {
  when: 'the list of Batch may not be read',
  facts: given.facts({ supportedImages: forbidden }),
  says: ['pool.batchAccountId', given.couldNotCheck('images that Batch supports')],
} as const;

const says = (message: string): readonly Said[] => [[SUBJECT, message]];
const notChosen = (because: string): Said => [
  SUBJECT,
  `The request names no node agent, and none could be chosen: ${because} (it needs ${forbidden.permission}).`,
];
const at = (iso: string): number => Date.parse(iso);

testRules(nodeAgentRules, {
  NodeAgentMissing: {
    pass: [
      { when: 'the request states one' },
      { when: 'Batch names one', request: asking() },
      { when: 'the list of Batch may not be read', request: asking(), facts: listUnread.facts },
      { when: 'there is no VM', request: asking(), facts: given.facts({ machine: missing, supportedImages: none }) },
    ],
    fail: [
      {
        when: 'Batch does not support the base image',
        request: asking(),
        facts: given.facts({ supportedImages: none }),
        says: says('The request names no node agent, and Batch names none for the image that the VM was made from.'),
      },
      {
        when: 'the base image is not known, and a data disk may not be read',
        request: asking(),
        facts: given.facts({
          machine: there(withoutBase()),
          disks: [there(given.osDisk()), forbidden],
          supportedImages: none,
        }),
        says: says('The request names no node agent, and Batch names none for the image that the VM was made from.'),
      },
    ],
  },
  NodeAgentNotChosen: {
    pass: [
      { when: 'the request states one', facts: listUnread.facts },
      { when: 'Batch names one', request: asking() },
      { when: 'Batch names none', request: asking(), facts: given.facts({ supportedImages: none }) },
    ],
    fail: [
      {
        when: 'the list of Batch may not be read',
        request: asking(),
        facts: listUnread.facts,
        says: [notChosen('the app may not read the images that Batch supports')],
      },
      {
        when: 'the VM may not be read',
        request: asking(),
        facts: given.facts({ machine: forbidden, supportedImages: none }),
        says: [notChosen(`the app may not read the VM ${VM}`)],
      },
      {
        when: 'the VM does not name its base image, and its OS disk may not be read',
        request: asking(),
        facts: given.facts({ machine: there(withoutBase()), disks: [forbidden], supportedImages: none }),
        says: [notChosen(`the app may not read the disk ${given.diskId('os')}`)],
      },
    ],
  },
  NodeAgentFilledIn: {
    pass: [
      { when: 'the request states one' },
      { when: 'Batch names none', request: asking(), facts: given.facts({ supportedImages: none }) },
    ],
    fail: [
      {
        when: 'Batch names two, of which the second is verified',
        request: asking(),
        facts: given.facts({
          supportedImages: supports({ nodeAgentSkuId: 'batch.node.ubuntu 22.04', verified: false }, {}),
        }),
        says: says(
          'The request names no node agent: the pool gets batch.node.ubuntu 24.04, which Batch names for the base image of the VM.',
        ),
      },
    ],
  },
  NodeAgentMismatch: {
    pass: [
      { when: 'it is that of the base image' },
      { when: 'it is that of the base image, in other case', request: asking('BATCH.NODE.Ubuntu 24.04') },
      { when: 'the request leaves it out', request: asking() },
      {
        when: 'it is one of two for the base image',
        request: asking('batch.node.ubuntu 22.04'),
        facts: given.facts({ supportedImages: supports({}, { nodeAgentSkuId: 'batch.node.ubuntu 22.04' }) }),
      },
      { when: 'the origin is unknown, and the operating system fits', facts: stranger('Linux') },
      { when: 'the origin is unknown, and so is the operating system', facts: stranger() },
      { when: 'it is retired, which is said elsewhere', request: asking('batch.node.ubuntu 18.04') },
      { when: 'Batch has none of that name, which is said elsewhere', request: asking('batch.node.plan9 4') },
    ],
    fail: [
      {
        when: 'it is that of another Linux',
        request: asking('batch.node.ubuntu 22.04'),
        says: says(
          'The request asks for node agent batch.node.ubuntu 22.04, but for canonical/ubuntu-24_04-lts/server, which the VM was made from, Batch has batch.node.ubuntu 24.04.',
        ),
      },
      {
        when: 'the origin is unknown, and it is for another operating system than the disk',
        facts: stranger('Windows'),
        says: says(
          'The request asks for node agent batch.node.ubuntu 24.04, which is for Linux, but the VM runs Windows.',
        ),
      },
      {
        when: 'Batch does not support the base image, and it is for another operating system than the VM',
        request: asking('batch.node.windows amd64'),
        facts: given.facts({ disks: [there(given.disk('os'))], supportedImages: none }),
        says: says(
          'The request asks for node agent batch.node.windows amd64, which is for Windows, but the VM runs Linux.',
        ),
      },
    ],
    unknown: [
      listUnread,
      {
        when: 'the VM may not be read',
        facts: given.facts({ machine: forbidden }),
        says: ['source.virtualMachineId', given.couldNotCheck(`VM ${VM}`)],
        severity: 'refuse',
      },
      {
        when: 'the OS disk may not be read',
        facts: given.facts({ disks: [forbidden] }),
        says: ['source.virtualMachineId', given.couldNotCheck(`disk ${given.diskId('os')}`)],
        severity: 'refuse',
      },
    ],
  },
  NodeAgentUnknown: {
    pass: [
      { when: 'Batch has it' },
      { when: 'Batch has it in other case', request: asking('Batch.Node.Windows AMD64') },
      { when: 'the request leaves it out', request: asking() },
      { when: 'it is retired, which is said elsewhere', request: asking('batch.node.debian 9') },
    ],
    fail: [
      {
        when: 'Batch has none of that name',
        request: asking('batch.node.ubuntu 24'),
        says: says(
          'Batch has no node agent batch.node.ubuntu 24. It has batch.node.ubuntu 22.04, batch.node.ubuntu 24.04, batch.node.windows amd64.',
        ),
      },
    ],
    unknown: [listUnread],
  },
  NodeAgentRetired: {
    pass: [
      { when: 'no end of it is known' },
      {
        when: 'it is still its last day',
        request: asking('batch.node.ubuntu 22.04'),
        nowMs: at('2027-06-30T23:59:59.999Z'),
      },
      { when: 'there is none', request: asking(), facts: given.facts({ supportedImages: none }) },
    ],
    fail: [
      {
        when: 'it ended long ago',
        request: asking('batch.node.CentOS 7'),
        says: says('Batch has taken node agent batch.node.CentOS 7 away.'),
      },
      {
        when: 'its last day is over',
        request: asking('batch.node.ubuntu 22.04'),
        nowMs: at('2027-07-01'),
        says: says('Batch has taken node agent batch.node.ubuntu 22.04 away after 2027-06-30.'),
      },
      {
        when: 'Batch still names it for the base image',
        request: asking(),
        facts: given.facts({ supportedImages: supports({ nodeAgentSkuId: 'batch.node.ubuntu 20.04' }) }),
        says: says('Batch has taken node agent batch.node.ubuntu 20.04 away after 2025-04-23.'),
      },
    ],
  },
  NodeAgentEnds: {
    pass: [
      { when: 'no end of it is known' },
      { when: 'it ended long ago', request: asking('batch.node.debian 10') },
      { when: 'its last day is over', request: asking('batch.node.ubuntu 22.04'), nowMs: at('2027-07-01') },
    ],
    fail: [
      {
        when: 'its last day is known',
        request: asking('batch.node.ubuntu 22.04'),
        says: says('Batch takes node agent batch.node.ubuntu 22.04 away after 2027-06-30.'),
      },
    ],
  },
});
