/** What is said of the sizes of the VM's disks, as a user reads it, and that larger disks never pass where smaller do not. */
import * as fc from 'fast-check';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { diskSizeRules } from '../../../../shared/domain/preflight/diskSizeRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { refuses } from '../../../../shared/domain/verdict';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';

const { VM, there, forbidden } = given;
const SUBJECT = 'source.virtualMachineId';

/** Sizes of the OS disk and of the data disks at LUN 0 and 5. */
const sizes = (os: number, first = 64, second = 64): BuildFacts =>
  given.facts({
    disks: [
      there(given.osDisk({ sizeGb: os })),
      there(given.disk('data-a', { sizeGb: first })),
      there(given.disk('data-b', { sizeGb: second })),
    ],
  });

const direct = given.request({ image: { route: 'direct' } });
const gallery = given.request({ image: { route: 'gallery' } });

const ofOs = (says: string): Said => [SUBJECT, `The OS disk (${given.diskId('os')}) has ${says}.`];
const ofData = (says: string): Said => [SUBJECT, `The data disk at LUN 0 (${given.diskId('data-a')}) has ${says}.`];

const unknown = [
  {
    when: 'the VM may not be read',
    facts: given.facts({ machine: forbidden }),
    says: [SUBJECT, given.couldNotCheck(`VM ${VM}`)] as const,
    severity: 'refuse' as const,
  },
  {
    when: 'the OS disk may not be read',
    facts: given.facts({ disks: [forbidden, there(given.disk('data-a', { sizeGb: 1_024 }))] }),
    says: [SUBJECT, given.couldNotCheck(`disk ${given.diskId('os')}`)] as const,
    severity: 'refuse' as const,
  },
];
const trustedLaunch = given.facts({
  disks: [there(given.osDisk({ sizeGb: 1_024, securityType: 'TrustedLaunch' }))],
});

const unsized = without(given.osDisk(), 'sizeGb');

testRules(diskSizeRules, {
  DiskTooLarge: {
    pass: [
      { when: 'a data disk has exactly 2,048 GB', facts: sizes(64, 2_048) },
      { when: 'the OS disk is larger, which is said of the image', facts: sizes(4_095) },
    ],
    fail: [
      {
        when: 'a data disk has a GB more',
        facts: sizes(64, 2_049),
        says: [ofData('2049 GB; a gallery takes data disks of at most 2048 GB')],
      },
    ],
    unknown,
  },
  DiskLarge: {
    pass: [
      { when: 'a data disk has exactly 1,024 GB', facts: sizes(64, 1_024) },
      { when: 'a data disk is too large anyway', facts: sizes(64, 2_049) },
      { when: 'the OS disk is large', facts: sizes(1_500) },
    ],
    fail: [1_025, 2_048].map((sizeGb) => ({
      when: `a data disk has ${sizeGb} GB`,
      facts: sizes(64, sizeGb),
      says: [
        ofData(`${sizeGb} GB. One page of Azure allows data disks of an image up to 1024 GB, another up to 2048 GB`),
      ],
    })),
    unknown,
  },
  ImageTooLarge: {
    pass: [{ when: 'all disks together have exactly 2,048 GB', facts: sizes(128, 960, 960) }],
    fail: [
      {
        when: 'all disks together have a GB more',
        facts: sizes(128, 960, 961),
        says: [
          [
            SUBJECT,
            'The disks of the VM have 2049 GB together; an image version that is replicated in full has at most 2048 GB.',
          ],
        ],
      },
    ],
    unknown,
  },
  DiskTooLargeForManagedImage: {
    pass: [
      { when: 'a disk is too large, and the route is left to the app', facts: sizes(1_024) },
      { when: 'the largest disk has exactly 1,023 GB', request: gallery, facts: sizes(1_023, 1_023) },
      { when: 'the route is direct', request: direct, facts: sizes(1_024, 1_024) },
      { when: 'the app goes directly, for Trusted Launch', facts: trustedLaunch },
      { when: 'a data disk is too large for any route', facts: sizes(64, 2_049) },
    ],
    fail: [
      {
        when: 'two disks have a GB more',
        request: gallery,
        facts: sizes(1_024, 1_024),
        says: [
          ofOs('1024 GB; a managed image, by which route "gallery" goes, has disks of at most 1023 GB'),
          ofData('1024 GB; a managed image, by which route "gallery" goes, has disks of at most 1023 GB'),
        ],
      },
      {
        when: 'the route is gallery by request',
        request: gallery,
        facts: sizes(2_000),
        says: [ofOs('2000 GB; a managed image, by which route "gallery" goes, has disks of at most 1023 GB')],
      },
    ],
    unknown,
  },
  DiskSizeUnknown: {
    pass: [{ when: 'every disk says its size' }],
    fail: [
      {
        when: 'the OS disk does not say its size',
        facts: given.facts({ disks: [given.there(unsized)] }),
        says: [
          [
            'source.virtualMachineId',
            `How large the OS disk (${given.diskId('os')}) is could not be read, so its size was not checked.`,
          ],
        ],
      },
    ],
  },
});

it('larger disks never pass where smaller ones are refused', () => {
  const size = fc.integer({ min: 1, max: 4_096 });
  const more = fc.nat({ max: 4_096 });
  const pair = (one: fc.Arbitrary<number>) => fc.tuple(one, one);
  fc.assert(
    fc.property(fc.constantFrom(direct, gallery), pair(size), pair(more), (request, [os, data], [moreOs, moreData]) => {
      const refused = (facts: BuildFacts) => refuses(preflight(given.aCase({ request, facts }), diskSizeRules));
      if (refused(sizes(os, data))) expect(refused(sizes(os + moreOs, data + moreData))).toBe(true);
    }),
  );
});
