/** The managed identity of the local stack: App Service's token endpoint (api-version 2019-08-01), with unsigned tokens. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback';
import { TENANT } from '../tenant';

/** learn: app-service/overview-managed-identity, "REST endpoint reference". */
const API_VERSION = '2019-08-01';
const TOKEN_LIFE_SECONDS = 24 * 3600;
/** The object and client ids of the identity when none is asked for by name. */
const SYSTEM_ASSIGNED = '00000000-0000-4000-8000-0000000000aa';

export interface TokenAsked {
  readonly resource: string;
  readonly clientId?: string;
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JSON web token with an empty signature: nobody outside this machine would take it. */
export function unsignedToken(audience: string, clientId = SYSTEM_ASSIGNED): { token: string; expiresOn: number } {
  // The SDK compares expiry with the wall clock, so the wall clock it is.
  const issued = Math.floor(Date.now() / 1000);
  const expiresOn = issued + TOKEN_LIFE_SECONDS;
  const claims = { aud: audience, iss: `https://sts.windows.net/${TENANT}/`, iat: issued, nbf: issued, exp: expiresOn };
  const token = `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ ...claims, appid: clientId, oid: clientId, tid: TENANT })}.`;
  return { token, expiresOn };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const refusal = (status: number, message: string): Answer => ({ status, body: { statusCode: status, message } });

export class ManagedIdentityEndpoint {
  readonly #header: string;
  readonly #server: Server;
  readonly #tokensAsked: TokenAsked[] = [];
  readonly #instead: number[] = [];

  constructor(options: { readonly header: string }) {
    this.#header = options.header;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  get tokensAsked(): readonly TokenAsked[] {
    return this.#tokensAsked;
  }

  /** Answers the next `times` requests with a status instead of a token; 0 breaks their connections. */
  answerWith(status: number, times = 1): void {
    this.#instead.push(...Array<number>(times).fill(status));
  }

  /** How many of them are still to come. */
  get faultsLeft(): number {
    return this.#instead.length;
  }

  /** Answers with the value for IDENTITY_ENDPOINT. */
  async listen(port = 0): Promise<string> {
    const actual = await listenOnLoopback(this.#server, port);
    return `http://127.0.0.1:${actual}/msi/token`;
  }

  async close(): Promise<void> {
    await closeServer(this.#server);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const instead = this.#instead.shift();
    if (instead === 0) {
      response.destroy();
      return;
    }
    const answer =
      instead === undefined
        ? this.#answer(request, new URL(request.url ?? '/', 'http://127.0.0.1'))
        : refusal(instead, 'A fault was asked for.');
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  #answer(request: IncomingMessage, url: URL): Answer {
    if (request.method !== 'GET' || url.pathname !== '/msi/token')
      return refusal(404, `There is no ${url.pathname} here.`);
    if (request.headers['x-identity-header'] !== this.#header) {
      return refusal(401, 'X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.');
    }
    const apiVersion = url.searchParams.get('api-version');
    if (apiVersion !== API_VERSION)
      return refusal(400, `The api-version must be ${API_VERSION}, not ${apiVersion ?? 'absent'}.`);
    const resource = url.searchParams.get('resource');
    if (resource === null || resource === '') return refusal(400, 'The resource parameter is missing.');
    const clientId = url.searchParams.get('client_id') ?? undefined;
    this.#tokensAsked.push(clientId === undefined ? { resource } : { resource, clientId });
    const { token, expiresOn } = unsignedToken(resource, clientId);
    const granted = { resource, token_type: 'Bearer', client_id: clientId ?? SYSTEM_ASSIGNED };
    return { status: 200, body: { access_token: token, expires_on: String(expiresOn), ...granted } };
  }
}
