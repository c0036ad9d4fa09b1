/** The data plane of one Batch account: its own server, with tokens and errors of its own kind (rest/api/batchservice). */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ArmError, notSupported } from './armError';
import { accountOf } from './batchAccounts';
import { comparisonOf, LIST_QUERIES, listOf, type DataRoute, type Served } from './dataRoute';
import type { Json, Site, Stored } from './kind';
import { NODE_ROUTES } from './nodeRoutes';
import type { Reply } from './replies';
import { SUPPORTED_IMAGES, type SupportedImage } from './supportedImages';
import { BATCH_AUDIENCES, callerOf } from './token';
import type { Arrival, Behind, NoAnswer } from './traffic';
import type { WorldFacts } from './worldFacts';

const API_VERSIONS = ['2023-05-01.17.0', '2023-11-01.18.0', '2024-02-01.19.0', '2024-07-01.20.0', '2025-06-01'];

const VALUES: Readonly<Record<string, (image: SupportedImage) => string>> = {
  nodeagentskuid: (image) => image.nodeAgentSKUId,
  ostype: (image) => image.osType,
  verificationtype: (image) => image.verificationType,
};

function filterOf(filter: string | null): (image: SupportedImage) => boolean {
  if (filter === null) return () => true;
  const { property, wanted } = comparisonOf(filter, 'supported images');
  const value = VALUES[property];
  if (value === undefined) throw notSupported(`the $filter '${filter}' on supported images`);
  return (image) => value(image).toLowerCase() === wanted.toLowerCase();
}

function supportedImages({ url }: Served): Json {
  const found = SUPPORTED_IMAGES.filter(filterOf(url.searchParams.get('$filter')));
  return listOf(found, url, { metadata: 'supportedimages' });
}

const ROUTES: readonly DataRoute[] = [
  {
    method: 'GET',
    path: /^\/supportedimages$/i,
    queries: LIST_QUERIES,
    permission: 'Microsoft.Batch/batchAccounts/read',
    answer: supportedImages,
  },
  ...NODE_ROUTES,
];

/** The codes are those of BatchErrorCodeStrings of the .NET client; which one comes when is UNCONFIRMED. */
function checkQuery(query: URLSearchParams, route: DataRoute): void {
  const version = query.get('api-version');
  if (version === null) {
    throw new ArmError(400, 'MissingRequiredQueryParameter', 'The api-version query parameter is missing.');
  }
  if (!API_VERSIONS.includes(version)) {
    const message = `The api-version '${version}' is not supported. Supported are ${API_VERSIONS.join(', ')}.`;
    throw new ArmError(400, 'InvalidQueryParameterValue', message);
  }
  for (const name of query.keys()) {
    if (name !== 'api-version' && !route.queries.includes(name)) {
      throw notSupported(`the query parameter '${name}' here`);
    }
  }
}

const DATA_HEADERS = {
  'content-type': 'application/json;odata=minimalmetadata',
  dataserviceversion: '3.0',
};

const CLIENT_REQUEST_ID = 'client-request-id';

/** The caller's own id, when there is one and it is asked for (rest/api/batchservice, `returnClientRequestId`). */
function sentBack({ 'return-client-request-id': wanted, [CLIENT_REQUEST_ID]: id }: IncomingHttpHeaders) {
  return wanted?.toString().toLowerCase() === 'true' && typeof id === 'string' ? { [CLIENT_REQUEST_ID]: id } : {};
}

interface Around {
  site(): Site;
  readonly world: WorldFacts;
  origin(): string;
}

export const nameOf = (account: Stored): string => account.id.split('/').at(-1) ?? '';

/** What stands behind the account's server. */
export function batchService(account: Stored, around: Around): Behind {
  const carryOut = ({ method, url, headers }: Arrival): Reply | NoAnswer => {
    // The host name of an account that is gone leads nowhere.
    if (around.site().find(account.key) === undefined) return 'reset';
    const caller = callerOf(headers.authorization, BATCH_AUDIENCES);
    const route = ROUTES.find((known) => known.method === method && known.path.test(url.pathname));
    if (route === undefined) throw notSupported(`${method} ${url.pathname} of the Batch service`);
    checkQuery(url.searchParams, route);
    if (!around.world.grants.allowsData(route.permission, account.id)) {
      // UNCONFIRMED: code and words.
      const message = `The client with object id '${caller.objectId}' is not permitted to perform action '${route.permission}'.`;
      throw new ArmError(403, 'PermissionDenied', message);
    }
    const at = route.path.exec(url.pathname)?.groups ?? {};
    return { status: 200, body: route.answer({ url, account, site: around.site(), at }), headers: DATA_HEADERS };
  };
  return {
    pathPrefix: `/_batch/${nameOf(account)}`,
    origin: () => around.origin(),
    carryOut,
    refusal: (error) => refusal(error, around),
    correlationHeader: CLIENT_REQUEST_ID,
    headers: ({ headers }) => ({ 'request-id': randomUUID(), ...sentBack(headers) }),
  };
}

const BEARER = { 'www-authenticate': 'Bearer authorization_uri="https://login.microsoftonline.com/common"' };

/** Whatever is wrong with a token is one code here. */
function refusal({ status, code, message }: ArmError, around: Around): Reply {
  const stamp = `RequestId:${randomUUID()}\nTime:${new Date(around.site().nowMs).toISOString()}`;
  const body = {
    'odata.metadata': `${around.origin()}/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element`,
    code: status === 401 ? 'AuthenticationFailed' : code,
    message: { lang: 'en-US', value: `${message}\n${stamp}` },
  };
  return { status, body, headers: { ...DATA_HEADERS, ...(status === 401 ? BEARER : {}) } };
}

/** The account as ARM shows it once its server listens. */
export function withEndpoint(account: Stored, accountEndpoint: string): Stored {
  const properties = { ...accountOf(account).properties, accountEndpoint };
  return {
    ...account,
    input: { ...account.input, properties },
    properties: { ...account.properties, accountEndpoint },
  };
}
