/** The report of an audit: what is open, what was resolved, and what was not seen; for programs and for people. */
import type { AuditResult, AuditSummary, Coverage, FindingBrief, Gap, OpenFindings } from './audit';
import { MOST_BRIEFS, statusOf } from './audit';
import { FINDINGS, type Severity } from './finding';
import { toldOf } from './findingEvent';
import type { FindingRecord } from './ledger';

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

const severityOf = ({ code }: FindingRecord): Severity => FINDINGS[code].severity;

/** The most severe first, and of those the oldest. */
const bySeverity = (one: FindingRecord, other: FindingRecord): number =>
  SEVERITIES.indexOf(severityOf(one)) - SEVERITIES.indexOf(severityOf(other)) ||
  Date.parse(one.firstSeen) - Date.parse(other.firstSeen) ||
  one.subjectId.localeCompare(other.subjectId);

const brief = (record: FindingRecord): FindingBrief => {
  const { code, subjectId, message, firstSeen } = record;
  return { code, severity: severityOf(record), subjectId, message, firstSeen };
};

/** Findings after an audit: those that are not resolved, and those that it resolved. */
export interface Findings {
  readonly unresolved: readonly FindingRecord[];
  readonly resolved: readonly FindingRecord[];
}

export function summaryOf(result: AuditResult, { unresolved, resolved }: Findings, report: string): AuditSummary {
  const open = unresolved.filter(({ state }) => state === 'open');
  const count = (severity: Severity): number => open.filter((record) => severityOf(record) === severity).length;
  const counts: OpenFindings = { critical: count('critical'), warning: count('warning'), info: count('info') };
  const isOwn = ({ auditId, firstSeen }: FindingRecord): boolean =>
    auditId === result.auditId && firstSeen >= result.startedAt;
  return {
    ...result,
    status: statusOf(result, counts),
    opened: open.filter(isOwn).length,
    resolved: resolved.filter(({ auditId, told }) => auditId === result.auditId && told).length,
    open: counts,
    snoozed: unresolved.length - open.length,
    worst: open.toSorted(bySeverity).slice(0, MOST_BRIEFS).map(brief),
    report,
  };
}

/** The whole as JSON: the summary, and every finding as its event tells it. */
export const reportJson = (summary: AuditSummary, { unresolved, resolved }: Findings): string => {
  const [open, snoozed] = [true, false].map((isOpen) =>
    unresolved
      .filter(({ state }) => (state === 'open') === isOpen)
      .toSorted(bySeverity)
      .map(toldOf),
  );
  return JSON.stringify({ summary, open, snoozed, resolved: resolved.map(toldOf) }, null, 2);
};

/** Findings that the page shows; all of them stand in the JSON. */
const MOST_SHOWN = 500;

const STATUS: Readonly<Record<AuditSummary['status'], string>> = {
  green: 'Green: everything was seen, and nothing is wrong.',
  findings: 'Everything was seen; there are findings.',
  partial: 'Partial: not everything could be seen, so what is not listed may still be wrong.',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

function coverageLines({ scopes, accounts, accountsRead, pools, poolsInDoubt, gaps, moreGaps }: Coverage) {
  const row = ({ what, why, pools: many }: Gap): string =>
    `| \`${what}\`${many === undefined ? '' : ` (${many} pools)`} | ${cell(why)} |`;
  return [
    '## Coverage',
    '',
    `${scopes} scopes, ${accountsRead} of ${accounts} Batch accounts, ${pools} pools; ${poolsInDoubt} of them could not be judged whole.`,
    '',
    ...(gaps.length === 0 ? [] : ['| not seen | why |', '| --- | --- |', ...gaps.map(row), '']),
    ...(moreGaps === 0 ? [] : [`And ${moreGaps} more.`, '']),
  ];
}

function findingLines(title: string, records: readonly FindingRecord[]): readonly string[] {
  if (records.length === 0) return [];
  const row = (record: FindingRecord): string => {
    const { subjectId, code, message, firstSeen, by } = record;
    const who =
      by === undefined
        ? ''
        : ` Deleted by ${by.objectId ?? 'somebody'} (correlation id ${by.correlationId ?? 'unknown'}).`;
    return `| ${severityOf(record)} | ${code} | \`${subjectId}\` | ${cell(message)}${who} | ${firstSeen} |`;
  };
  const shown = records.toSorted(bySeverity).slice(0, MOST_SHOWN);
  const more = records.length - shown.length;
  return [
    `## ${title}`,
    '',
    '| severity | finding | on | what | since |',
    '| --- | --- | --- | --- | --- |',
    ...shown.map(row),
    '',
    ...(more === 0 ? [] : [`And ${more} more: see the JSON beside this page.`, '']),
  ];
}

/** The whole as a page of Markdown. */
export function reportMarkdown(summary: AuditSummary, { unresolved, resolved }: Findings): string {
  const { startedAt, endedAt, open, snoozed, opened, resolved: gone } = summary;
  const of = (state: FindingRecord['state']) => unresolved.filter((record) => record.state === state);
  return [
    `# Audit of ${startedAt}`,
    '',
    `**${STATUS[summary.status]}** Ended ${endedAt}. What to do about each finding: docs/findings.md.`,
    '',
    `Open: ${open.critical} critical, ${open.warning} warnings, ${open.info} for information; ${snoozed} snoozed. This audit opened ${opened} and resolved ${gone}.`,
    '',
    ...coverageLines(summary.coverage),
    ...findingLines('Open', of('open')),
    ...findingLines('Snoozed', of('snoozed')),
    ...findingLines('Resolved by this audit', resolved),
  ].join('\n');
}
