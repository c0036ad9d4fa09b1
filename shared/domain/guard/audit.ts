/** An audit: what it covers, what each part of it finds, and what its end says. Partial is never green. */
import { armKey } from '../armId';
import type { Fact } from '../facts';
import { logFields } from '../logFields';
import { digest } from '../names';
import type { AgentSupport } from './agentSupport';
import type { FindingCode, Severity } from './finding';

/** A Batch account that the guard looks after. */
export interface WatchedAccount {
  readonly id: string;
  readonly region: string;
  /** Host of its data plane. */
  readonly endpoint?: string;
}

/** Something that the audit could not see, and why. */
export interface Gap {
  /** ARM id of a subscription, an account or a pool, or what was to be read. */
  readonly what: string;
  readonly why: string;
  /** How many pools of the account it is about, where there are several. */
  readonly pools?: number;
}

/** Each account once: the allow-list may name it twice, and a second orchestration of one id would never answer. */
export const eachOnce = (accounts: readonly WatchedAccount[]): readonly WatchedAccount[] => [
  ...new Map(accounts.map((account) => [armKey(account.id), account])).values(),
];

export interface Discovery {
  readonly accounts: readonly WatchedAccount[];
  readonly agents: Fact<readonly AgentSupport[]>;
  /** Subscriptions and resource groups on the allow-list. */
  readonly scopes: number;
  readonly gaps: readonly Gap[];
}

/** The part of an audit that is about one Batch account. */
export interface AccountJob {
  readonly auditId: string;
  readonly account: WatchedAccount;
  /** In how many files the stock of images stands. */
  readonly stockParts: number;
  readonly agents: Fact<readonly AgentSupport[]>;
  readonly nowMs: number;
}

/** How often findings changed. */
export interface Changes {
  readonly opened: number;
  readonly resolved: number;
}

export interface AccountAudit {
  readonly accountId: string;
  /** Undefined when its pools could not be read. */
  readonly pools?: number;
  /** Pools of which something could not be read. */
  readonly poolsInDoubt: number;
  readonly gaps: readonly Gap[];
}

/** The part that needs all accounts together. */
export interface WholeJob {
  readonly auditId: string;
  readonly stockParts: number;
  /** False when Resource Graph could not be read to its end. */
  readonly stockIsWhole: boolean;
  /** Every account in scope, and whether this audit has read its pools. */
  readonly accounts: readonly { readonly id: string; readonly read: boolean }[];
  readonly nowMs: number;
}

export interface WholeAudit {
  readonly gaps: readonly Gap[];
}

export type AuditStatus = 'green' | 'findings' | 'partial';

export interface Coverage {
  readonly scopes: number;
  readonly accounts: number;
  readonly accountsRead: number;
  readonly pools: number;
  readonly poolsInDoubt: number;
  /** At most `MOST_GAPS`. */
  readonly gaps: readonly Gap[];
  readonly moreGaps: number;
}

/** What an audit has seen. */
export interface AuditResult {
  readonly auditId: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly coverage: Coverage;
}

/** How many open findings there are of each severity. */
export type OpenFindings = Readonly<Record<Severity, number>>;

/** One open finding in one line. */
export interface FindingBrief {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly subjectId: string;
  readonly message: string;
  /** ISO 8601. */
  readonly firstSeen: string;
}

/** What an audit comes to: what it has seen, and the findings after it. */
export interface AuditSummary extends AuditResult, Changes {
  readonly status: AuditStatus;
  /** Those that are snoozed apart. */
  readonly open: OpenFindings;
  readonly snoozed: number;
  /** The most severe open findings, the oldest first, at most `MOST_BRIEFS`. */
  readonly worst: readonly FindingBrief[];
  /** Name of the report in the container of the guard's files, without its ending. */
  readonly report: string;
}

/** A report and a durable history hold so many gaps; the rest is a number. */
export const MOST_GAPS = 50;
/** Of one account: there may be hundreds of them, all in one history. */
export const MOST_ACCOUNT_GAPS = 10;
export const MOST_BRIEFS = 20;

interface Parts {
  readonly auditId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly discovery: Discovery;
  readonly stockGaps: readonly Gap[];
  readonly accounts: readonly AccountAudit[];
  readonly whole: WholeAudit;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export function auditResult(parts: Parts): AuditResult {
  const { auditId, startedAtMs, endedAtMs, discovery, stockGaps, accounts, whole } = parts;
  const gaps = [...discovery.gaps, ...stockGaps, ...accounts.flatMap((one) => one.gaps), ...whole.gaps];
  return {
    auditId,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    coverage: {
      scopes: discovery.scopes,
      accounts: discovery.accounts.length,
      accountsRead: accounts.filter(({ pools }) => pools !== undefined).length,
      pools: sum(accounts.map(({ pools = 0 }) => pools)),
      poolsInDoubt: sum(accounts.map(({ poolsInDoubt }) => poolsInDoubt)),
      gaps: gaps.slice(0, MOST_GAPS),
      moreGaps: Math.max(0, gaps.length - MOST_GAPS),
    },
  };
}

/** One line for the log; alerts and the workbook read its fields. */
export function auditLine(summary: AuditSummary): string {
  const { auditId, status, opened, resolved, startedAt, endedAt, coverage, open, snoozed } = summary;
  const { accounts, accountsRead, pools, poolsInDoubt, gaps, moreGaps } = coverage;
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  const covered = { accounts, accountsRead, pools, poolsInDoubt, gaps: gaps.length + moreGaps, seconds };
  const found = { critical: open.critical, warnings: open.warning, infos: open.info, snoozed };
  return `${auditId} ${status}: ${opened} opened, ${resolved} resolved ${logFields({ ...covered, ...found })}`;
}

/** Green only when everything was seen, and nothing is open that is wrong or may become so. */
export function statusOf({ coverage }: AuditResult, open: OpenFindings): AuditStatus {
  const { gaps, accounts, accountsRead, poolsInDoubt } = coverage;
  if (gaps.length > 0 || poolsInDoubt > 0 || accountsRead < accounts) return 'partial';
  return open.critical + open.warning > 0 ? 'findings' : 'green';
}

/** Of the moment at which the audit began: sorts by time, and is fit for the name of a file. */
export const auditIdOf = (startedAtMs: number): string =>
  new Date(startedAtMs).toISOString().replaceAll(':', '-').replace('.', '-');

/** Between looks whether an audit has ended, and for how long: one that is throttled may take hours. */
export const AUDIT_RHYTHM = { firstMs: 2_000, growth: 1.3, capMs: 60_000, deadlineMinutes: 12 * 60 };

/** Names the orchestration of the audit: an audit that is due while one runs joins it. */
export const AUDIT_INSTANCE = 'audit-pools';

export const accountAuditId = (auditId: string, accountId: string): string =>
  `audit-${auditId}-${digest(armKey(accountId)).slice(0, 16)}`;

/** What an operator sees of a running audit: the orchestration's custom status. */
export interface AuditProgress {
  readonly phase: 'discovery' | 'stock' | 'accounts' | 'whole' | 'report' | 'done';
  readonly since: string;
  readonly auditId: string;
  readonly accounts?: number;
}

/** Of an account whose part of the audit broke. */
export const unreadAccount = (accountId: string, why: string): AccountAudit => ({
  accountId,
  poolsInDoubt: 0,
  gaps: [{ what: accountId, why }],
});
