/** A file that should hold a build request, with all that is wrong with it. */
import { readFile } from 'node:fs/promises';
import type { BuildRequest } from '../shared/domain/request';
import { parseBuildRequest } from '../shared/messages';

export type RequestFile =
  | { readonly ok: true; readonly request: BuildRequest }
  /** `text`: what the file holds, if it could be read. */
  | { readonly ok: false; readonly why: string; readonly text?: string };

export async function readRequestFile(file: string): Promise<RequestFile> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { ok: false, why: `${file} cannot be read.` };
  const parsed = parseBuildRequest(text);
  if (parsed.ok) return { ok: true, request: parsed.message };
  const problems = parsed.problems.map((problem) => `- ${problem}`).join('\n');
  return { ok: false, why: `${file} is not a build request:\n${problems}`, text };
}
