/** A file that should hold a request, with all that is wrong with it. */
import { readFile } from 'node:fs/promises';
import { parseRequest } from '../shared/guardRequests';
import { parseBuildRequest } from '../shared/messages';
import type { Parsed } from '../shared/parsing';
import { requestWithSource } from './packerManifest';

export type RequestFile<T> =
  | { readonly ok: true; readonly request: T }
  /** `text`: what the file holds, if it could be read. */
  | { readonly ok: false; readonly why: string; readonly text?: string };

type Reader<T> = (file: string, manifest?: string) => Promise<RequestFile<T>>;

const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

/** `manifest`: a file of Packer that gives the request its source. */
function readerOf<T>(called: string, parse: (body: unknown) => Parsed<T>): Reader<T> {
  return async (file, manifest) => {
    const text = await textOf(file);
    if (text === undefined) return { ok: false, why: `${file} cannot be read.` };
    if (manifest === undefined) return judged(parse(text), `${file} is not ${called}`, text);
    const made = await textOf(manifest);
    if (made === undefined) return { ok: false, why: `${manifest} cannot be read.` };
    const merged = requestWithSource(text, made);
    if (!merged.ok) return refusal(merged.problems, `${manifest} gives ${file} no source`, text);
    return judged(parse(merged.message), `${file}, with the source that ${manifest} gives it, is not ${called}`, text);
  };
}

const judged = <T>(parsed: Parsed<T>, verdict: string, text: string): RequestFile<T> =>
  parsed.ok ? { ok: true, request: parsed.message } : refusal(parsed.problems, verdict, text);

const refusal = (problems: readonly string[], verdict: string, text: string) =>
  ({ ok: false, why: [`${verdict}:`, ...problems.map((problem) => `- ${problem}`)].join('\n'), text }) as const;

export const readBuildRequestFile = readerOf('a build request', parseBuildRequest);

/** Any request that the queue takes. */
export const readRequestFile = readerOf('a request', parseRequest);
