/** A message's body as a request that the app may work on, or all that speaks against it. */
import { isAllowed, outsideScope, type Scope } from '../shared/domain/scope';
import { parseRequest, type Request } from '../shared/guardRequests';
import type { Parsed } from '../shared/parsing';

function outside(request: Request, allowedScopes: readonly Scope[]): readonly string[] {
  switch (request.asks) {
    case 'build':
      return outsideScope(request.build, allowedScopes);
    case 'snooze':
      return isAllowed(request.snooze.poolId, allowedScopes) ? [] : ["poolId: is not on the app's allow-list"];
    case 'audit':
      return [];
  }
}

export function readRequest(body: unknown, allowedScopes: readonly Scope[]): Parsed<Request> {
  const parsed = parseRequest(body);
  if (!parsed.ok) return parsed;
  const problems = outside(parsed.message, allowedScopes);
  return problems.length === 0 ? parsed : { ok: false, problems };
}
