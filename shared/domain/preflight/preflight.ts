/** The preflight: every rule in one table, checked all at once against the facts of one survey. */
import type { Verdict } from '../verdict';
import { allocationRules } from './allocationRules';
import { baseImageRules } from './baseImageRules';
import { diskRules } from './diskRules';
import { encryptionRules } from './encryptionRules';
import { existenceRules } from './existenceRules';
import { galleryRules } from './galleryRules';
import { generalizeRules } from './generalizeRules';
import { machineRules } from './machineRules';
import { nameRules } from './nameRules';
import { natPoolRules } from './natPoolRules';
import { placeRules } from './placeRules';
import { poolBodyRules } from './poolBodyRules';
import { poolFieldRules } from './poolFieldRules';
import { publishRules } from './publishRules';
import { quotaRules } from './quotaRules';
import { readingsOf, severityUnread, unreadBecause } from './readings';
import { requestRules } from './requestRules';
import { rightRules } from './rightRules';
import type { Case, Remark, Rule } from './rule';
import { scaleRules } from './scaleRules';
import { sharingRules } from './sharingRules';
import { sourceRules } from './sourceRules';
import { standingImageRules } from './standingImageRules';
import { vmSizeRules } from './vmSizeRules';

/** One section of the table, as docs/preflight.md shows it. */
export interface RuleSection {
  readonly title: string;
  readonly rules: readonly Rule[];
}

export const RULE_SECTIONS: readonly RuleSection[] = [
  { title: 'Request', rules: [...requestRules, ...nameRules] },
  { title: 'What must be there, and what must not', rules: existenceRules },
  { title: 'Rights', rules: rightRules },
  { title: 'Subscriptions and regions', rules: placeRules },
  { title: 'The source', rules: [...sourceRules, ...standingImageRules, ...allocationRules] },
  { title: 'The VM', rules: [...machineRules, ...generalizeRules] },
  { title: 'The base image', rules: baseImageRules },
  { title: 'The disks', rules: diskRules },
  { title: 'Encryption and security', rules: encryptionRules },
  { title: 'The gallery', rules: [...galleryRules, ...publishRules] },
  { title: "The pool's VM size", rules: vmSizeRules },
  { title: "The pool's body", rules: [...poolBodyRules, ...poolFieldRules, ...natPoolRules] },
  { title: "The pool's size", rules: [...scaleRules, ...quotaRules, ...sharingRules] },
];

export const RULES: readonly Rule[] = RULE_SECTIONS.flatMap(({ rules }) => rules);

/** Of them, those on what a build makes: nothing of it is made for a pool that stands and is grown. */
const ABOUT_MAKING: ReadonlySet<string> = new Set(['DefinitionDiffers', 'PoolQuotaReached', 'ImageShared']);

/** The rules for a pool that stands and is grown (growsExisting.ts): whether it may, and whether there is room. */
export const GROW_RULES: readonly Rule[] = [
  ...existenceRules,
  ...rightRules,
  ...scaleRules,
  ...quotaRules,
  ...sharingRules,
].filter(({ code }) => !ABOUT_MAKING.has(code));

/**
 * A VM has up to 65 disks, and rules have something to say of each: all of it in full would not fit into one message
 * (256 KB on the Standard tier, service-bus-messaging/service-bus-quotas).
 */
const MOST_REASONS = 3;
const MOST_REMARKS = 16;

const shortened = (reasons: readonly string[]): readonly string[] =>
  reasons.length <= MOST_REASONS
    ? reasons
    : [...reasons.slice(0, MOST_REASONS), `${reasons.length - MOST_REASONS} more could not be read`];

/** The first of them, and how many more there are. */
function atMost(most: number, remarks: readonly Remark[]): readonly Remark[] {
  const [first] = remarks;
  if (!first || remarks.length <= most) return remarks;
  const rest = { subject: first.subject, message: `There are ${remarks.length - most} more like these.` };
  return [...remarks.slice(0, most), rest];
}

/** That a rule could not be checked, and why; nothing when all that it needs was read. */
function unknown({ code, source, remedy, needs, whenUnknown }: Rule, given: Case): readonly Verdict[] {
  const unread = readingsOf(given, needs).filter((reading) => unreadBecause(reading) !== undefined);
  const [first] = unread;
  if (!first) return [];
  // Several facts may rest on one thing, such as the disks of an image on the image.
  const because = shortened([...new Set(unread.flatMap((reading) => unreadBecause(reading) ?? []))]);
  const message = `Could not be checked: ${because.join('; ')}.`;
  const severity = whenUnknown ?? severityUnread(given, needs);
  return [{ code, severity, state: 'unknown', subject: first.subject, message, because, remedy, source }];
}

/** What a rule says: all that it found, and that it could not be checked where a fact is not known. */
function ask(rule: Rule, given: Case): readonly Verdict[] {
  const { code, severity, source, remedy, state = 'broken', appliesTo } = rule;
  if (appliesTo?.(given.request) === false) return [];
  const remarks = atMost(MOST_REMARKS, rule.check(given));
  const found = remarks.map((remark): Verdict => ({ code, severity, state, ...remark, remedy, source }));
  return [...found, ...unknown(rule, given)];
}

/** All verdicts on a request, in the order of the table. */
export const preflight = (given: Case, rules: readonly Rule[] = RULES): readonly Verdict[] =>
  rules.flatMap((rule) => ask(rule, given));
