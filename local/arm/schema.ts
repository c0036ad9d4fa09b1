/** Reads bodies strictly: what zod finds wrong becomes the error that Azure's provider would answer. */
import { z } from 'zod';
import { ArmError, invalidBatchProperty, invalidComputeParameter } from './armError';
import type { Dialect, Json } from './kind';

export const json = z.record(z.string(), z.unknown());
export const tags = z.record(z.string(), z.string().max(256));
export const subResource = z.strictObject({ id: z.string() });
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** A value of a body that is known to be an object, or an empty one. */
export function objectAt(body: unknown, ...path: string[]): Json {
  return path.reduce<Json>((at, name) => objectOf(at[name]), objectOf(body));
}

type Issue = z.core.$ZodIssue;

function pathOf(issue: Issue): string {
  const more = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path.map(String), ...more].join('.');
}

/** An issue of the union's best-matching member says more than "no member matched". */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const member = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length)[0];
  return member === undefined ? issue : deepest({ ...member, path: [...issue.path, ...member.path] });
}

function computeError(issue: Issue): ArmError {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') {
    return new ArmError(400, 'BadRequest', `Could not find member '${issue.keys[0] ?? ''}'. Path '${path}'.`, {
      target: path,
    });
  }
  if (issue.code === 'invalid_type' && issue.message.includes('undefined')) {
    return invalidComputeParameter(path, `Required parameter '${path}' is missing (null).`);
  }
  return invalidComputeParameter(path, `The value of parameter ${path} is invalid. ${issue.message}`);
}

function batchError(issue: Issue): ArmError {
  const unknown = issue.code === 'unrecognized_keys';
  const reason = unknown ? 'The property is not part of this API version.' : issue.message;
  return invalidBatchProperty(pathOf(issue), reason);
}

const ERRORS: Readonly<Record<Dialect, (issue: Issue) => ArmError>> = { compute: computeError, batch: batchError };

/** The body as the schema types it; what does not fit is refused in the provider's words. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown, dialect: Dialect): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw issue === undefined ? new ArmError(400, 'BadRequest', 'The body is invalid.') : ERRORS[dialect](deepest(issue));
}

/** Leaves out what Azure fills in itself, so that what GET answered can be PUT again. */
export function withoutReadOnly(body: unknown, paths: readonly string[]): unknown {
  const copy: unknown = structuredClone(body);
  for (const path of paths) drop(copy, path.split('.'));
  return copy;
}

function drop(at: unknown, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined || typeof at !== 'object' || at === null) return;
  if (name === '*' && Array.isArray(at)) {
    for (const item of at) drop(item, rest);
  } else if (rest.length === 0) {
    Reflect.deleteProperty(at, name);
  } else {
    drop(Reflect.get(at, name), rest);
  }
}

/** JSON merge patch (RFC 7396) down to `depth`; below that, and for arrays and tags, the new value replaces. */
export function mergePatch(target: unknown, patch: Json, depth: number): Json {
  const merged: Json = { ...objectOf(target) };
  for (const [name, value] of Object.entries(patch)) {
    const nested = json.safeParse(value);
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (nested.success && depth > 1 && name !== 'tags')
      merged[name] = mergePatch(merged[name], nested.data, depth - 1);
    else merged[name] = value;
  }
  return merged;
}
