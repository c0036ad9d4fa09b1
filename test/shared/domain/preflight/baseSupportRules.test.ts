/** Whether Batch supports the image that the VM was made from, as a user reads it. */
import type { SupportedImage } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { BaseImage, Machine } from '../../../../shared/domain/machine';
import { baseSupportRules } from '../../../../shared/domain/preflight/baseSupportRules';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';
import { vmUnread } from './unread';

const { VM, there, missing, forbidden } = given;
const SUBJECT = 'source.virtualMachineId';
const DAY_MS = 86_400_000;
const inDays = (days: number, ms = 0): string => new Date(given.STARTED_AT_MS + days * DAY_MS + ms).toISOString();

const supports = (...entries: readonly Partial<SupportedImage>[]): BuildFacts =>
  given.facts({ supportedImages: there(given.supportedImages(...entries.map((one) => given.supportedImage(one)))) });

const none = there({ ...given.supportedImages(), forBase: [] });

const withoutBase = (): Machine => without(given.machine(), 'base');
const custom: BaseImage = { from: 'customImage', id: `${given.GALLERY}/images/golden/versions/1.0.0` };

const listUnread = {
  when: 'the list of Batch may not be read',
  facts: given.facts({ supportedImages: forbidden }),
  says: ['pool.batchAccountId', given.couldNotCheck('images that Batch supports')],
} as const;

const diskUnread = {
  when: 'the OS disk may not be read',
  facts: given.facts({ machine: there(withoutBase()), disks: [forbidden] }),
  says: [SUBJECT, given.couldNotCheck(`disk ${given.diskId('os')}`)],
  severity: 'refuse',
} as const;

const says = (message: string): readonly Said[] => [[SUBJECT, message]];

testRules(baseSupportRules, {
  BaseImageUnsupported: {
    pass: [
      { when: 'Batch lists it' },
      {
        when: 'nobody knows what the VM was made from',
        facts: given.facts({ machine: there(withoutBase()), supportedImages: none }),
      },
      {
        when: 'the VM was made from an image of a gallery',
        facts: given.facts({ machine: there(given.machine({ base: custom })), supportedImages: none }),
      },
    ],
    fail: [
      {
        when: 'Batch does not list what the VM names',
        facts: given.facts({ supportedImages: none }),
        says: says(
          'The VM was made from canonical/ubuntu-24_04-lts/server, which is not among the images that Batch supports.',
        ),
      },
      {
        when: 'Batch does not list what the OS disk alone names',
        facts: given.facts({
          machine: there(withoutBase()),
          disks: [
            there(
              given.osDisk({
                base: { from: 'marketplace', image: { publisher: 'kali', offer: 'kali', sku: 'rolling' } },
              }),
            ),
          ],
          supportedImages: none,
        }),
        says: says('The VM was made from kali/kali/rolling, which is not among the images that Batch supports.'),
      },
    ],
    unknown: [vmUnread, diskUnread, listUnread],
  },
  BaseImageUnverified: {
    pass: [
      { when: 'it is verified' },
      { when: 'one of two entries is verified', facts: supports({ verified: false }, { verified: true }) },
      { when: 'Batch does not list it at all', facts: given.facts({ supportedImages: none }) },
    ],
    fail: [
      {
        when: 'no entry is verified',
        facts: supports({ verified: false }, { verified: false }),
        says: says('The VM was made from canonical/ubuntu-24_04-lts/server, which Batch lists but has not verified.'),
      },
    ],
    unknown: [vmUnread, diskUnread, listUnread],
  },
  BaseImageSupportEnded: {
    pass: [
      { when: 'its support has no end' },
      { when: 'its support ends a millisecond later', facts: supports({ supportEndsOn: inDays(0, 1) }) },
      {
        when: 'one of two entries goes on',
        facts: supports({ supportEndsOn: inDays(-10) }, { supportEndsOn: inDays(900) }),
      },
      { when: 'one of two entries has no end', facts: supports({ supportEndsOn: inDays(-10) }, {}) },
      { when: 'its end is no date', facts: supports({ supportEndsOn: 'soon' }) },
    ],
    fail: [
      {
        when: 'its support ends this very moment',
        facts: supports({ supportEndsOn: inDays(0) }),
        says: says(
          "Batch's support of canonical/ubuntu-24_04-lts/server, which the VM was made from, ended on 2026-03-04.",
        ),
      },
      {
        when: 'both entries have ended, at the later end',
        facts: supports({ supportEndsOn: '2025-06-30T00:00:00Z' }, { supportEndsOn: '2025-04-30' }),
        says: says(
          "Batch's support of canonical/ubuntu-24_04-lts/server, which the VM was made from, ended on 2025-06-30.",
        ),
      },
    ],
    unknown: [vmUnread, diskUnread, listUnread],
  },
  BaseImageSupportEnds: {
    pass: [
      { when: 'its support has no end' },
      { when: 'its support has ended', facts: supports({ supportEndsOn: inDays(0) }) },
      { when: 'its support ends a millisecond after 180 days', facts: supports({ supportEndsOn: inDays(180, 1) }) },
    ],
    fail: [
      {
        when: 'its support ends in 180 days',
        facts: supports({ supportEndsOn: inDays(180) }),
        says: says(
          "Batch's support of canonical/ubuntu-24_04-lts/server, which the VM was made from, ends on 2026-08-31.",
        ),
      },
      {
        when: 'its support ends tomorrow',
        facts: supports({ supportEndsOn: inDays(1) }),
        says: says(
          "Batch's support of canonical/ubuntu-24_04-lts/server, which the VM was made from, ends on 2026-03-05.",
        ),
      },
    ],
    unknown: [vmUnread, diskUnread, listUnread],
  },
  BaseImageUnknown: {
    pass: [
      { when: 'the VM names an image of the Marketplace' },
      { when: 'there is no VM', facts: given.facts({ machine: missing }) },
    ],
    fail: [
      {
        when: 'the VM was made from an image of a gallery',
        facts: given.facts({ machine: there(given.machine({ base: custom })) }),
        says: says(
          `The VM was made from ${given.GALLERY}/images/golden/versions/1.0.0, and Azure does not say what that image was made from.`,
        ),
      },
      {
        when: 'neither VM nor disk says anything',
        facts: given.facts({ machine: there(withoutBase()) }),
        says: says(`Neither ${VM} nor its OS disk says which image it was made from.`),
      },
    ],
    unknown: [vmUnread, diskUnread],
  },
  BaseImageGone: {
    pass: [
      { when: 'the Marketplace has it' },
      {
        when: 'the VM was made from an image of a gallery',
        facts: without(given.facts({ machine: there(given.machine({ base: custom })) }), 'marketplaceImage'),
      },
    ],
    fail: [
      {
        when: 'the Marketplace answers 404',
        facts: given.facts({ marketplaceImage: missing }),
        says: says(
          'The VM was made from canonical/ubuntu-24_04-lts/server 24.04.202610150, which the Marketplace no longer has.',
        ),
      },
    ],
    unknown: [
      {
        when: 'the Marketplace may not be read',
        facts: given.facts({ marketplaceImage: forbidden }),
        says: [SUBJECT, given.couldNotCheck("Marketplace's page of the base image")],
      },
    ],
  },
});
