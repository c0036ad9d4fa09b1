/** Which answers prove that something is gone: a 404 of Azure Resource Manager's own, and nothing else. */
import * as fc from 'fast-check';
import { fail, succeed, type FailureKind } from '../../../shared/domain/outcome';
import { guardFact, liveImages, type OnFault } from '../../../shared/azure/imageReader';
import { SurveyFault } from '../../../shared/azure/readFact';
import { DEFINITION, id, OTHER_SUBSCRIPTION } from '../../given/build';
import { readWatchedPool } from '../../../shared/azure/watchedPools';
import * as given from '../../given/guard';
import { scriptedArm, type Answer } from '../../given/scriptedArm';
import { accountId, SUBSCRIPTION as SIMULATED } from '../../local/arm/localAzure';
import { startCloud, type Cloud } from './cloud';

const { MANAGED, SNAPSHOT, VERSION_ID, VHDS } = given;

const error = (status: number, code?: string, message = 'No.'): Answer => ({
  status,
  ...(code === undefined ? {} : { body: { error: { code, message } } }),
});
const asking = (answer: Answer | ((nth: number) => Answer), onFault: OnFault = 'leaveUnknown') => {
  const { arm, asked } = scriptedArm((_, nth) => (typeof answer === 'function' ? answer(nth) : answer));
  return { images: liveImages(arm, onFault), asked };
};

it.each(['ResourceNotFound', 'NotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound'])(
  'a 404 of code %s is proof, for everything that a pool stands on',
  async (code) => {
    const { images } = asking(error(404, code));
    const facts = [
      await images.version(VERSION_ID),
      await images.image(MANAGED),
      await images.definition(DEFINITION),
      await images.versionsOf(DEFINITION),
      await images.source(SNAPSHOT),
      await images.source(VHDS),
    ];
    for (const fact of facts) expect(fact).toEqual({ read: 'missing' });
  },
);

it.each([
  { label: 'a 404 without a code, as from a proxy', answer: error(404), read: 'failed' },
  { label: 'a subscription that is not found', answer: error(404, 'SubscriptionNotFound'), read: 'failed' },
  { label: 'a namespace that is not known', answer: error(404, 'InvalidResourceNamespace'), read: 'failed' },
  { label: 'a type that is not known here', answer: error(404, 'InvalidResourceType'), read: 'failed' },
  { label: 'an API version that is not known here', answer: error(400, 'NoRegisteredProviderFound'), read: 'failed' },
  { label: 'a missing right', answer: error(403, 'AuthorizationFailed'), read: 'forbidden' },
  { label: 'a token that is not taken', answer: error(401, 'InvalidAuthenticationToken'), read: 'failed' },
  { label: 'a fault', answer: error(500, 'InternalServerError'), read: 'failed' },
  { label: 'a fault that passes', answer: error(503), read: 'failed' },
  { label: 'a conflict', answer: error(409, 'AnotherOperationInProgress'), read: 'failed' },
  { label: 'an answer that is not understood', answer: { body: { id: 7 } }, read: 'failed' },
  { label: 'an answer without a body', answer: { status: 204 }, read: 'failed' },
])('$label proves nothing', async ({ answer, read }) => {
  const { images } = asking(answer);
  expect(await images.version(VERSION_ID)).toMatchObject({ read });
  expect(await images.versionsOf(DEFINITION)).toMatchObject({ read });
});

it('throttling ends the reading, so that it is done again', async () => {
  const { images } = asking({ status: 429, headers: { 'retry-after': '17' } });
  await expect(images.version(VERSION_ID)).rejects.toBeInstanceOf(SurveyFault);
  await expect(images.versionsOf(DEFINITION)).rejects.toMatchObject({ failure: { retryAfterMs: 17_000 } });
});

it.each([500, 503, 401, 408])(
  'a fault that passes (%s) ends the reading where nothing may be left unknown',
  async (status) => {
    const { images } = asking(error(status), 'endReading');
    await expect(images.version(VERSION_ID)).rejects.toMatchObject({ failure: { kind: 'unavailable' } });
    await expect(images.versionsOf(DEFINITION)).rejects.toBeInstanceOf(SurveyFault);
  },
);

it('a refusal is the same for both: asking again would not help', async () => {
  const { images } = asking(error(403, 'AuthorizationFailed'), 'endReading');
  expect(await images.version(VERSION_ID)).toMatchObject({ read: 'forbidden' });
});

it('whatever fails, only a 404 is missing', () => {
  const kinds = fc.constantFrom<FailureKind>(
    'throttled',
    'unavailable',
    'conflict',
    'notFound',
    'forbidden',
    'rejected',
  );
  const codes = fc.oneof(fc.constantFrom('ResourceNotFound', 'NotFound', 'OutsideAllowList', 'Http404'), fc.string());
  fc.assert(
    fc.property(kinds, codes, (kind, code) => {
      if (kind === 'throttled') return;
      const { read } = guardFact(fail({ kind, code, message: 'No.' }), 'Microsoft.Example/things/read');
      if (kind !== 'notFound') expect(read).not.toBe('missing');
      expect(read).not.toBe('found');
    }),
  );
  expect(guardFact(succeed(7), '')).toEqual({ read: 'found', value: 7 });
});

describe('what is there', () => {
  it('is read, each by the API version of its type', async () => {
    const version = {
      id: VERSION_ID,
      location: 'westeurope',
      properties: { storageProfile: { source: { id: MANAGED } } },
    };
    const { images, asked } = asking({ body: version });
    expect(await images.version(VERSION_ID)).toEqual({
      read: 'found',
      value: given.version({ regions: ['westeurope'] }),
    });
    await images.source(SNAPSHOT);
    await images.source(VHDS);
    expect(asked.map(({ url }) => [url.pathname, url.searchParams.get('api-version')])).toEqual([
      [VERSION_ID, '2025-03-03'],
      [SNAPSHOT, '2025-01-02'],
      [VHDS, '2023-05-01'],
    ]);
  });

  it('is asked for once, however often and in whatever spelling', async () => {
    const { images, asked } = asking({ body: { id: SNAPSHOT } });
    const answers = await Promise.all([
      images.source(SNAPSHOT),
      images.source(`${SNAPSHOT.toUpperCase()}/`),
      images.source(SNAPSHOT),
    ]);
    expect(asked).toHaveLength(1);
    expect(answers.map(({ read }) => read)).toEqual(['found', 'found', 'found']);
    await images.definition(`${DEFINITION}-2`);
    await images.versionsOf(`${DEFINITION}-2`);
    expect(asked).toHaveLength(3);
  });

  it('is listed over all pages', async () => {
    const page = (name: string, more: object) => ({
      body: { value: [{ id: `${DEFINITION}/versions/${name}`, properties: {} }], ...more },
    });
    const nextLink = `https://management.azure.com${DEFINITION}/versions?api-version=2025-03-03&$skiptoken=2`;
    const { images, asked } = asking((nth) =>
      nth === 1 ? page('1.0.0', { nextLink }) : page('2.0.0', { nextLink: null }),
    );
    const versions = await images.versionsOf(DEFINITION);
    expect(versions).toMatchObject({
      read: 'found',
      value: [{ id: `${DEFINITION}/versions/1.0.0` }, { id: `${DEFINITION}/versions/2.0.0` }],
    });
    expect(asked).toHaveLength(2);
  });

  it('is not known when the second page fails', async () => {
    const nextLink = `https://management.azure.com${DEFINITION}/versions?page=2`;
    const { images } = asking((nth) => (nth === 1 ? { body: { value: [], nextLink } } : error(500)));
    expect(await images.versionsOf(DEFINITION)).toEqual({ read: 'failed', message: expect.any(String) as unknown });
  });
});

it.each(['https://rendervhds.blob.core.windows.net/vhds/os.vhd', given.COMMUNITY, '/subscriptions/../x', 'render-1'])(
  'what is no resource of a type that can be looked up is not known: %s',
  async (source) => {
    const { images, asked } = asking({});
    expect(await images.source(source)).toEqual({
      read: 'failed',
      message: `${source} is of no type that the app can look up`,
    });
    expect(asked).toEqual([]);
  },
);

describe('a pool', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(() => cloud.close());

  const POOL = `${accountId('batchrender')}/pools/no-such-pool`;
  const readPool = () => readWatchedPool(cloud.arm, POOL, 'westeurope');

  it('that Azure Resource Manager does not know is gone', async () => {
    expect(await readPool()).toMatchObject({ ok: false, failure: { kind: 'notFound' } });
  });

  it.each(['SubscriptionNotFound', 'InvalidResourceType', 'Http404'])(
    'is not gone by a 404 of code %s: its findings stay, and it is looked at again',
    async (code) => {
      cloud.azure.faults.add({ kind: 'answer', status: 404, path: POOL, code });
      expect(await readPool()).toMatchObject({ ok: false, failure: { kind: 'unavailable', status: 404 } });
    },
  );

  it('outside of the allow-list is not asked for, nor is an image', async () => {
    const elsewhere = POOL.replace(SIMULATED, OTHER_SUBSCRIPTION);
    expect(await readWatchedPool(cloud.arm, elsewhere, '')).toMatchObject({ failure: { code: 'OutsideAllowList' } });
    const image = id('rg-images', 'Microsoft.Compute/images/render-1', OTHER_SUBSCRIPTION);
    expect(await liveImages(cloud.arm, 'leaveUnknown').image(image)).toEqual({ read: 'outside' });
  });
});
