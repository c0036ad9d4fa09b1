/** docs/preflight.md, from the table of rules: what the preflight checks, why, how, and what to do about it. */
import { RULE_SECTIONS, type RuleSection } from '../shared/domain/preflight/preflight';
import { FACTS, type FactName } from '../shared/domain/preflight/readings';
import type { Rule } from '../shared/domain/preflight/rule';
import type { Severity } from '../shared/domain/verdict';

/** What each fact of a survey is, for a reader who has no ids before him. */
const FACT_TEXT: Readonly<Record<FactName, string>> = {
  machine: 'the VM, with its state and its extensions',
  disks: 'the disks of the source',
  sourceImage: 'the managed image or image version that is the source',
  storageAccount: 'the storage account of the VHDs',
  encryptionSets: 'the disk encryption sets of the regions',
  marketplaceImage: "the Marketplace's page of the base image",
  account: 'the Batch account',
  imageGroup: 'the resource group of snapshots and image',
  gallery: 'the gallery',
  definition: 'the image definition',
  definitions: 'all definitions of the gallery',
  versions: 'the versions of the image definition',
  galleryUse: "how many images the gallery's subscription has",
  registration: "the resource providers of the gallery's subscription",
  pool: 'the pool of that name',
  poolImage: 'the image of the existing pool',
  poolCount: 'the number of pools in the account',
  sharing: 'other pools on the same image',
  coreQuota: 'the core quotas and their use',
  vmSizes: 'the VM sizes that Batch offers',
  supportedImages: 'the images and node agents that Batch supports',
  rights: "the permissions of the app's identity",
};

const SEVERITY_TEXT: Readonly<Record<Severity, string>> = {
  refuse: 'Refuses',
  warn: 'Warns',
  note: 'Notes',
};

const INTRODUCTION = `# Preflight

<!-- Written by \`npm run docs\` from the rules in shared/domain/preflight/. Do not edit it here. -->

Before anything is made, one survey reads all that the rules below need, and every rule is checked at once: a request
gets all of its answers together. \`"mode": "plan"\` stops there, and so does \`npm run plan\`.

## What the answers mean

Each verdict of a rule has a severity:

| severity | what it means |
| --- | --- |
| \`refuse\` | Azure or Batch would refuse it, or the pool would not work: nothing is made |
| \`warn\` | it works, but something should be changed; or the sources disagree |
| \`note\` | good to know |

and a state:

| state | what it means |
| --- | --- |
| \`broken\` | the rule was checked, and \`message\` says what it found |
| \`unknown\` | it could not be checked: \`message\` says what could not be read and why, for a missing right by the name of the action |

A rule that finds nothing says nothing. A rule is unknown when a fact that it needs could not be read. How severe that is
depends on the fact, unless the rule says otherwise:`;

const EXIT_CODES = `## npm run plan

\`npm run plan -- request.json\` asks the app for the plan of a request, whatever its \`mode\`, and prints the answer. With
\`--json\` it prints the answer's \`data\` ([requests.md](requests.md#answers)) and nothing else; npm itself prints two lines
before it unless it is told \`npm run --silent plan -- request.json --json\`.

| exit code | what it means |
| --- | --- |
| 0 | it can be built, perhaps with warnings; or the pool stands already |
| 1 | it is refused: a rule is broken, the file is not a build request, or the app cannot use it |
| 2 | that could not be told: too much could not be read, or no answer came |`;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const NEEDED: ReadonlySet<string> = new Set(
  Object.entries(FACTS).flatMap(([name, { needed }]) => (needed ? [name] : [])),
);

function factTable(): string {
  const rows = Object.entries(FACT_TEXT).map(([name, text]) =>
    row(text, NEEDED.has(name) ? 'is refused' : 'goes on, with a warning'),
  );
  return [row('what could not be read', 'the build'), row('---', '---'), ...rows].join('\n');
}

const listed = (names: readonly FactName[]): string => names.map((name) => FACT_TEXT[name]).join('; ');

/** What a rule reads, and how severe it is when that cannot be read (preflight.ts). */
function readsText({ needs, whenUnknown }: Rule): string {
  if (needs.length === 0) return '';
  const vital = needs.filter((name) => NEEDED.has(name));
  const isMixed = whenUnknown === undefined && vital.length > 0 && vital.length < needs.length;
  const severity = SEVERITY_TEXT[whenUnknown ?? (vital.length > 0 ? 'refuse' : 'warn')].toLowerCase();
  const when = isMixed
    ? `refuses when this cannot be read: ${listed(vital)}; warns when only the rest cannot`
    : `${severity} when that cannot be read`;
  return `- **Reads:** ${listed(needs)}. It ${when}.\n`;
}

const ended = (text: string): string => (/[.?!]\)?$/.test(text) ? text : `${text}.`);

/** The heading is the code alone, so that a verdict's code is the anchor of its rule. */
const ruleBlock = (rule: Rule): string => `### ${rule.code}

**${SEVERITY_TEXT[rule.severity]}.** ${ended(rule.why)}

- **Checked:** ${ended(rule.how)}
${readsText(rule)}- **What to do:** ${ended(rule.remedy)}
- **Source:** ${ended(rule.source)}
`;

const anchorOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const contents = (sections: readonly RuleSection[]): string =>
  sections
    .map(({ title, rules }) => {
      const codes = rules.map(({ code }) => `[${code}](#${anchorOf(code)})`);
      return `- [${title}](#${anchorOf(title)}): ${codes.join(' · ')}`;
    })
    .join('\n');

/** The page as Markdown. */
export function preflightPage(sections: readonly RuleSection[] = RULE_SECTIONS): string {
  const shown = sections.filter(({ rules }) => rules.length > 0);
  const blocks = shown.map(({ title, rules }) => `## ${title}\n\n${rules.map(ruleBlock).join('\n')}`.trimEnd());
  return [INTRODUCTION, factTable(), EXIT_CODES, '## Rules', contents(shown), ...blocks].join('\n\n') + '\n';
}
