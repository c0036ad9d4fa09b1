/** Listing images by Resource Graph: what is asked, page after page, and no faster than its quota allows. */
import * as fc from 'fast-check';
import * as z from 'zod';
import type { Outcome } from '../../../shared/domain/outcome';
import { isAllowed, type Scope } from '../../../shared/domain/scope';
import { listImages, queriesFor, type GraphPart, type GraphPlace } from '../../../shared/azure/resourceGraph';
import { OTHER_SUBSCRIPTION, SUBSCRIPTION } from '../../given/build';
import * as given from '../../given/guard';
import { scriptedArm, type Answer, type Asked } from '../../given/scriptedArm';

const whole = (subscriptionId: string): Scope => ({ subscriptionId });
const group = (resourceGroup: string, subscriptionId = SUBSCRIPTION): Scope => ({ subscriptionId, resourceGroup });
const nth = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;

const TYPES =
  "where type in~ ('microsoft.compute/galleries/images/versions', 'microsoft.compute/galleries/images', 'microsoft.compute/images', 'microsoft.compute/snapshots', 'microsoft.storage/storageaccounts')";
const END =
  'order by id asc | project id, location, tags, publishing = properties.publishingProfile, storage = properties.storageProfile, ends = properties.endOfLifeDate';

describe('queriesFor', () => {
  it.each<{ label: string; scopes: readonly Scope[]; asks: readonly (readonly [readonly string[], string?])[] }>([
    { label: 'nothing', scopes: [], asks: [] },
    { label: 'a subscription', scopes: [whole(SUBSCRIPTION)], asks: [[[SUBSCRIPTION]]] },
    {
      label: 'subscriptions: all in one',
      scopes: [whole(SUBSCRIPTION), whole(OTHER_SUBSCRIPTION)],
      asks: [[[SUBSCRIPTION, OTHER_SUBSCRIPTION]]],
    },
    { label: 'a subscription that is named twice', scopes: [whole('AB'), whole('ab')], asks: [[['ab']]] },
    {
      label: 'resource groups of one subscription: all in one',
      scopes: [group('rg-a'), group('rg-b')],
      asks: [[[SUBSCRIPTION], "where resourceGroup in~ ('rg-a', 'rg-b')"]],
    },
    {
      label: 'resource groups of two subscriptions',
      scopes: [group('rg-a'), group('rg-a', OTHER_SUBSCRIPTION)],
      asks: [
        [[SUBSCRIPTION], "where resourceGroup in~ ('rg-a')"],
        [[OTHER_SUBSCRIPTION], "where resourceGroup in~ ('rg-a')"],
      ],
    },
    {
      label: 'a subscription and a resource group of it: all of it, once',
      scopes: [group('rg-a', SUBSCRIPTION.toUpperCase()), whole(SUBSCRIPTION)],
      asks: [[[SUBSCRIPTION]]],
    },
  ])('asks for $label', ({ scopes, asks }) => {
    expect(queriesFor(scopes)).toEqual(
      asks.map(([subscriptions, inGroups]) => ({
        subscriptions,
        query: ['resources', TYPES, ...(inGroups === undefined ? [] : [inGroups]), END].join(' | '),
      })),
    );
  });

  it('asks in no more than 1,000 subscriptions at once', () => {
    const queries = queriesFor(Array.from({ length: 2_500 }, (_, number) => whole(nth(number))));
    expect(queries.map(({ subscriptions }) => subscriptions.length)).toEqual([1_000, 1_000, 500]);
  });

  it('covers the allow-list, and nothing beyond it', () => {
    const scopes = fc.array(
      fc
        .tuple(fc.nat(3).map(nth), fc.constantFrom(undefined, 'rg-a', 'RG-A', 'rg-b'))
        .map(([subscription, name]) => (name === undefined ? whole(subscription) : group(name, subscription))),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(scopes, fc.nat(3).map(nth), fc.constantFrom('rg-a', 'rg-b', 'rg-c'), (all, subscription, name) => {
        const isAsked = queriesFor(all).some(
          ({ subscriptions, query }) =>
            subscriptions.includes(subscription) &&
            (!query.includes('resourceGroup') || query.toLowerCase().includes(`'${name}'`)),
        );
        expect(isAsked).toBe(isAllowed(`/subscriptions/${subscription}/resourceGroups/${name}`, all));
      }),
    );
  });
});

const SNAPSHOTS = Array.from({ length: 40 }, (_, page) => ({ id: `${given.SNAPSHOT}-${page}` }));
const bodySchema = z.object({
  subscriptions: z.array(z.string()),
  options: z.object({ $top: z.number(), $skipToken: z.string().optional(), resultFormat: z.string() }),
});
const optionsOf = ({ body }: Asked) => bodySchema.parse(body).options;

/** So many pages of one snapshot each; `quota` is what each answer says of it. */
const paged =
  (pages: number, quota: (nth: number) => Readonly<Record<string, string>> = () => ({})) =>
  (asked: Asked, number: number): Answer => {
    const page = Number(optionsOf(asked).$skipToken ?? 0);
    const more = page + 1 < pages ? { $skipToken: String(page + 1) } : {};
    return { headers: quota(number), body: { data: SNAPSHOTS.slice(page, page + 1), ...more } };
  };
const ample = (): Readonly<Record<string, string>> => ({ 'x-ms-user-quota-remaining': '14' });

const list = async (
  answer: (asked: Asked, nth: number) => Answer,
  from: GraphPlace = { query: 0 },
  scopes?: readonly Scope[],
) => {
  const { arm, asked } = scriptedArm(answer, scopes);
  return { outcome: await listImages(arm, from), asked };
};
function valueOf(outcome: Outcome<GraphPart>): GraphPart {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.failure.message);
}

const namesIn = ({ resources }: GraphPart): readonly string[] => resources.map(({ id }) => id.split('-').at(-1) ?? '');

describe('listImages', () => {
  it('reads every page, by the token of the last', async () => {
    const { outcome, asked } = await list(paged(3, ample));
    expect(valueOf(outcome)).toMatchObject({ unreadable: 0 });
    expect(namesIn(valueOf(outcome))).toEqual(['0', '1', '2']);
    expect(valueOf(outcome)).not.toHaveProperty('next');
    expect(asked.map(optionsOf)).toEqual([
      { resultFormat: 'objectArray', $top: 1_000 },
      { resultFormat: 'objectArray', $top: 1_000, $skipToken: '1' },
      { resultFormat: 'objectArray', $top: 1_000, $skipToken: '2' },
    ]);
    expect(asked[0]?.url.href).toBe(
      'https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01',
    );
  });

  it('asks one query after another', async () => {
    const { outcome, asked } = await list(paged(2, ample), { query: 0 }, [
      group('rg-a'),
      group('rg-a', OTHER_SUBSCRIPTION),
    ]);
    expect(namesIn(valueOf(outcome))).toEqual(['0', '1', '0', '1']);
    expect(asked.map(({ body }) => bodySchema.parse(body).subscriptions)).toEqual([
      [SUBSCRIPTION],
      [SUBSCRIPTION],
      [OTHER_SUBSCRIPTION],
      [OTHER_SUBSCRIPTION],
    ]);
  });

  it('goes on where it was told', async () => {
    const { outcome, asked } = await list(paged(3, ample), { query: 0, skipToken: '2' });
    expect(namesIn(valueOf(outcome))).toEqual(['2']);
    expect(asked).toHaveLength(1);
    expect((await list(paged(3), { query: 1 })).outcome).toEqual({ ok: true, value: { resources: [], unreadable: 0 } });
  });

  it.each([
    { resets: '00:00:05', pauseMs: 5_000 },
    { resets: '00:01:02', pauseMs: 62_000 },
    { resets: '01:00:00', pauseMs: 3_600_000 },
    { resets: '00:00:00', pauseMs: 1_000 },
    { resets: 'soon', pauseMs: 1_000 },
  ])('stops when the quota is used up, and says how long: $resets', async ({ resets, pauseMs }) => {
    const quota = (number: number) => ({
      'x-ms-user-quota-remaining': String(2 - number),
      'x-ms-user-quota-resets-after': resets,
    });
    const { outcome, asked } = await list(paged(9, quota));
    expect(asked).toHaveLength(2);
    expect(valueOf(outcome).next).toEqual({ query: 0, skipToken: '2', pauseMs });
  });

  it('stops at the end, whatever is left of the quota', async () => {
    const { outcome } = await list(
      paged(2, () => ({ 'x-ms-user-quota-remaining': '0' })),
      { query: 0, skipToken: '1' },
    );
    expect(valueOf(outcome)).not.toHaveProperty('next');
  });

  it('asks no more than is allowed when no answer speaks of the quota', async () => {
    const { outcome, asked } = await list(paged(40));
    expect(asked.length).toBeLessThan(15);
    expect(valueOf(outcome).next).toMatchObject({ pauseMs: 5_000 });
  });

  it('hands over what it has after a dozen pages, however much the quota allows: memory has an end, and so has a function', async () => {
    const { outcome, asked } = await list(paged(40, ample));
    expect(asked).toHaveLength(12);
    expect(valueOf(outcome).next).toEqual({ query: 0, skipToken: '12', pauseMs: 0 });
  });

  it('counts rows that it does not understand, and takes the others', async () => {
    const { outcome } = await list(() => ({ body: { data: [{ id: given.MANAGED }, SNAPSHOTS[0], 7, { id: 'x' }] } }));
    expect(valueOf(outcome)).toMatchObject({
      unreadable: 3,
      resources: [given.snapshot({ id: `${given.SNAPSHOT}-0` })],
    });
  });

  it('takes a token of null for none', async () => {
    const { outcome, asked } = await list(() => ({ body: { data: [], $skipToken: null } }));
    expect([asked.length, valueOf(outcome)]).toEqual([1, { resources: [], unreadable: 0 }]);
  });

  it.each([
    {
      label: 'throttled',
      answer: { status: 429, headers: { 'retry-after': '17' } },
      failure: { kind: 'throttled', retryAfterMs: 17_000 },
    },
    {
      label: 'forbidden',
      answer: { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } },
      failure: { kind: 'forbidden' },
    },
    {
      label: 'not understood',
      answer: { body: { rows: [] } },
      failure: { kind: 'rejected', code: 'AnswerNotUnderstood' },
    },
  ])('fails when an answer is $label, on any page', async ({ answer, failure }) => {
    const { outcome } = await list((asked, number) => (number === 2 ? answer : paged(3)(asked, number)));
    expect(outcome).toMatchObject({ ok: false, failure });
  });
});
