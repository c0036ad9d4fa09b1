/** A pool that stands well, on what it stands on, as the guard sees it. Rows state what differs. */
import type { AccountSheet } from '../../shared/domain/guard/accountSheet';
import type { AccountAudit, AuditResult, AuditSummary, Discovery, WholeAudit } from '../../shared/domain/guard/audit';
import type { ResourceChange } from '../../shared/domain/guard/change';
import type { Judgement } from '../../shared/domain/guard/finding';
import type { Foundation } from '../../shared/domain/guard/foundation';
import type {
  OwnTags,
  StoredDefinition,
  StoredImage,
  StoredSnapshot,
  StoredVersion,
} from '../../shared/domain/guard/imageStock';
import type { FindingRecord } from '../../shared/domain/guard/ledger';
import type { GuardPolicy, PoolCase } from '../../shared/domain/guard/poolCase';
import type { WatchedPool } from '../../shared/domain/guard/watchedPool';
import type { Fact } from '../../shared/domain/facts';
import { nodeStates } from './azure';
import { ACCOUNT, DEFINITION, GALLERY, id, POOL, STARTED_AT_MS, there } from './build';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const NOW_MS = STARTED_AT_MS;
export const NOW = new Date(NOW_MS).toISOString();
export const daysFromNow = (days: number): string => new Date(NOW_MS + days * DAY_MS).toISOString();
export const minutesFromNow = (minutes: number): string => new Date(NOW_MS + minutes * 60_000).toISOString();

export const VERSION_ID = `${DEFINITION}/versions/1.2.0`;
export const MANAGED = id('rg-images', 'Microsoft.Compute/images/render-1');
export const SNAPSHOT = id('rg-images', 'Microsoft.Compute/snapshots/render-os');
export const DATA_SNAPSHOT = id('rg-images', 'Microsoft.Compute/snapshots/render-data0');
export const VHDS = id('rg-vhds', 'Microsoft.Storage/storageAccounts/rendervhds');
export const OTHER_ACCOUNT = id('rg-batch', 'Microsoft.Batch/batchAccounts/batchother');
export const poolIn = (account: string, name: string): string => `${account}/pools/${name}`;

export const OWN: OwnTags = { buildId: 'build-1', poolId: POOL, createdAt: daysFromNow(-10) };

export const version = (changes: Partial<StoredVersion> = {}): StoredVersion => ({
  kind: 'version',
  id: VERSION_ID,
  sourceIds: [MANAGED],
  replication: 'full',
  regions: ['westeurope', 'northeurope'],
  excludedFromLatest: [],
  ...changes,
});

export const image = (changes: Partial<StoredImage> = {}): StoredImage => ({
  kind: 'image',
  id: MANAGED,
  sourceIds: [SNAPSHOT, DATA_SNAPSHOT],
  region: 'westeurope',
  ...changes,
});

export const definition = (changes: Partial<StoredDefinition> = {}): StoredDefinition => ({
  kind: 'definition',
  id: DEFINITION,
  ...changes,
});

export const snapshot = (changes: Partial<StoredSnapshot> = {}): StoredSnapshot => ({
  kind: 'snapshot',
  id: SNAPSHOT,
  ...changes,
});

export const watchedPool = (changes: Partial<WatchedPool> = {}): WatchedPool => ({
  id: POOL,
  region: 'westeurope',
  imageId: VERSION_ID,
  nodeAgentSkuId: 'batch.node.ubuntu 24.04',
  nodes: { dedicated: 16, spot: 0 },
  targets: { dedicated: 16, spot: 0 },
  allocationState: 'Steady',
  allocationStateSince: daysFromNow(-3),
  resizeErrors: [],
  ...changes,
});

type Sources = Foundation['sources'];

export const sources = (...facts: readonly (readonly [id: string, fact: Fact<unknown>])[]): Sources =>
  facts.map(([one, fact]) => ({ id: one, fact }));

const SNAPSHOTS: Sources = sources([SNAPSHOT, there(null)], [DATA_SNAPSHOT, there(null)]);

/** A pool that names a version. */
export const onVersion = (
  fact: Fact<StoredVersion> = there(version()),
  rest: Partial<Omit<Foundation, 'image'>> = {},
): Foundation => ({
  image: { kind: 'version', id: VERSION_ID, fact },
  definition: there(definition()),
  sources: [...sources([MANAGED, there(image())]), ...SNAPSHOTS],
  lookedAt: NOW,
  ...rest,
});

/** A pool that names a definition, and so takes its newest version. */
export const onDefinition = (
  latest: Fact<StoredVersion> = there(version()),
  { fact = there(definition()), ...rest }: Partial<Omit<Foundation, 'image'>> & { fact?: Fact<StoredDefinition> } = {},
): Foundation => ({
  image: { kind: 'definition', id: DEFINITION, fact },
  latest,
  sources: [...sources([MANAGED, there(image())]), ...SNAPSHOTS],
  lookedAt: NOW,
  ...rest,
});

export const onImage = (
  fact: Fact<StoredImage> = there(image()),
  rest: Partial<Omit<Foundation, 'image'>> = {},
): Foundation => ({
  image: { kind: 'image', id: MANAGED, fact },
  sources: SNAPSHOTS,
  lookedAt: NOW,
  ...rest,
});

type Named = readonly (readonly [id: string, fact: Fact<unknown>])[];

export const onShallow = (fact: Fact<unknown>): Foundation =>
  onVersion(there(version({ replication: 'shallow' })), { sources: sources([SNAPSHOT, fact]) });
/** A full version that the app made. */
export const onOwn = (fact: Fact<unknown>): Foundation =>
  onVersion(there(version({ own: OWN })), { sources: sources([SNAPSHOT, fact]) });
export const onImageOf = (...facts: Named): Foundation => onImage(there(image()), { sources: sources(...facts) });

export const COMMUNITY = '/CommunityGalleries/render-0f/Images/render/Versions/1.0.0';
export const onOther = (): Foundation => ({ image: { kind: 'other', id: COMMUNITY }, sources: [], lookedAt: NOW });

export const guardPolicy = (changes: Partial<GuardPolicy> = {}): GuardPolicy => ({
  imageEndDays: 30,
  supportEndDays: 90,
  mostUnusablePercent: 20,
  ...changes,
});

/** What is special about a case; a foundation of `undefined` is that of a pool on an image of the Marketplace. */
export type CaseChanges = Partial<Omit<PoolCase, 'foundation'>> & { readonly foundation?: Foundation | undefined };

export function poolCase(changes: CaseChanges = {}): PoolCase {
  const { foundation, ...rest } = { foundation: onVersion(), ...changes };
  return {
    pool: watchedPool(),
    agents: there([{ skuId: 'batch.node.ubuntu 24.04' }]),
    nodeStates: there(nodeStates()),
    policy: guardPolicy(),
    nowMs: NOW_MS,
    ...(foundation === undefined ? {} : { foundation }),
    ...rest,
  };
}

/** One pool of the given account, on a version made of a managed image of two snapshots. */
export const sheet = (changes: Partial<AccountSheet> = {}): AccountSheet => ({
  accountId: ACCOUNT,
  region: 'westeurope',
  readAt: NOW,
  images: [{ id: VERSION_ID, standsOn: [MANAGED, SNAPSHOT, DATA_SNAPSHOT] }],
  pools: [{ name: 'render-pool', image: 0, dedicated: 16, spot: 0 }],
  ...changes,
});

export const seen = (changes: Partial<Extract<Judgement, { is: 'seen' }>> = {}): Judgement => ({
  code: 'ImageVersionMissing',
  is: 'seen',
  message: `The image version ${VERSION_ID} does not exist.`,
  evidence: [{ asked: `GET ${VERSION_ID}`, answered: '404', at: NOW }],
  ...changes,
});

export const record = (changes: Partial<FindingRecord> = {}): FindingRecord => ({
  subjectId: POOL,
  code: 'ImageVersionMissing',
  state: 'open',
  message: `The image version ${VERSION_ID} does not exist.`,
  evidence: [{ asked: `GET ${VERSION_ID}`, answered: '404', at: daysFromNow(-2) }],
  openings: 1,
  firstSeen: daysFromNow(-2),
  lastSeen: daysFromNow(-1),
  told: true,
  untold: 'nothing',
  ...changes,
});

export const AUTHOR = {
  objectId: '33333333-3333-4333-8333-333333333333',
  correlationId: '44444444-4444-4444-8444-444444444444',
  at: daysFromNow(-1),
};

export const change = (changes: Partial<ResourceChange> = {}): ResourceChange => ({
  verb: 'deleted',
  resourceId: VERSION_ID,
  eventId: 'event-1',
  by: AUTHOR,
  ...changes,
});

export const discovery = (changes: Partial<Discovery> = {}): Discovery => ({
  accounts: [{ id: ACCOUNT, region: 'westeurope', endpoint: 'batchrender.westeurope.batch.azure.com' }],
  agents: there([{ skuId: 'batch.node.ubuntu 24.04' }]),
  scopes: 1,
  gaps: [],
  ...changes,
});

export const accountAudit = (changes: Partial<AccountAudit> = {}): AccountAudit => ({
  accountId: ACCOUNT,
  pools: 3,
  poolsInDoubt: 0,
  gaps: [],
  ...changes,
});

export const wholeAudit = (changes: Partial<WholeAudit> = {}): WholeAudit => ({
  gaps: [],
  ...changes,
});

export const auditResultOf = (changes: Partial<AuditResult> = {}): AuditResult => ({
  auditId: 'an-audit',
  startedAt: NOW,
  endedAt: minutesFromNow(5),
  coverage: { scopes: 1, accounts: 1, accountsRead: 1, pools: 3, poolsInDoubt: 0, gaps: [], moreGaps: 0 },
  ...changes,
});

export const auditSummary = (changes: Partial<AuditSummary> = {}): AuditSummary => ({
  ...auditResultOf(),
  opened: 0,
  resolved: 0,
  status: 'green',
  open: { critical: 0, warning: 0, info: 0 },
  snoozed: 0,
  worst: [],
  report: 'reports/an-audit',
  ...changes,
});

export { GALLERY };
