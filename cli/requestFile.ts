/** A file that should hold a request, with all that is wrong with it. */
import { readFile } from 'node:fs/promises';
import type { BuildRequest } from '../shared/domain/request';
import { parseRequest, type Request } from '../shared/guardRequests';
import { parseBuildRequest } from '../shared/messages';
import type { Parsed } from '../shared/parsing';

export type RequestFile<T> =
  | { readonly ok: true; readonly request: T }
  /** `text`: what the file holds, if it could be read. */
  | { readonly ok: false; readonly why: string; readonly text?: string };

async function readAs<T>(file: string, called: string, parse: (text: string) => Parsed<T>): Promise<RequestFile<T>> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { ok: false, why: `${file} cannot be read.` };
  const parsed = parse(text);
  if (parsed.ok) return { ok: true, request: parsed.message };
  const problems = parsed.problems.map((problem) => `- ${problem}`).join('\n');
  return { ok: false, why: `${file} is not ${called}:\n${problems}`, text };
}

export const readBuildRequestFile = (file: string): Promise<RequestFile<BuildRequest>> =>
  readAs(file, 'a build request', parseBuildRequest);

/** Any request that the queue takes. */
export const readRequestFile = (file: string): Promise<RequestFile<Request>> => readAs(file, 'a request', parseRequest);
