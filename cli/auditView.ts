/** The answer to an audit for people: what was seen and what was not, and the worst of what is wrong. */
import type { AuditSummary, FindingBrief, Gap } from '../shared/domain/guard/audit';
import { FINDINGS, type Severity } from '../shared/domain/guard/finding';
import { counted } from '../shared/domain/words';
import { blank, heading, wrapped, type Line, type Tone } from './lines';

/** How `npm run audit` ends: 0 when all is well, 1 when something is wrong, 2 when not everything could be seen. */
export function exitCodeOf({ status }: Pick<AuditSummary, 'status'>): 0 | 1 | 2 {
  switch (status) {
    case 'green':
      return 0;
    case 'findings':
      return 1;
    case 'partial':
      return 2;
  }
}

const MARKS: Readonly<Record<Severity, { readonly tone: Tone; readonly mark: string }>> = {
  critical: { tone: 'refuse', mark: '✖' },
  warning: { tone: 'warn', mark: '!' },
  info: { tone: 'note', mark: '·' },
};

function headline({ status, open, coverage }: AuditSummary, width: number): readonly Line[] {
  const seen = `${counted(coverage.pools, 'pool')} in ${counted(coverage.accountsRead, 'Batch account')}`;
  const found = `${open.critical} critical, ${counted(open.warning, 'warning')}, ${open.info} for information`;
  switch (status) {
    case 'green':
      return wrapped('good', '✔ ', `Green: ${seen} were audited, and nothing is wrong.`, width);
    case 'findings':
      return wrapped('refuse', '✖ ', `${seen} were audited: ${found}.`, width);
    case 'partial':
      return wrapped(
        'unknown',
        '? ',
        `Partial: ${seen} were audited, and not all could be seen. Open: ${found}.`,
        width,
      );
  }
}

/** An id from its provider on: subscriptions and resource groups make lines longer than any terminal. */
const shortId = (id: string): string => id.split('/providers/').at(-1) ?? id;

const gapLines = ({ what, why, pools }: Gap, width: number): readonly Line[] => [
  ...wrapped('unknown', '  ? ', `${shortId(what)}${pools === undefined ? '' : ` (${pools} pools)`}`, width),
  ...wrapped('plain', '    ', why, width),
];

function findingLines({ code, severity, subjectId, message, firstSeen }: FindingBrief, width: number): readonly Line[] {
  const { tone, mark } = MARKS[severity];
  return [
    ...wrapped(tone, `  ${mark} `, `${code} on ${shortId(subjectId)}, since ${firstSeen}`, width),
    ...wrapped('plain', '    ', message, width),
    ...wrapped('plain', '    → ', FINDINGS[code].remedy, width),
  ];
}

/** The lines of an answer, none longer than `width` where blanks allow it. */
export function auditLines(summary: AuditSummary, width: number): readonly Line[] {
  const { coverage, worst, open, snoozed, opened, resolved, report } = summary;
  const more = open.critical + open.warning + open.info - worst.length;
  return [
    ...headline(summary, width),
    ...(coverage.gaps.length === 0 ? [] : heading('Not seen')),
    ...coverage.gaps.flatMap((gap) => gapLines(gap, width)),
    ...(coverage.moreGaps === 0 ? [] : wrapped('unknown', '  ', `and ${coverage.moreGaps} more`, width)),
    ...(worst.length === 0 ? [] : heading('Open')),
    ...worst.flatMap((finding) => findingLines(finding, width)),
    ...(more === 0 ? [] : wrapped('plain', '  ', `and ${more} more`, width)),
    blank,
    ...wrapped('quiet', '', `This audit opened ${opened} and resolved ${resolved}; ${snoozed} snoozed.`, width),
    ...wrapped(
      'quiet',
      '',
      `The report: ${report}.md and .json in container image-pool-guard. Every finding: docs/findings.md`,
      width,
    ),
  ];
}
