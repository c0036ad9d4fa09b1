/** Azure Resource Graph: resources in bulk, by a query, thinned out to what the caller may read, and a moment late. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ArmError, notSupported } from '../armError';
import type { Grants } from '../grants';
import type { Json, Stored } from '../kind';
import { isKnownSubscription } from '../parents';
import type { Asked, Desk, Reply } from '../replies';
import { checkApiVersion, checkQuery } from '../route';
import { failureReply } from '../wire';
import { isInResources, isTextColumn, rowOf, textOf } from './columns';
import { readQuery, type Query } from './query';
import { Quota } from './quota';
import { badRequest, rateLimited } from './refusals';

const TYPE = { type: 'Microsoft.ResourceGraph/resources', apiVersions: ['2022-10-01', '2021-03-01'] };

/** Rows of a page, and subscriptions of a query (concepts/work-with-data; concepts/query-language, "Query scope"). */
const MOST_ROWS = 1_000;
const MOST_SUBSCRIPTIONS = 1_000;

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);

const request = z.strictObject({
  subscriptions: z.array(guid).max(MOST_SUBSCRIPTIONS).optional(),
  query: z.string(),
  options: z
    .strictObject({
      resultFormat: z.enum(['objectArray', 'table']).default('objectArray'),
      $top: z.int().min(1).max(MOST_ROWS).default(MOST_ROWS),
      $skip: z.int().min(0).default(0),
      $skipToken: z.string().optional(),
    })
    .prefault({}),
});
type GraphRequest = z.infer<typeof request>;

function readRequest(body: unknown): GraphRequest {
  const parsed = request.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw notSupported(`'${issue.keys[0] ?? ''}' in Resource Graph requests`);
  throw badRequest('InvalidRequest', z.prettifyError(parsed.error));
}

/** Resource Graph's own tokens count rows, too; the digest keeps one from being used for another query. */
const skipToken = z.object({ MaxRows: z.int(), RowsToSkip: z.int(), Query: z.string() });

const digestOf = ({ subscriptions, query }: GraphRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([subscriptions, query]))
    .digest('hex');

function rowsToSkip(asked: GraphRequest): number {
  const { $skip, $skipToken: token } = asked.options;
  if (token === undefined) return $skip;
  try {
    const read = skipToken.parse(JSON.parse(Buffer.from(token, 'base64').toString('utf8')));
    if (read.Query === digestOf(asked)) return read.RowsToSkip;
  } catch {
    // Told below.
  }
  throw badRequest('InvalidSkipToken', 'The $skipToken is not one that this query was answered with.');
}

function tokenFor(asked: GraphRequest, rows: number): string {
  const token = { $id: '1', MaxRows: asked.options.$top, RowsToSkip: rows, Query: digestOf(asked) };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

/** The subscriptions that may have rows; those that the caller has no right in are left out without a word. */
function scopeOf({ subscriptions }: GraphRequest, { world, store }: Desk): (stored: Stored) => boolean {
  const site = store.site();
  const eligible = (id: string): boolean => isKnownSubscription(id, site) && world.grants.touch(`/subscriptions/${id}`);
  if (subscriptions === undefined) return () => true;
  const readable = new Set(subscriptions.filter(eligible).map((id) => id.toLowerCase()));
  if (readable.size > 0) return (stored) => readable.has(textOf(stored, 'subscriptionId'));
  const message = `There must be at least one subscription that is eligible to contain resources. Given: '${subscriptions.join(', ')}'.`;
  throw badRequest('NoValidSubscriptionsInQueryRequest', message);
}

const mayRead = (grants: Grants, { kind, key }: Stored): boolean => grants.allows(`${kind.type}/read`, key);

function found(asked: GraphRequest, query: Query, desk: Desk): readonly Stored[] {
  const isInScope = scopeOf(asked, desk);
  const { store } = desk;
  const rows = store.history
    .shown(store.all())
    .filter((stored) => isInResources(stored) && query.picks(stored) && isInScope(stored))
    .filter((stored) => mayRead(desk.world.grants, stored));
  return query.order === undefined ? rows : rows.toSorted(query.order);
}

/** There is no token where no page can follow: "all output columns are either dynamic or null" (work-with-data). */
function restOf(asked: GraphRequest, { shown }: Query, end: number, total: number): Json {
  if (end >= total) return { resultTruncated: 'false' };
  if (!shown.some(({ column }) => isTextColumn(column))) return { resultTruncated: 'true' };
  return { resultTruncated: 'false', $skipToken: tokenFor(asked, end) };
}

function answerTo(asked: GraphRequest, desk: Desk): Json {
  const query = readQuery(asked.query);
  const rows = found(asked, query, desk);
  const start = rowsToSkip(asked);
  const page = rows.slice(start, start + asked.options.$top);
  const site = desk.store.site(desk.store.history.shownMs());
  return {
    totalRecords: rows.length,
    count: page.length,
    data: page.map((stored) => rowOf(stored, query.shown, site)),
    facets: [],
    ...restOf(asked, query, start + page.length, rows.length),
  };
}

export class ResourceGraph {
  readonly #quota = new Quota();

  answer({ url, body, caller }: Asked, desk: Desk): Reply {
    checkApiVersion(url.searchParams, TYPE);
    checkQuery(url.searchParams, []);
    const { isSpent, headers } = this.#quota.take(caller.objectId, desk.store.site().nowMs);
    try {
      if (isSpent) throw rateLimited();
      const asked = readRequest(body);
      if (asked.options.resultFormat === 'table') throw notSupported("the resultFormat 'table' of Resource Graph");
      return { status: 200, body: answerTo(asked, desk), headers };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return { ...failureReply(error), headers };
    }
  }
}
