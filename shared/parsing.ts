/** Reads what travels on Service Bus: an unknown body becomes a message, or a list of all that is wrong with it. */
import * as z from 'zod';
import { parseArmIdOf } from './domain/armId';
import { jsonOf } from './json';

/** An ARM id of one type, without the blanks and slashes around it that tools and people add. */
export const armIdOf = (type: string, example: string) =>
  z
    .string()
    // Tools write ids with a trailing slash, people with a blank; either would end up in the names of what is made.
    .overwrite((text) => text.trim().replace(/\/+$/, ''))
    .refine(
      (text) => parseArmIdOf(type, text) !== undefined,
      `must be the resource id of a ${type}, such as ${example}`,
    )
    .meta({ examples: [example] });

/** Comes back as correlation id. Digits only would be taken for a number by @azure/functions. */
export const requestIdText = z
  .string()
  .regex(/^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'must be 1 to 128 letters, digits, . _ : -, not digits only');

export type Parsed<T> =
  { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problems: readonly string[] };

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is required';
    return issue.expected === 'int'
      ? 'must be a whole number'
      : `must be of type ${issue.expected}, not ${kindOf(issue.input)}`;
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String).join(', ');
    return issue.input === undefined ? `is required: one of ${known}` : `must be one of ${known}`;
  }
  return issue.message;
}

function problemOf(issue: z.core.$ZodIssue): readonly string[] {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${field === '' ? key : `${field}.${key}`}: unknown field`);
  }
  return [`${field === '' ? 'message' : field}: ${sentenceOf(issue)}`];
}

/** No pool body comes near it; what walks over a message may call itself. */
const MOST_LEVELS = 64;

function isDeeperThan(levels: number, json: unknown): boolean {
  let layer: readonly unknown[] = [json];
  for (let depth = 0; depth <= levels; depth += 1) {
    layer = layer.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (layer.length === 0) return false;
  }
  return true;
}

/** Reads a message by its schema; every bad field is named, never only the first. */
export function parseMessage<T>(schema: z.ZodType<T>, body: unknown): Parsed<T> {
  const parsed = jsonOf(body);
  if (!parsed) return { ok: false, problems: ['message: not JSON'] };
  if (isDeeperThan(MOST_LEVELS, parsed.json)) {
    return { ok: false, problems: [`message: nested deeper than ${MOST_LEVELS} levels`] };
  }
  const result = schema.safeParse(parsed.json, { reportInput: true });
  if (result.success) return { ok: true, message: result.data };
  return { ok: false, problems: [...new Set(result.error.issues.flatMap(problemOf))] };
}
