/** Azure Resource Graph: queries, pages, rights, the lag, and how often it may be asked. */
import { z } from 'zod';
import { bigVersionId, bigWorld } from '../../../local/bigWorld';
import * as given from './given';
import {
  accountId,
  ask,
  definitionId,
  diskId,
  FOREIGN,
  imageId,
  snapshotId,
  startLocalAzure,
  SUBSCRIPTION,
  type LocalAzure,
} from './localAzure';

const S = `/subscriptions/${SUBSCRIPTION}`;
const PATH = '/providers/Microsoft.ResourceGraph/resources';
const LAG_MS = 10_000;

let local: LocalAzure;
const start = async (): Promise<void> => {
  local = await startLocalAzure({ controlDoor: true });
};

/** For tests that change something. */
function startForEach(): void {
  beforeEach(start);
  afterEach(() => local.close());
}

/** For tests that only ask; the quota is new for each. */
function startOnce(): void {
  beforeAll(start);
  beforeEach(() => passMs(5_000));
  afterAll(() => local.close());
}

const answer = z.strictObject({
  totalRecords: z.number(),
  count: z.number(),
  data: z.array(z.record(z.string(), z.unknown())),
  facets: z.tuple([]),
  resultTruncated: z.enum(['true', 'false']),
  $skipToken: z.string().optional(),
});
type Answer = z.infer<typeof answer>;

interface Asked {
  readonly subscriptions?: readonly string[] | undefined;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly version?: string;
  readonly [more: string]: unknown;
}

const post = (query: string, asked: Asked = {}): ReturnType<typeof ask> => {
  const { version = '2022-10-01', ...rest } = asked;
  return ask(local, 'POST', `${PATH}?api-version=${version}`, {
    body: { subscriptions: [SUBSCRIPTION], query, ...rest },
  });
};

async function rows(query: string, asked: Asked = {}): Promise<Answer> {
  const { status, body } = await post(query, asked);
  expect({ status, body }).toMatchObject({ status: 200 });
  return answer.parse(body);
}

const idsOf = ({ data }: Answer): unknown[] => data.map(({ id }) => id);
const passMs = (ms: number): void => local.clock.advanceTo(local.clock.nowMs() + ms);

const SNAPSHOTS = "resources | where type =~ 'microsoft.compute/snapshots' | order by id asc | project id, properties";

/** The audit's own query (shared/azure/resourceGraph.ts), which this simulator has to understand as it is. */
const AUDIT = [
  'resources',
  "where type in~ ('microsoft.compute/galleries/images/versions', 'microsoft.compute/galleries/images', 'microsoft.compute/images', 'microsoft.compute/snapshots')",
  "where resourceGroup in~ ('RG-images')",
  'order by id asc',
  'project id, location, tags, properties',
].join(' | ');

describe('a row', () => {
  startForEach();

  test('shows what a GET shows', async () => {
    await given.snapshot(local, 'snap', given.aSnapshot('osdisk-render-base', { tags: { team: 'render' } }));
    passMs(LAG_MS);
    const { body } = await ask(local, 'GET', `${snapshotId('snap')}?api-version=2025-01-02`);
    const { location, tags, properties } = z.looseObject({}).parse(body);
    const found = await rows(AUDIT);
    expect(found.data.find(({ id }) => id === snapshotId('snap'))).toEqual({
      ...{ id: snapshotId('snap'), location, tags, properties },
    });
    expect(found.data.find(({ id }) => id === definitionId('render-shared'))).toMatchObject({ tags: null });
    expect(found.data.map(({ id }) => id)).toEqual(found.data.map(({ id }) => id).toSorted());
    expect(found).toMatchObject({ totalRecords: found.data.length, count: found.data.length, facets: [] });
  });

  test('has type, group and subscription in lower case, and every column when none is picked', async () => {
    const { data } = await rows(`resources | where name == 'osdisk-gen1'`, { version: '2021-03-01' });
    expect(data).toEqual([
      {
        id: diskId('osdisk-gen1'),
        name: 'osdisk-gen1',
        type: 'microsoft.compute/disks',
        tenantId: expect.stringMatching(/^9{8}-/) as string,
        kind: '',
        location: 'westeurope',
        resourceGroup: 'rg-render',
        subscriptionId: SUBSCRIPTION,
        managedBy: expect.stringContaining('/vm-gen1') as string,
        sku: { name: expect.any(String) as string, tier: expect.any(String) as string },
        properties: expect.objectContaining({ diskState: expect.any(String) as string }) as object,
        ...{ plan: null, tags: null, identity: null, zones: null, extendedLocation: null },
      },
    ]);
    await given.snapshot(local, 'snap');
    await given.image(local, 'img', given.anImage('snap'));
    passMs(LAG_MS);
    const image = `resources | where type == 'microsoft.compute/images' and name == 'img' | project id, resourceGroup`;
    expect((await rows(image)).data).toEqual([
      { id: imageId('img').replace('/rg-images/', '/RG-IMAGES/'), resourceGroup: 'rg-images' },
    ]);
  });

  test('is there for Batch accounts, and not for pools and resource groups', async () => {
    const types = new Set((await rows('resources | project type')).data.map(({ type }) => type));
    expect(types).toContain('microsoft.batch/batchaccounts');
    expect(types).not.toContain('microsoft.batch/batchaccounts/pools');
    expect(types).not.toContain('microsoft.resources/resourcegroups');
    expect(local.azure.find(`${accountId('batchrender')}/pools/render-follows-latest`)).toBeDefined();
  });
});

describe('a query', () => {
  startOnce();

  test.each([
    { where: "name =~ 'OSDISK-GEN1'", names: ['osdisk-gen1'] },
    { where: "name == 'OSDISK-GEN1'", names: [] },
    { where: 'name in ("osdisk-gen1", "osdisk-arm64", "no")', names: ['osdisk-arm64', 'osdisk-gen1'] },
    { where: "name in~ ('OsDisk-Gen1')", names: ['osdisk-gen1'] },
    { where: "name startswith_me == 'x'", names: undefined },
    { where: "name =~ 'osdisk-gen1' and resourceGroup != 'rg-render'", names: [] },
    { where: "name =~ 'osdisk-gen1' and location !~ 'NorthEurope' and id !in ('x')", names: ['osdisk-gen1'] },
    { where: "name =~ 'a\\'b'", names: [] },
  ])('picks rows where $where', async ({ where, names }) => {
    const answered = await post(`Resources\n| where ${where}\n| sort by name asc\n| project name`);
    if (names === undefined) expect(answered.status).toBeGreaterThanOrEqual(400);
    else expect(answer.parse(answered.body).data).toEqual(names.map((name) => ({ name })));
  });

  test('shows parts of a column under a name of their own, and null where there is none', async () => {
    const where = "where type =~ 'microsoft.compute/galleries/images/versions' | order by id asc";
    const parts =
      'project id, region = location, mode = properties.publishingProfile.replicationMode, none = tags.none.at';
    const { data } = await rows(`resources | ${where} | ${parts}`);
    expect(data[0]).toEqual({
      id: expect.stringContaining('/versions/') as string,
      region: 'westeurope',
      mode: 'Full',
      none: null,
    });
  });

  test('orders by several columns, downwards unless it says otherwise', async () => {
    const { data } = await rows('resources | order by type asc, name | project type, name');
    const texts = data.map(({ type, name }) => [String(type), String(name)] as const);
    const wanted = texts.toSorted(([type, name], [other, another]) =>
      type === other ? (name < another ? 1 : -1) : type < other ? -1 : 1,
    );
    expect(texts).toEqual(wanted);
  });

  test('keeps to the subscriptions that are asked for', async () => {
    const foreign = await rows('resources | project subscriptionId', { subscriptions: [FOREIGN.toUpperCase()] });
    expect(new Set(foreign.data.map(({ subscriptionId }) => subscriptionId))).toEqual(new Set([FOREIGN]));
    const all = await post('resources | project subscriptionId', { subscriptions: undefined });
    expect(new Set(answer.parse(all.body).data.map(({ subscriptionId }) => subscriptionId))).toEqual(
      new Set([SUBSCRIPTION, FOREIGN]),
    );
  });

  test.each([
    ['resources | summarize count() by type', 501],
    ['resources | extend a = name', 501],
    ['resources | limit 10', 501],
    ["resources | where name contains 'x'", 501],
    ["resources | where name =~ 'x' or name =~ 'y'", 501],
    ["resources | where properties.diskState =~ 'x'", 501],
    ["resources | where tolower(name) == 'x'", 501],
    ['resources | order by properties asc', 501],
    ['resources | project properties.publishingProfile', 501],
    ["resources | project named = name | where named == 'x'", 501],
    ["resources | project id = location | where id == 'x'", 501],
    ['resourcecontainers | project id', 501],
    ['', 400],
    ['resources disks', 400],
    ['resources |', 400],
    ['resources | where', 400],
    ['resources | where name =~ x', 400],
    ["resources | where name =~ 'x", 400],
    ["resources | where name in~ 'x'", 400],
    ["resources | where name in~ ('x',)", 400],
    ["resources | where name =~ 'a\\nb'", 400],
    ["resources | where Name =~ 'x'", 400],
    ['resources | project id, colour', 400],
    ['resources | project id | order by name asc', 400],
    ['resources | order id', 400],
    ['resources | project id id', 400],
  ])('%s is refused with %d', async (query, status) => {
    const answered = await post(query);
    expect(answered).toMatchObject({ status });
    const { error } = z
      .object({ error: z.object({ code: z.string(), details: z.array(z.object({ code: z.string() })).optional() }) })
      .parse(answered.body);
    if (status === 501) expect(error.code).toBe('NotSupportedByLocalAzure');
    else expect(error.details?.map(({ code }) => code)).toEqual(['InvalidQuery', 'ParserFailure']);
  });

  test.each([
    { label: 'more rows than a page may have', asked: { options: { $top: 1001 } }, status: 400 },
    { label: 'a subscription that is none', asked: { subscriptions: ['mine'] }, status: 400 },
    { label: 'a token of somebody else', asked: { options: { $skipToken: 'e30=' } }, status: 400 },
    { label: 'an option that the service does not read', asked: { options: { top: 5 } }, status: 501 },
    { label: 'a table', asked: { options: { resultFormat: 'table' } }, status: 501 },
    { label: 'facets', asked: { facets: [] }, status: 501 },
    { label: 'management groups', asked: { managementGroups: ['all'] }, status: 501 },
    { label: 'an unknown api-version', asked: { version: '2018-01-01' }, status: 400 },
  ])('with $label is refused', async ({ asked, status }) => {
    expect(await post('resources | project id', asked)).toMatchObject({ status });
  });

  test('is a POST, with a token', async () => {
    expect(await ask(local, 'GET', `${PATH}?api-version=2022-10-01`)).toMatchObject({ status: 501 });
    const headers = { authorization: '' };
    expect(await ask(local, 'POST', `${PATH}?api-version=2022-10-01`, { body: {}, headers })).toMatchObject({
      status: 401,
    });
  });
});

describe('pages', () => {
  startForEach();

  async function pagesOf(query: string, $top: number): Promise<Answer[]> {
    const pages: Answer[] = [];
    let token: string | undefined;
    do {
      const page = await rows(query, { options: { $top, ...(token === undefined ? {} : { $skipToken: token }) } });
      pages.push(page);
      token = page.$skipToken;
    } while (token !== undefined);
    return pages;
  }

  test('follow one another by their tokens, each with the total', async () => {
    const whole = await rows('resources | order by id asc | project id');
    const pages = await pagesOf('resources | order by id asc | project id', Math.ceil(whole.count / 3));
    expect(pages).toHaveLength(3);
    expect(pages.flatMap(idsOf)).toEqual(idsOf(whole));
    for (const { totalRecords, resultTruncated } of pages)
      expect({ totalRecords, resultTruncated }).toEqual({ totalRecords: whole.count, resultTruncated: 'false' });
    const skipped = await rows('resources | order by id asc | project id', { options: { $skip: 5, $top: 2 } });
    expect(idsOf(skipped)).toEqual(idsOf(whole).slice(5, 7));
  });

  test('count rows, so that what goes in between makes one be missed, as in Azure', async () => {
    local.azure.setGraphLag(0);
    const query = "resources | where type =~ 'microsoft.compute/disks' | order by id asc | project id";
    const all = idsOf(await rows(query));
    const first = await rows(query, { options: { $top: 3 } });
    local.azure.deleteBehindTheBack(String(all[0]), { silently: true });
    const next = await rows(query, { options: { $top: 3, $skipToken: first.$skipToken } });
    expect(idsOf(next)).toEqual(all.slice(4, 7));
  });

  test('end at the first one where no column has text', async () => {
    const { count, totalRecords, ...rest } = await rows('resources | project properties', { options: { $top: 2 } });
    expect(count).toBe(2);
    expect(totalRecords).toBeGreaterThan(2);
    expect(rest).toMatchObject({ resultTruncated: 'true' });
    expect(rest).not.toHaveProperty('$skipToken');
  });

  test('have 1,000 rows at most', async () => {
    await local.close();
    local = await startLocalAzure({ world: bigWorld({ accounts: 1, poolsPerAccount: 1, versions: 2_300 }) });
    const query = "resources | where type =~ 'Microsoft.Compute/galleries/images/versions' | order by id asc";
    const pages = await pagesOf(`${query} | project id, properties`, 1_000);
    expect(pages.map(({ count }) => count)).toEqual([1_000, 1_000, 300]);
    expect(new Set(pages.flatMap(idsOf)).size).toBe(2_300);
    expect(pages.flatMap(idsOf)).toContain(bigVersionId(2_299));
    expect((await rows(`${query} | project id`)).count).toBe(1_000);
  });
});

describe('rights', () => {
  startForEach();

  const VERSIONS = "resources | where type =~ 'microsoft.compute/galleries/images/versions' | project id";

  test('thin the rows out, and refuse nothing', async () => {
    local.azure.setGrants([
      { scope: S, actions: ['*/read'], notActions: ['Microsoft.Compute/galleries/images/versions/read'] },
      { scope: `${definitionId('render-shared')}/versions/3000.1.1`.toUpperCase(), actions: ['*'] },
    ]);
    expect(idsOf(await rows(VERSIONS))).toEqual([`${definitionId('render-shared')}/versions/3000.1.1`]);
    local.azure.setGrants([{ scope: `${S}/resourceGroups/rg-batch`, actions: ['*'] }]);
    expect(await rows(VERSIONS)).toMatchObject({ totalRecords: 0, count: 0, data: [] });
    expect((await rows('resources | project id')).count).toBe(4);
  });

  test('leave out a subscription without a word when there is another one', async () => {
    local.azure.setGrants([{ scope: S, actions: ['*/read'] }]);
    const subscriptions = [FOREIGN, SUBSCRIPTION, '33333333-3333-4333-8333-333333333333'];
    const { data } = await rows('resources | project subscriptionId', { subscriptions });
    expect(new Set(data.map(({ subscriptionId }) => subscriptionId))).toEqual(new Set([SUBSCRIPTION]));
  });

  test('are missed when there is no subscription that the caller has any right in', async () => {
    local.azure.setGrants([{ scope: S, actions: ['*/read'] }]);
    expect(await post('resources', { subscriptions: [FOREIGN] })).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', details: [{ code: 'NoValidSubscriptionsInQueryRequest' }] } },
    });
  });
});

describe('the lag', () => {
  startForEach();

  const shown = async (name: string): Promise<unknown> =>
    (await rows(SNAPSHOTS)).data.find(({ id }) => id === snapshotId(name));

  test('hides what is new, then shows it as it was made', async () => {
    await local.compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
    expect(await shown('snap')).toBeUndefined();
    passMs(LAG_MS - 1);
    expect(await shown('snap')).toBeUndefined();
    passMs(1);
    expect(await shown('snap')).toMatchObject({ properties: { provisioningState: 'Creating' } });
    local.pass(5);
    expect(await shown('snap')).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
  });

  test('goes on showing what is gone', async () => {
    await given.snapshot(local, 'snap');
    local.azure.deleteBehindTheBack(snapshotId('snap'));
    passMs(LAG_MS - 1);
    expect(await shown('snap')).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    passMs(1);
    expect(await shown('snap')).toBeUndefined();
  });

  test('shows a deletion by the caller while it is under way, and what it deleted for a while after', async () => {
    await given.snapshot(local, 'snap');
    passMs(LAG_MS);
    await local.compute.snapshots.delete('rg-images', 'snap').submitted();
    expect(await shown('snap')).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    passMs(LAG_MS);
    expect(await shown('snap')).toMatchObject({ properties: { provisioningState: 'Deleting' } });
    passMs(20_000 - 1);
    expect(await shown('snap')).toBeDefined();
    passMs(1);
    expect(await shown('snap')).toBeUndefined();
  });

  test('shows what was changed as it was before', async () => {
    await given.snapshot(local, 'snap');
    passMs(LAG_MS);
    await local.compute.snapshots.update('rg-images', 'snap', { networkAccessPolicy: 'DenyAll' }).submitted();
    expect(await shown('snap')).toMatchObject({ properties: { networkAccessPolicy: 'AllowAll' } });
    passMs(LAG_MS);
    expect(await shown('snap')).toMatchObject({ properties: { networkAccessPolicy: 'DenyAll' } });
  });

  test('does not hide the world that the simulator began with', async () => {
    expect(idsOf(await rows("resources | where name =~ 'osdisk-gen1'"))).toEqual([diskId('osdisk-gen1')]);
  });

  const byCall = async (lagMs: number): Promise<void> => {
    await Promise.resolve();
    local.azure.setGraphLag(lagMs);
  };
  const byDoor = async (lagMs: number): Promise<void> => {
    expect(await ask(local, 'POST', '/_control/graph-lag', { body: { lagMs } })).toMatchObject({ status: 204 });
  };

  test.each([
    { by: 'a call', set: byCall },
    { by: 'the control door', set: byDoor },
  ])('can be set by $by, and what was shown is not taken back', async ({ set }) => {
    await set(0);
    await given.snapshot(local, 'old');
    expect(await shown('old')).toBeDefined();
    await set(300_000);
    local.azure.deleteBehindTheBack(snapshotId('old'));
    expect(await shown('old')).toBeDefined();
    passMs(299_999);
    expect(await shown('old')).toBeDefined();
    await set(0);
    expect(await shown('old')).toBeUndefined();
  });

  test('is a number of milliseconds', async () => {
    expect(() => local.azure.setGraphLag(-1)).toThrow(RangeError);
    expect(await ask(local, 'POST', '/_control/graph-lag', { body: { lagMs: -1 } })).toMatchObject({ status: 400 });
  });
});

describe('the quota', () => {
  startForEach();

  const quota = async (): Promise<unknown[]> => {
    const { status, headers } = await post('resources | where name == "x" | project id');
    const names = ['x-ms-user-quota-remaining', 'x-ms-user-quota-resets-after', 'retry-after'];
    return [status, ...names.map((name) => headers.get(name))];
  };

  test('is 15 queries in 5 seconds, told with every answer', async () => {
    expect(await quota()).toEqual([200, '14', '00:00:05', null]);
    passMs(1_900);
    for (let left = 13; left >= 0; left -= 1) expect(await quota()).toEqual([200, String(left), '00:00:04', null]);
    expect(await quota()).toEqual([429, '0', '00:00:04', '4']);
    passMs(3_099);
    expect(await quota()).toEqual([429, '0', '00:00:01', '1']);
    passMs(1);
    expect(await quota()).toEqual([200, '14', '00:00:05', null]);
  });

  test('counts queries that are refused, too', async () => {
    const refused = await post('no query');
    expect([refused.status, refused.headers.get('x-ms-user-quota-remaining')]).toEqual([501, '14']);
    for (let query = 1; query < 15; query += 1) await quota();
    expect((await post('resources')).body).toMatchObject({
      error: { code: 'RateLimiting', details: [{ code: 'RateLimiting' }] },
    });
  });
});
