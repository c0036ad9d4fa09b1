/** What stands behind a resize error: the reason that Batch gives, and the errors of the provider below it. */
import type { ResizeError } from './poolLook';

/** Names of details (batch/batch-pool-node-error-checking, "Relay provider error"); compared without case and spaces. */
const PROVIDER_JSON = 'providererrorjson';
const PROVIDER_JSON_TRUNCATED = 'providererrorjsontruncated';

/** VM scale sets wrap errors a few levels deep; what lies deeper repeats them. */
const MAX_DEPTH = 6;

/** The sentence of a verdict travels through durable history and result events. */
const MAX_TOLD_LENGTH = 800;

interface ProviderError {
  readonly code: string;
  readonly message: string;
}

export interface ErrorWords {
  /** Codes of the provider's errors, outermost first. */
  readonly providerCodes: readonly string[];
  /** Everything that the error says, in lower case, to look for phrases in. */
  readonly searched: string;
  /** Everything that the error says beside its code, to be shown. */
  readonly told: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Every error within a parsed answer: `error`, `details` and `innererror`, and messages that are such JSON themselves. */
function errorsIn(value: unknown, depth = 0): readonly ProviderError[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => errorsIn(item, depth + 1));
  if (!isRecord(value)) return [];
  const code = textOf(value['code']);
  const message = textOf(value['message']);
  const within = message.trimStart().startsWith('{') ? errorsIn(parsed(message), depth + 1) : [];
  const own = code === '' && (message === '' || within.length > 0) ? [] : [{ code, message }];
  const inner = [value['error'], value['details'], value['innererror']].flatMap((part) => errorsIn(part, depth + 1));
  return [...own.map((error) => (within.length > 0 ? { ...error, message: '' } : error)), ...within, ...inner];
}

const FIELD = /"(code|message)"\s*:\s*"((?:[^"\\]|\\.)*)/gi;
const ANY_CODE = /"code\\*"\s*:\s*\\*"([^"\\]+)/gi;

/** Of JSON that was cut off: each `code` with the `message` that follows it, then the codes of JSON within messages. */
function errorsInFragment(json: string): readonly ProviderError[] {
  const fields = [...json.matchAll(FIELD)].map(([, name = '', text = '']) => ({
    name: name.toLowerCase(),
    text: text.replace(/\\(.)/g, '$1'),
  }));
  const errors = fields.flatMap(({ name, text }, index) => {
    if (name !== 'code') return [];
    const next = fields[index + 1];
    return [{ code: text, message: next?.name === 'message' ? next.text : '' }];
  });
  const codes = [...json.matchAll(ANY_CODE)].map(([, code = '']) => code);
  const within = codes.filter((code) => !errors.some((error) => error.code === code));
  return [...errors, ...within.map((code) => ({ code, message: '' }))];
}

const providerErrors = (json: string): readonly ProviderError[] => {
  const whole = parsed(json);
  return whole === undefined ? errorsInFragment(json) : errorsIn(whole);
};

const keyOf = (name: string): string => name.toLowerCase().replace(/\s+/g, '');

const shown = ({ code, message }: ProviderError): string => [code, message].filter((part) => part !== '').join(': ');

const ended = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

function cut(text: string): string {
  const letters = Array.from(text);
  return letters.length <= MAX_TOLD_LENGTH ? text : `${letters.slice(0, MAX_TOLD_LENGTH).join('')}…`;
}

/** Reads a resize error with its details; any text may stand in them, and none of it is an error here. */
export function wordsOf({ message, details }: ResizeError): ErrorWords {
  const providers = details
    .filter(({ code }) => keyOf(code) === PROVIDER_JSON)
    .map((detail) => ({ json: detail.message, errors: providerErrors(detail.message) }));
  const reasons = details
    .filter(({ code }) => ![PROVIDER_JSON, PROVIDER_JSON_TRUNCATED].includes(keyOf(code)))
    .map((detail) => (keyOf(detail.code) === 'reason' ? detail.message : shown(detail)));
  const provided = providers.flatMap(({ json, errors }) => (errors.length > 0 ? errors.map(shown) : [json]));
  const parts = [message, ...reasons, ...provided].map((part) => part.trim()).filter((part) => part !== '');
  return {
    providerCodes: providers.flatMap(({ errors }) => errors.map(({ code }) => code)).filter((code) => code !== ''),
    searched: parts.join('\n').toLowerCase(),
    told: cut([...new Set(parts)].map(ended).join(' ')),
  };
}
