/** The verdicts of a preflight for people: rule by rule, and what could not be checked reason by reason. */
import { codesOf, type Verdict } from '../shared/domain/verdict';
import { blank, heading, wrapped, type Line, type Tone } from './lines';

interface Group {
  readonly title: string;
  readonly mark: string;
  readonly tone: Tone;
  readonly holds: (verdict: Verdict) => boolean;
  readonly lines: (verdicts: readonly Verdict[], group: Group, width: number) => readonly Line[];
}

const isBroken =
  (severity: Verdict['severity']) =>
  (verdict: Verdict): boolean =>
    verdict.state === 'broken' && verdict.severity === severity;

const GROUPS: readonly Group[] = [
  { title: 'Refused', mark: '✖', tone: 'refuse', holds: isBroken('refuse'), lines: ruleByRule },
  {
    title: 'Could not be checked',
    mark: '?',
    tone: 'unknown',
    holds: ({ state }) => state === 'unknown',
    lines: reasonByReason,
  },
  { title: 'Warnings', mark: '!', tone: 'warn', holds: isBroken('warn'), lines: ruleByRule },
  { title: 'Notes', mark: '·', tone: 'note', holds: isBroken('note'), lines: ruleByRule },
];

/** What the preflight found, the worst first; nothing when it found nothing. */
export function verdictLines(verdicts: readonly Verdict[], width: number): readonly Line[] {
  if (verdicts.length === 0) return [];
  const said = GROUPS.flatMap((group) => {
    const held = verdicts.filter(group.holds);
    return held.length === 0 ? [] : [...heading(group.title), ...group.lines(held, group, width)];
  });
  const more = 'Why there is each rule, how it is checked and where it comes from: docs/preflight.md';
  return [...said, blank, ...wrapped('quiet', '', more, width)];
}

function ruleByRule(verdicts: readonly Verdict[], { mark, tone }: Group, width: number): readonly Line[] {
  return codesOf(verdicts).flatMap((code) => {
    const said = verdicts.filter((verdict) => verdict.code === code);
    const remedies = [...new Set(said.map(({ remedy }) => remedy))];
    return [
      { tone, text: `  ${mark} ${code}` },
      ...said.flatMap(({ subject, message }) => wrapped('plain', '    ', `${subject}: ${message}`, width)),
      ...remedies.flatMap((remedy) => wrapped('plain', '    → ', remedy, width)),
    ];
  });
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A rule may lack several things, and stands under each. */
function reasonByReason(verdicts: readonly Verdict[], { mark, tone }: Group, width: number): readonly Line[] {
  const reasonsOf = ({ because, message }: Verdict): readonly string[] => because ?? [message];
  return [...new Set(verdicts.flatMap(reasonsOf))].flatMap((reason) => {
    const lacking = verdicts.filter((verdict) => reasonsOf(verdict).includes(reason));
    const remedies = lacking.filter(({ because }) => because === undefined).map(({ remedy }) => remedy);
    return [
      ...wrapped(tone, `  ${mark} `, capital(reason), width),
      ...codeLines('Refuses, because a build must know: ', lacking, (severity) => severity === 'refuse', width),
      ...codeLines('Not checked: ', lacking, (severity) => severity !== 'refuse', width),
      ...[...new Set(remedies)].flatMap((remedy) => wrapped('plain', '    → ', remedy, width)),
    ];
  });
}

function codeLines(
  lead: string,
  verdicts: readonly Verdict[],
  isOne: (severity: Verdict['severity']) => boolean,
  width: number,
): readonly Line[] {
  const codes = codesOf(verdicts.filter(({ severity }) => isOne(severity)));
  return codes.length === 0 ? [] : wrapped('plain', '    ', `${lead}${codes.join(', ')}`, width);
}
