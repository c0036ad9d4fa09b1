/** docs/findings.md, from the table of findings: what each means, how it is proved, and what to do about it. */
import { FINDINGS, isFindingCode, type FindingKind, type Severity } from '../shared/domain/guard/finding';

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "the pool's next resize fails, or brings nodes that nobody can use",
  warning: 'something is wrong, or will be on a day that is known',
  info: 'worth knowing; an audit is green all the same',
};

const INTRODUCTION = `# Findings

<!-- Written by \`npm run docs\` from shared/domain/guard/finding.ts. Do not edit it here. -->

What the guard can find. Each problem is one finding: it opens once (\`BatchImagePools.FindingOpened\` on queue
\`image-pool-events\`), is updated quietly, and resolves once (\`BatchImagePools.FindingResolved\`). What could not be read is
never a finding: it is a gap in the audit's coverage. How it all works, and how to snooze a finding: [guard.md](guard.md).
`;

const FIELDS: readonly { readonly title: string; readonly text: (kind: FindingKind) => string }[] = [
  { title: 'Meaning', text: ({ meaning }) => meaning },
  { title: 'Proof', text: ({ proof }) => proof },
  { title: 'What to do', text: ({ remedy }) => remedy },
  { title: 'Source', text: ({ source }) => source },
];

const section = (code: string, kind: FindingKind): string =>
  [
    `## ${code}`,
    '',
    `**${kind.severity}**, on a ${kind.subject}`,
    '',
    ...FIELDS.map(({ title, text }) => `- **${title}:** ${text(kind)}`),
    '',
  ].join('\n');

/** The whole page, as Markdown. */
export function findingsPage(): string {
  const codes = Object.keys(FINDINGS).filter(isFindingCode);
  const table = [
    '| finding | severity | on |',
    '| --- | --- | --- |',
    ...codes.map(
      (code) => `| [${code}](#${code.toLowerCase()}) | ${FINDINGS[code].severity} | ${FINDINGS[code].subject} |`,
    ),
  ];
  const severities = Object.entries(SEVERITY).map(([severity, meaning]) => `- **${severity}**: ${meaning}`);
  const sections = codes.map((code) => section(code, FINDINGS[code]));
  return [INTRODUCTION, ...severities, '', ...table, '', ...sections].join('\n');
}
