import * as fc from 'fast-check';
import { parseBuildRequest } from '../../shared/messages';
import { fingerprint } from '../../shared/domain/names';
import type { BuildRequest } from '../../shared/domain/request';
import * as given from '../given/build';

const problemsOf = (body: unknown): readonly string[] => {
  const parsed = parseBuildRequest(body);
  return parsed.ok ? [] : parsed.problems;
};

/** The given request with one field set; `at` is its path. */
function withField(at: string, value: unknown): unknown {
  const [first = '', ...rest] = at.split('.');
  const set = (into: unknown, key: string, [next, ...more]: readonly string[]): unknown => {
    const here: Record<string, unknown> = { ...(into as object) };
    return { ...here, [key]: next === undefined ? value : set(here[key], next, more) };
  };
  return set(given.request(), first, rest);
}

const EVERYTHING: BuildRequest = {
  requestId: 'nightly:2026-03-04.a_b',
  mode: 'build',
  source: { virtualMachineId: given.VM, generalized: true },
  image: {
    ...{ resourceGroup: 'rg-images', name: 'render', galleryId: given.GALLERY, route: 'direct' },
    regions: [{ name: 'westeurope', replicas: 3 }, { name: 'uksouth' }],
    osState: 'Generalized',
    identifier: { publisher: 'contoso', offer: 'render', sku: 'gpu' },
  },
  pool: {
    batchAccountId: given.ACCOUNT,
    name: 'render-pool',
    properties: given.poolProperties({
      metadata: [{ name: 'team', value: 'render' }],
      startTask: { commandLine: 'x', nested: [{ deeply: null }] },
      applicationPackages: [],
    }),
    acceptAtLeast: '99.5%',
    existing: 'grow',
  },
  keepOnFailure: false,
};

const identifier = (publisher: number, offer: number, sku: number) => ({
  publisher: 'p'.repeat(publisher),
  offer: 'o'.repeat(offer),
  sku: 's'.repeat(sku),
});

describe('a good request', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const text = JSON.stringify(EVERYTHING);
  it.each([
    { label: 'an object', body: EVERYTHING },
    { label: 'text', body: text },
    { label: 'indented text', body: JSON.stringify(EVERYTHING, null, 2) },
    { label: 'bytes', body: bytes(text) },
    { label: 'a buffer', body: Buffer.from(text) },
    { label: 'bytes behind a byte order mark', body: bytes(`\ufeff${text}`) },
  ])('is read from $label', ({ body }) => {
    expect(parseBuildRequest(body)).toEqual({ ok: true, message: EVERYTHING });
  });

  it('is read from text behind a byte order mark', () => {
    expect(parseBuildRequest(`\ufeff${text}`)).toEqual({ ok: true, message: EVERYTHING });
  });

  it.each([
    { label: 'the least that one can say', request: given.request({ requestId: undefined }) },
    { label: 'what the preflight refuses later', request: given.request({ source: { generalized: false } }) },
    { label: 'nothing about generalizing', request: given.request({ source: { generalized: undefined } }) },
    {
      label: 'the retired route, which has no gallery',
      request: given.request({ image: { route: 'managedImage', galleryId: undefined } }),
    },
    { label: 'how many nodes are enough', request: given.request({ pool: { acceptAtLeast: 12 } }) },
    { label: 'that no node at all is enough', request: given.request({ pool: { acceptAtLeast: 0 } }) },
    { label: 'which share of them is enough', request: given.request({ pool: { acceptAtLeast: '100.0%' } }) },
    { label: 'that no pool may stand', request: given.request({ pool: { existing: 'refuse' } }) },
    { label: 'a pool that scales by formula', request: given.request({ pool: { properties: given.formulaPool() } }) },
    {
      label: 'identities of the pool',
      request: given.request({
        pool: { identity: { type: 'UserAssigned', userAssignedIdentities: { [given.id('rg', 'x/y/z')]: {} } } },
      }),
    },
    {
      label: 'the longest identifier that Azure takes',
      request: given.request({ image: { identifier: identifier(128, 64, 64) } }),
    },
  ])('may say $label', ({ request }) => {
    const message: unknown = JSON.parse(JSON.stringify(request));
    expect(parseBuildRequest(request)).toEqual({ ok: true, message });
  });

  it.each([
    { label: 'a slash behind', write: (id: string) => `${id}/` },
    { label: 'slashes behind', write: (id: string) => `${id}//` },
    { label: 'blanks around', write: (id: string) => ` ${id}\n` },
    { label: 'a slash and a blank behind', write: (id: string) => `${id}/ ` },
  ])('may write its ids with $label: they lose it', ({ write }) => {
    const sent = given.request({
      source: { virtualMachineId: write(given.VM) },
      image: { galleryId: write(given.GALLERY) },
      pool: { batchAccountId: write(given.ACCOUNT) },
    });
    expect(parseBuildRequest(sent)).toEqual({ ok: true, message: given.request() });
  });
});

describe('a bad request', () => {
  const armId = (type: string, example: string) =>
    `must be the resource id of a ${type}, such as /subscriptions/ID/resourceGroups/GROUP/providers/${example}`;
  const vmId = `source.virtualMachineId: ${armId('Microsoft.Compute/virtualMachines', 'Microsoft.Compute/virtualMachines/VM')}`;
  const requestId = 'requestId: must be 1 to 128 letters, digits, . _ : -, not digits only';
  const imageName = 'image.name: must be 1 to 80 letters, digits, ., _ or -, beginning with a letter or digit';
  const poolName = 'pool.name: must be 1 to 64 letters, digits, _ or -';
  const duration =
    'pool.properties.scaleSettings.fixedScale.resizeTimeout: must be an ISO 8601 duration, such as PT30M';
  const replicas = 'image.regions.0.replicas';

  it.each<{ label: string; body: unknown; problems: readonly string[] }>([
    { label: 'no text at all', body: '', problems: ['message: not JSON'] },
    { label: 'text that is not JSON', body: 'hello', problems: ['message: not JSON'] },
    { label: 'half a request', body: JSON.stringify(given.request()).slice(0, 99), problems: ['message: not JSON'] },
    { label: 'bytes that are not text', body: Uint8Array.of(0xff, 0xfe, 0), problems: ['message: not JSON'] },
    { label: 'nothing', body: undefined, problems: ['message: is required'] },
    { label: 'null', body: 'null', problems: ['message: must be of type object, not null'] },
    { label: 'a list', body: '[]', problems: ['message: must be of type object, not array'] },
    { label: 'JSON in JSON', body: '"{}"', problems: ['message: must be of type object, not string'] },
    {
      label: 'an empty object',
      body: {},
      problems: ['source', 'image', 'pool'].map((field) => `${field}: is required`),
    },
    { label: 'a request id of digits only', body: withField('requestId', '12345'), problems: [requestId] },
    { label: 'an empty request id', body: withField('requestId', ''), problems: [requestId] },
    { label: 'a request id with a slash', body: withField('requestId', 'a/b'), problems: [requestId] },
    { label: 'a request id of 129 characters', body: withField('requestId', 'a'.repeat(129)), problems: [requestId] },
    {
      label: 'an unknown mode',
      body: withField('mode', 'destroy'),
      problems: ['mode: must be one of build, plan'],
    },
    { label: 'a VM by its name', body: withField('source.virtualMachineId', 'vm-render'), problems: [vmId] },
    {
      label: 'a disk instead of a VM',
      body: withField('source.virtualMachineId', given.diskId('os')),
      problems: [vmId],
    },
    {
      label: 'a word for yes',
      body: withField('source.generalized', 'yes'),
      problems: ['source.generalized: must be of type boolean, not string'],
    },
    {
      label: 'a resource group by its id',
      body: withField('image.resourceGroup', '/subscriptions/x/resourceGroups/y'),
      problems: ['image.resourceGroup: must be the name of a resource group'],
    },
    {
      label: 'a resource group that ends in a dot',
      body: withField('image.resourceGroup', 'rg.'),
      problems: ['image.resourceGroup: must be the name of a resource group'],
    },
    { label: 'an image name with a blank', body: withField('image.name', 'my image'), problems: [imageName] },
    { label: 'an image name of 81 characters', body: withField('image.name', 'a'.repeat(81)), problems: [imageName] },
    {
      label: 'a gallery by its name',
      body: withField('image.galleryId', 'gal'),
      problems: [`image.galleryId: ${armId('Microsoft.Compute/galleries', 'Microsoft.Compute/galleries/GALLERY')}`],
    },
    {
      label: 'no region in its list',
      body: withField('image.regions', []),
      problems: ['image.regions: Too small: expected array to have >=1 items'],
    },
    {
      label: '101 replicas',
      body: withField('image.regions', [{ name: 'westeurope', replicas: 101 }]),
      problems: [`${replicas}: Too big: expected number to be <=100`],
    },
    {
      label: 'half a replica',
      body: withField('image.regions', [{ name: 'westeurope', replicas: 1.5 }]),
      problems: [`${replicas}: must be a whole number`],
    },
    {
      label: 'a specialized image',
      body: withField('image.osState', 'Specialized'),
      problems: ['image.osState: must be one of Generalized'],
    },
    {
      label: 'an identifier that is too long in every part',
      body: withField('image.identifier', identifier(129, 65, 65)),
      problems: [
        'image.identifier.publisher: Too big: expected string to have <=128 characters',
        'image.identifier.offer: Too big: expected string to have <=64 characters',
        'image.identifier.sku: Too big: expected string to have <=64 characters',
      ],
    },
    {
      label: 'identities of no type',
      body: withField('pool.identity', { userAssignedIdentities: {} }),
      problems: ['pool.identity.type: is required'],
    },
    { label: 'a pool name with a dot', body: withField('pool.name', 'a.b'), problems: [poolName] },
    { label: 'a pool name of 65 characters', body: withField('pool.name', 'a'.repeat(65)), problems: [poolName] },
    {
      label: 'a pool without a size',
      body: withField('pool.properties.vmSize', undefined),
      problems: ['pool.properties.vmSize: is required'],
    },
    {
      label: 'a pool without an agent',
      body: withField('pool.properties.deploymentConfiguration', {}),
      problems: ['pool.properties.deploymentConfiguration.virtualMachineConfiguration: is required'],
    },
    {
      label: 'a timeout that is no duration',
      body: withField('pool.properties.scaleSettings', { fixedScale: { resizeTimeout: '30 minutes' } }),
      problems: [duration],
    },
    {
      label: 'fewer than no nodes',
      body: withField('pool.properties.scaleSettings', { fixedScale: { targetDedicatedNodes: -1 } }),
      problems: ['pool.properties.scaleSettings.fixedScale.targetDedicatedNodes: Too small: expected number to be >=0'],
    },
    ...[-1, 1.5, '90', '101%', '100.1%', '-5%', '90 %', true, null].map((acceptAtLeast) => ({
      label: `enough nodes that are ${JSON.stringify(acceptAtLeast)}`,
      body: withField('pool.acceptAtLeast', acceptAtLeast),
      problems: ['pool.acceptAtLeast: must be a whole number of nodes, or a share of the target, such as "90%"'],
    })),
    {
      label: 'an unknown way with a pool that stands',
      body: withField('pool.existing', 'replace'),
      problems: ['pool.existing: must be one of refuse, grow'],
    },
    {
      label: 'several things at once',
      body: { ...given.request({ requestId: '1', pool: { name: '' } }), generalised: true, mode: 'x' },
      problems: [requestId, 'mode: must be one of build, plan', poolName, 'generalised: unknown field'],
    },
  ])('with $label is told so', ({ body, problems }) => {
    expect(problemsOf(body)).toEqual(problems);
  });
});

describe('whatever comes', () => {
  it('is answered, never thrown at', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.jsonValue(),
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 500 }),
    );
    fc.assert(
      fc.property(anything, (body) => {
        const parsed = parseBuildRequest(body);
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is answered also when a good request is broken at one place', () => {
    const places = ['source', 'image', 'pool', 'image.galleryId', 'pool.properties', 'pool.properties.metadata'];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (at, value) => {
        const parsed = parseBuildRequest(withField(at, value));
        if (!parsed.ok) expect(parsed.problems.every((problem) => problem.startsWith(at))).toBe(true);
      }),
    );
  });

  it('comes back as it was when it is accepted, by every way', () => {
    const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z])?$/);
    const extra = fc.dictionary(name, fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(name, name, extra, fc.boolean(), (poolName, imageName, more, keepOnFailure) => {
        const properties = { ...more, ...given.poolProperties({ startTask: more }) };
        const sent = given.request({ keepOnFailure, image: { name: imageName }, pool: { name: poolName, properties } });
        const message: unknown = JSON.parse(JSON.stringify(sent));
        for (const body of [message, JSON.stringify(sent), Buffer.from(JSON.stringify(sent))]) {
          expect(parseBuildRequest(body)).toEqual({ ok: true, message });
        }
      }),
    );
  });

  it.each([
    { label: 'the request', into: '' },
    { label: 'its source', into: 'source' },
    { label: 'its image', into: 'image' },
    { label: 'the identifier', into: 'image.identifier' },
    { label: 'a region', into: 'image.regions.1' },
    { label: 'its pool', into: 'pool' },
    { label: 'a metadata item', into: 'pool.properties.metadata.0' },
  ])('has every unknown field of $label named', ({ into }) => {
    const path = into === '' ? [] : into.split('.');
    // Fields that the schema knows at one place or another.
    const known = new Set(
      'requestId mode source image pool keepOnFailure virtualMachineId generalized resourceGroup name galleryId route regions osState identifier publisher offer sku replicas batchAccountId properties identity value acceptAtLeast existing'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((key) => !known.has(key)),
        fc.jsonValue(),
        (key, value) => {
          const body = structuredClone(EVERYTHING);
          const target = path.reduce<object>((at, step) => Reflect.get(at, step) as object, body);
          // Not by assignment: `__proto__` is a field like any other in JSON.
          Object.defineProperty(target, key, { value, enumerable: true });
          expect(problemsOf(body)).toEqual([`${[...path, key].join('.')}: unknown field`]);
          expect(problemsOf(JSON.stringify(body))).toEqual([`${[...path, key].join('.')}: unknown field`]);
        },
      ),
    );
  });

  it('may be large', () => {
    const garbage = 'x'.repeat(256 * 1_024);
    expect(problemsOf(garbage)).toEqual(['message: not JSON']);
    expect(problemsOf(withField(garbage, 1))).toEqual([`${garbage}: unknown field`]);
    expect(problemsOf(withField('pool.properties.startTask', { commandLine: garbage }))).toEqual([]);
  });

  // 120 KB are enough; everything that walks the request later (fingerprint, JSON.stringify) runs out of stack.
  it('is refused when it is nested deeper than the app can follow', () => {
    const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    const body = JSON.stringify(withField('pool.properties.deep', 1)).replace('"deep":1', `"deep":${deep}`);
    const parsed = parseBuildRequest(body);
    if (parsed.ok) fingerprint(parsed.message);
    expect(parsed.ok).toBe(false);
  });
});
