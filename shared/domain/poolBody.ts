/** Reads the pool's REST body, most of which the app does not type: what is not there, or of another kind, is not given. */
import type { JsonObject } from './request';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a path such as `networkConfiguration.subnetId`; undefined when nothing or null does. */
export function valueAt(body: JsonObject, path: string): unknown {
  let value: unknown = body;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value ?? undefined;
}

export function objectAt(body: JsonObject, path: string): JsonObject | undefined {
  const value = valueAt(body, path);
  return isObject(value) ? value : undefined;
}

export function listAt(body: JsonObject, path: string): readonly unknown[] {
  const value = valueAt(body, path);
  return Array.isArray(value) ? value : [];
}

/** The objects of a list, each at its place: an entry that is none reads as an empty one. */
export const objectsAt = (body: JsonObject, path: string): readonly JsonObject[] =>
  listAt(body, path).map((entry) => (isObject(entry) ? entry : {}));

export function textAt(body: JsonObject, path: string): string | undefined {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : undefined;
}

/** True when the text at the path is this word; Azure reads its words in any case of letters. */
export const saysAt = (body: JsonObject, path: string, word: string): boolean =>
  textAt(body, path)?.toLowerCase() === word.toLowerCase();

/** True for a whole number from `least` to `most`. */
export const isWholeFrom = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** A value as a sentence shows it. */
export const shown = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));

/** Where the body stands in the request. */
export const inRequest = (path: string): string => `pool.properties.${path}`;
