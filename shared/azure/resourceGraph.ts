/** Lists images and what they are made from in bulk, by Azure Resource Graph (governance/resource-graph/concepts). */
import * as z from 'zod';
import type { StoredResource } from '../domain/guard/imageStock';
import { inChunks } from '../domain/lists';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { Scope } from '../domain/scope';
import { callArm, type ArmAnswer } from './armCall';
import { RESOURCE_GRAPH_PATH, type Arm } from './clients';
import { STORED, storedResource } from './storedResources';

const API_VERSION = '2022-10-01';

/** Rows of one page (governance/resource-graph/concepts/work-with-data, "Paging results"). */
const PAGE_ROWS = 1_000;

/** Subscriptions of one query (governance/resource-graph/concepts/query-language, "Query scope"). */
const MOST_SUBSCRIPTIONS = 1_000;

/**
 * Queries in one go. Without a word of the quota on the answers, 15 are allowed in 5 seconds
 * (concepts/guidance-for-throttled-requests); with it, their rows still have to fit into memory, and into one function's time.
 */
const MOST_QUERIES = 12;
const WINDOW_MS = 5_000;

/** One query: the subscriptions that it is asked in, and what it asks. */
interface GraphQuery {
  readonly subscriptions: readonly string[];
  readonly query: string;
}

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

const queryFor = (subscriptions: readonly string[], groups: readonly string[] = []): GraphQuery => ({
  subscriptions,
  query: [
    'resources',
    `where type in~ (${quoted(Object.keys(STORED))})`,
    ...(groups.length === 0 ? [] : [`where resourceGroup in~ (${quoted(groups)})`]),
    'order by id asc',
    'project id, location, tags, publishing = properties.publishingProfile, storage = properties.storageProfile, ends = properties.endOfLifeDate',
  ].join(' | '),
});

/** A row in the form of a REST body, with those properties alone that are read: whole ones would be ten times as large. */
const row = z
  .object({
    id: z.unknown(),
    location: z.unknown(),
    tags: z.unknown(),
    publishing: z.unknown(),
    storage: z.unknown(),
    ends: z.unknown(),
  })
  .partial()
  .transform(({ publishing, storage, ends, ...rest }) => ({
    ...rest,
    properties: { publishingProfile: publishing, storageProfile: storage, endOfLifeDate: ends },
  }));

const resourceIn = (listed: unknown): StoredResource | undefined => storedResource(row.safeParse(listed).data);

/** The queries that list everything within the allow-list, and nothing else. */
export function queriesFor(scopes: readonly Scope[]): readonly GraphQuery[] {
  const whole = [
    ...new Set(scopes.filter((one) => one.resourceGroup === undefined).map((one) => one.subscriptionId.toLowerCase())),
  ];
  const parts = scopes.filter((one) => !whole.includes(one.subscriptionId.toLowerCase()));
  const bySubscription = Map.groupBy(parts, ({ subscriptionId }) => subscriptionId.toLowerCase());
  return [
    ...inChunks(whole, MOST_SUBSCRIPTIONS).map((subscriptions) => queryFor(subscriptions)),
    ...[...bySubscription].map(([subscription, groups]) =>
      queryFor(
        [subscription],
        groups.flatMap(({ resourceGroup }) => resourceGroup ?? []),
      ),
    ),
  ];
}

/** Where to go on: the query, and the page of it. */
export interface GraphPlace {
  readonly query: number;
  readonly skipToken?: string;
}

export interface GraphPart {
  readonly resources: readonly StoredResource[];
  /** Rows that are not what their documentation says; they are asked for one by one when a pool stands on them. */
  readonly unreadable: number;
  /** Undefined when everything is listed. */
  readonly next?: GraphPlace & { readonly pauseMs: number };
}

const page = z.object({ data: z.array(z.unknown()), $skipToken: z.string().nullish() });

/** `00:00:05` as milliseconds. */
function spanMs(text: string | undefined): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(\d+):(\d+):(\d+)/.exec(text ?? '') ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

/** How long to stay away after an answer; 0 when the quota has room. */
function pauseAfter({ headers }: ArmAnswer, asked: number): number {
  const remaining = headers.get('x-ms-user-quota-remaining');
  if (remaining === undefined) return asked < MOST_QUERIES ? 0 : WINDOW_MS;
  return Number(remaining) > 0 ? 0 : Math.max(spanMs(headers.get('x-ms-user-quota-resets-after')), 1_000);
}

function ask(arm: Arm, { subscriptions, query }: GraphQuery, skipToken: string | undefined) {
  return callArm(arm, 'list images by Resource Graph', {
    method: 'POST',
    url: `${RESOURCE_GRAPH_PATH}?api-version=${API_VERSION}`,
    body: {
      subscriptions,
      query,
      options: {
        resultFormat: 'objectArray',
        $top: PAGE_ROWS,
        ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
      },
    },
  });
}

/** Lists from a place on until the quota is used up, or so many pages are read, or everything is listed. */
export async function listImages(arm: Arm, from: GraphPlace): Promise<Outcome<GraphPart>> {
  const queries = queriesFor(arm.settings.allowedScopes);
  const resources: StoredResource[] = [];
  let unreadable = 0;
  let place: GraphPlace = from;
  for (let asked = 1; ; asked += 1) {
    const query = queries[place.query];
    if (!query) return succeed({ resources, unreadable });
    const answer = await ask(arm, query, place.skipToken);
    if (!answer.ok) return answer;
    const parsed = page.safeParse(answer.value.body);
    if (!parsed.success) return fail(notUnderstood(parsed.error));
    for (const resource of parsed.data.data.map(resourceIn)) {
      if (resource === undefined) unreadable += 1;
      else resources.push(resource);
    }
    const token = parsed.data.$skipToken;
    place = token ? { query: place.query, skipToken: token } : { query: place.query + 1 };
    const pauseMs = pauseAfter(answer.value, asked);
    const isEnough = pauseMs > 0 || asked === MOST_QUERIES;
    if (isEnough && queries[place.query]) return succeed({ resources, unreadable, next: { ...place, pauseMs } });
  }
}

const notUnderstood = (error: z.ZodError) => ({
  kind: 'rejected' as const,
  code: 'AnswerNotUnderstood',
  message: `The answer of Resource Graph is not what its documentation says: ${error.issues[0]?.message ?? ''}`,
});
