/** A message's body as a request that the app may work on, or all that speaks against it. */
import type { BuildRequest } from '../shared/domain/request';
import { outsideScope, type Scope } from '../shared/domain/scope';
import { parseBuildRequest, type Parsed } from '../shared/messages';

export function readRequest(body: unknown, allowedScopes: readonly Scope[]): Parsed<BuildRequest> {
  const parsed = parseBuildRequest(body);
  if (!parsed.ok) return parsed;
  const problems = outsideScope(parsed.message, allowedScopes);
  return problems.length === 0 ? parsed : { ok: false, problems };
}
