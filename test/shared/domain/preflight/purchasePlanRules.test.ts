/** What is said of purchase plans: of the VM, its OS disk, the Marketplace and the image definition. */
import type { BuildFacts, Fact } from '../../../../shared/domain/facts';
import type { PurchasePlan } from '../../../../shared/domain/machine';
import { purchasePlanRules } from '../../../../shared/domain/preflight/purchasePlanRules';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';
import { vmUnread } from './unread';

const { VM, there, missing, forbidden } = given;
const SUBJECT = 'source.virtualMachineId';

const plan = (name: string): PurchasePlan => ({ name, publisher: 'vendor', product: 'renderer' });

interface Plans {
  readonly vm?: string;
  readonly disk?: string;
  readonly marketplace?: string | Fact<never>;
  /** `none`: it carries none. Left out: there is no definition. */
  readonly definition?: string;
}

const facts = ({ vm, disk, marketplace, definition }: Plans): BuildFacts =>
  given.facts({
    machine: there(given.machine(vm === undefined ? {} : { plan: plan(vm) })),
    disks: [there(given.osDisk(disk === undefined ? {} : { purchasePlan: plan(disk) }))],
    marketplaceImage:
      typeof marketplace === 'object'
        ? marketplace
        : there(marketplace === undefined ? {} : { plan: plan(marketplace) }),
    definition:
      definition === undefined
        ? missing
        : there(given.definition(definition === 'none' ? {} : { purchasePlan: plan(definition) })),
  });

const diskUnread = {
  when: 'the OS disk may not be read',
  facts: given.facts({ disks: [forbidden], definition: there(given.definition({ purchasePlan: plan('pro') })) }),
  says: [SUBJECT, given.couldNotCheck(`disk ${given.diskId('os')}`)],
  severity: 'refuse',
} as const;

const marketplaceUnread = {
  when: "the Marketplace's page may not be read",
  facts: facts({ marketplace: forbidden, definition: 'pro' }),
  says: [SUBJECT, given.couldNotCheck("Marketplace's page of the base image")],
} as const;

const differs = (has: string, but: string) =>
  ['image.name', `The image definition render has ${has}, but ${but}.`] as const;

testRules(purchasePlanRules, {
  PurchasePlanDiffers: {
    pass: [
      { when: 'there is none anywhere', facts: facts({ definition: 'none' }) },
      { when: 'the app makes the definition', facts: facts({ vm: 'pro', disk: 'pro', marketplace: 'pro' }) },
      { when: 'the definition carries that of the disk', facts: facts({ disk: 'pro', definition: 'pro' }) },
      { when: 'the definition carries that of the VM', facts: facts({ vm: 'pro', definition: 'pro' }) },
      {
        when: 'the definition carries that of the Marketplace',
        facts: facts({ marketplace: 'pro', definition: 'pro' }),
      },
      { when: 'VM and disk differ in case alone', facts: facts({ vm: 'Pro', disk: 'pro' }) },
      { when: 'the Marketplace no longer has the image', facts: facts({ marketplace: missing, definition: 'none' }) },
    ],
    fail: [
      {
        when: 'the definition carries none',
        facts: facts({ disk: 'pro', definition: 'none' }),
        says: [differs('no purchase plan', "the VM's OS disk has purchase plan vendor/renderer/pro")],
      },
      {
        when: 'the definition carries another than the VM',
        facts: facts({ vm: 'pro', definition: 'free' }),
        says: [differs('purchase plan vendor/renderer/free', 'the VM has purchase plan vendor/renderer/pro')],
      },
      {
        when: 'the Marketplace alone tells of a plan',
        facts: facts({ marketplace: 'pro', definition: 'none' }),
        says: [
          differs(
            'no purchase plan',
            'the Marketplace sells the base image of the VM with purchase plan vendor/renderer/pro',
          ),
        ],
      },
      {
        when: 'the definition carries one too many',
        facts: facts({ definition: 'pro' }),
        says: [differs('purchase plan vendor/renderer/pro', "the VM's OS disk has no purchase plan")],
      },
      {
        when: 'the definition carries it in other case',
        facts: facts({ disk: 'pro', definition: 'PRO' }),
        says: [differs('purchase plan vendor/renderer/PRO', "the VM's OS disk has purchase plan vendor/renderer/pro")],
      },
      {
        when: 'VM, disk and definition all differ',
        facts: facts({ vm: 'pro', disk: 'free', definition: 'none' }),
        says: [
          [
            SUBJECT,
            `The VM ${VM} has purchase plan vendor/renderer/pro, but its OS disk has purchase plan vendor/renderer/free.`,
          ],
          differs('no purchase plan', "the VM's OS disk has purchase plan vendor/renderer/free"),
        ],
      },
    ],
    unknown: [
      vmUnread,
      diskUnread,
      marketplaceUnread,
      {
        when: 'the definition may not be read',
        facts: given.facts({ definition: forbidden }),
        says: ['image.name', given.couldNotCheck('image definition render')],
        severity: 'refuse',
      },
    ],
  },
  PurchasePlanCarried: {
    pass: [{ when: 'there is none' }],
    fail: [{ disk: 'pro' }, { vm: 'pro', definition: 'pro' }, { marketplace: 'pro' }].map((plans) => ({
      when: `there is one: ${JSON.stringify(plans)}`,
      facts: facts(plans),
      says: [
        [
          SUBJECT,
          'The image of the VM comes with purchase plan vendor/renderer/pro: its image definition carries the plan, and nodes start only where its terms were accepted.',
        ],
      ] as const,
    })),
    unknown: [vmUnread, diskUnread, marketplaceUnread],
  },
});
