/** What the guard can find, as a table: each code with its severity, its meaning, what to do, and where the rule stands. */

/** `critical`: the pool's next resize fails, or brings nodes that nobody can use. `info`: worth knowing, nothing is wrong yet. */
export type Severity = 'critical' | 'warning' | 'info';

/** What a finding is about. */
export type SubjectKind = 'pool' | 'account' | 'queue';

export interface FindingKind {
  readonly severity: Severity;
  readonly subject: SubjectKind;
  /** What it means for the pool, in one sentence. */
  readonly meaning: string;
  /** How it is established: what is asked, and which answer proves it. */
  readonly proof: string;
  readonly remedy: string;
  /** A page, or a point of the article. */
  readonly source: string;
}

const RESTORE =
  'Restore the image under the same id, or build it again and create the pool on it. Until then do not resize the pool: nodes that it gives back do not come again.';

export const FINDINGS = {
  ImageMissing: {
    severity: 'critical',
    subject: 'pool',
    meaning: 'The managed image of the pool does not exist any more. Nodes that are there go on; no new one comes.',
    proof: 'GET of the image, answered 404. An answer of 403, or an image that a list leaves out, proves nothing.',
    remedy: RESTORE,
    source: 'article, points 4 and 22',
  },
  ImageVersionMissing: {
    severity: 'critical',
    subject: 'pool',
    meaning:
      'The image version that the pool names does not exist any more. Nodes that are there go on; no new one comes.',
    proof: 'GET of the image version, answered 404.',
    remedy: RESTORE,
    source: 'article, points 4 and 22; virtual-machines/shared-image-galleries, "Frequently asked questions"',
  },
  LatestVersionMissing: {
    severity: 'critical',
    subject: 'pool',
    meaning:
      'The pool takes the newest version of its image definition, and there is none to take: the definition is gone, has no version, or all of them are excluded from latest.',
    proof:
      "GET of the definition, answered 404; or the list of its versions, without one that counts as latest in the pool's region.",
    remedy: 'Publish a version, or let one count as latest again (excludeFromLatest: false).',
    source: 'virtual-machines/image-version; batch/batch-sig-images',
  },
  ReplicaMissing: {
    severity: 'critical',
    subject: 'pool',
    meaning: "The image version is not published to the pool's region, so no new node can start from it.",
    proof: "targetRegions of the image version's publishing profile, without the region of the Batch account.",
    remedy: "Add the pool's region to the image version, and wait until it is replicated.",
    source: 'batch/batch-sig-images, "Prerequisites"',
  },
  SourceMissing: {
    severity: 'critical',
    subject: 'pool',
    meaning:
      "Something that the pool's image needs as long as pools stand on it does not exist any more: what a managed image or a shallow image version was made from. The pool's next resize fails.",
    proof: "GET of the snapshot, disk, image or storage account that the image's own record names, answered 404.",
    remedy:
      'Restore it if you can. Otherwise build the image anew in a Compute Gallery, with full replication, and create the pool on that. Until then do not resize the pool.',
    source: 'article, point 21; virtual-machines/shared-image-galleries, "Shallow replication"',
  },
  SourceNotKept: {
    severity: 'info',
    subject: 'pool',
    meaning:
      "Something that the app's own image version was made from does not exist any more. The version has copies of its own, so the pool goes on; but the image cannot be made again from what is left.",
    proof: 'GET of the snapshot, disk or managed image, answered 404; only for versions with the tags of the app.',
    remedy: 'Nothing, if you can do without. Otherwise build the image again, and keep what it was made from.',
    source: 'article, point 21; virtual-machines/image-version',
  },
  ImageElsewhere: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      "The pool's image lies where it must not lie, or where the app may not look: a managed image in another subscription or region than the Batch account, or an image outside of the app's allow-list.",
    proof: "The image's id, and the location in its record, against those of the Batch account and ALLOWED_SCOPES.",
    remedy:
      "Take an image in the account's own subscription and region; or put the image's resource group on the allow-list (ALLOWED_SCOPES), so that the pool is guarded.",
    source: 'article, point 1; docs/deploying.md',
  },
  ManagedImagePool: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'The pool stands on a managed image. Azure Batch retired pools on anything but a Compute Gallery on 31 March 2026.',
    proof: "The type of the image's id in the pool's deployment configuration.",
    remedy:
      'Publish the image to a Compute Gallery (any managed image can be the source of a version) and create the pool on it.',
    source: 'batch/batch-custom-image-pools-to-azure-compute-gallery-migration-guide',
  },
  ImageEnds: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'The image version or definition of the pool has passed its end-of-life date, or will within IMAGE_END_DAYS. Azure stops nothing on that day; whoever set it plans to.',
    proof: 'endOfLifeDate of the image version or the definition.',
    remedy: 'Build a newer image and move the pool to it, or set a later date.',
    source: 'virtual-machines/azure-compute-gallery, "End of life dates"',
  },
  NodeAgentEnds: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'Batch ends its support for the node agent of the pool within SUPPORT_END_DAYS, or has ended it: creating and growing the pool may then fail, gallery images included.',
    proof: 'batchSupportEndOfLife of every supported image of that node agent, in the list of the Batch data plane.',
    remedy: 'Build an image on a newer operating system, and create the pool anew with the node agent that fits it.',
    source: 'rest/api/batchservice/account/list-supported-images; Azure/Batch#200',
  },
  ResizeFailed: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'The pool has been steady for an hour below its target, and its last resize, or its formula, ended with errors.',
    proof:
      'allocationState, node counts, targets and resizeOperationStatus.errors of the pool; what the image stands on is looked up where the errors leave that open.',
    remedy: 'See docs/resize-errors.md for the code that the message names, then resize the pool again.',
    source: 'article, points 19 and 22; batch/batch-pool-node-error-checking',
  },
  UnusableNodes: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'More nodes of the pool than MOST_UNUSABLE_PERCENT are unusable or failed their start task. They cost as much as the others.',
    proof: 'Node counts of the Batch data plane.',
    remedy: 'Look at the errors of the nodes; a custom image with a wrong node agent or VM size is the usual cause.',
    source: 'batch/batch-pool-node-error-checking',
  },
  SharedNodesOverLimit: {
    severity: 'warning',
    subject: 'pool',
    meaning:
      'The pools on one image, or on images of the same snapshots, have more nodes together than Batch allows one image.',
    proof: 'Nodes or targets, whichever are more, of every pool that the last audit read.',
    remedy: 'Give every pool an image of its own.',
    source: 'article, points 2, 16 and 17',
  },
  OrphanArtifacts: {
    severity: 'info',
    subject: 'pool',
    meaning:
      'Snapshots, images or versions that the app made for a pool are there, and the pool is not; no pool stands on them. They cost storage.',
    proof:
      "The app's own tags on them, GET of the pool they name, answered 404, and the images of all pools that the audit read.",
    remedy: 'Delete them, if nobody wants the pool back. The finding names each.',
    source: 'docs/guard.md',
  },
  AccountNotRead: {
    severity: 'warning',
    subject: 'account',
    meaning: 'The audit could not read the pools of the Batch account: what is wrong with them goes unseen.',
    proof: 'The answer of Azure to the list of its pools.',
    remedy: "Give the app's identity Microsoft.Batch/batchAccounts/pools/read on the account (docs/permissions.md).",
    source: 'docs/permissions.md',
  },
  DeadLetters: {
    severity: 'warning',
    subject: 'queue',
    meaning:
      'Messages wait in the dead-letter queue of a queue that the app reads: requests or events that it never acted on.',
    proof: 'A peek at the dead-letter queue.',
    remedy:
      'Read the reason of each (docs/failures.md), mend and send it again, then remove it from the dead-letter queue.',
    source: 'service-bus-messaging/service-bus-dead-letter-queues',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDINGS;

export const isFindingCode = (text: string): text is FindingCode => Object.hasOwn(FINDINGS, text);

/** What was asked, what came back, and when. */
export interface Evidence {
  readonly asked: string;
  readonly answered: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What one look tells about one code. */
export type Judgement =
  | {
      readonly code: FindingCode;
      readonly is: 'seen';
      readonly message: string;
      readonly evidence: readonly Evidence[];
    }
  | { readonly code: FindingCode; readonly is: 'clear' }
  /** There is nothing to judge, because another finding says it all. */
  | { readonly code: FindingCode; readonly is: 'moot' }
  /** Facts were missing: whatever is known of it stays as it is. */
  | { readonly code: FindingCode; readonly is: 'unknown'; readonly why: string };
