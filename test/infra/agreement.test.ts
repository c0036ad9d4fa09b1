/** infra/ and the code agree: queues, settings and events are what the app, its host file and the local stack have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_BUS_CONNECTION } from '../../functions/queues';
import * as queueNames from '../../functions/queues';
import { RESOURCE_EVENTS } from '../../local/eventSubscription';
import { QUEUES } from '../../local/queues';
import { readSettings } from '../../shared/settings';
import { loadApp } from '../functions/registrations';
import {
  bicepFile,
  Expression,
  PROJECT,
  resourcesOf,
  textOf,
  valueAt,
  valueOf,
  type BicepFile,
  type Declared,
  type Value,
} from './bicep';

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;

/** Of an ISO 8601 duration, as far as infra/ needs it. */
function milliseconds(value: Value): number {
  const [, days = '0', hours = '0', minutes = '0'] = (typeof value === 'string' && DURATION.exec(value)) || [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
}

function texts(value: Value): readonly string[] {
  if (!Array.isArray(value)) throw new Error(`Not a list: ${JSON.stringify(value)}`);
  return value.map(textOf);
}

describe('the queues', () => {
  let queues: ReadonlyMap<string, Declared>;
  beforeAll(async () => {
    const declared = resourcesOf(await bicepFile('app/serviceBus.bicep'), 'Microsoft.ServiceBus/namespaces/queues');
    queues = new Map(declared.map((queue) => [textOf(valueAt(queue, 'name')), queue]));
  });

  it('are those of the code and of the local stack', () => {
    const { IMAGE_BUILD_REQUESTS, RESOURCE_EVENTS, IMAGE_POOL_EVENTS } = queueNames;
    expect([...queues.keys()].sort()).toEqual([IMAGE_BUILD_REQUESTS, IMAGE_POOL_EVENTS, RESOURCE_EVENTS].sort());
    expect([...queues.keys()].sort()).toEqual(Object.keys(QUEUES).sort());
  });

  it('are there for every trigger of the app', () => {
    const listened = loadApp().functions.flatMap(
      ({ trigger }) => /^Service Bus queue `(.+)`$/.exec(trigger)?.[1] ?? [],
    );
    expect(listened.length).toBeGreaterThan(0);
    expect(listened.filter((name) => !queues.has(name))).toEqual([]);
  });

  it.each(Object.entries(QUEUES))('%s is set as in the local stack', (name, options) => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`infra/ has no queue ${name}.`);
    const property = (key: string): Value => valueAt(queue, 'properties', key);
    expect({
      lockDurationMs: milliseconds(property('lockDuration')),
      maxDeliveryCount: property('maxDeliveryCount'),
      timeToLiveMs: milliseconds(property('defaultMessageTimeToLive')),
      deadLetterOnExpiration: property('deadLetteringOnMessageExpiration'),
      duplicateDetectionMs: milliseconds(property('duplicateDetectionHistoryTimeWindow')),
    }).toEqual(options);
    expect(property('requiresDuplicateDetection')).toBe(true);
  });

  it('are all watched for dead letters', async () => {
    const [alert] = resourcesOf(await bicepFile('watch/alerts.bicep'), 'Microsoft.Insights/metricAlerts');
    const criteria = alert && valueAt(alert, 'properties', 'criteria', 'allOf');
    expect(criteria).toMatchObject([{ dimensions: [{ name: 'EntityName', values: Object.keys(QUEUES) }] }]);
  });
});

describe('the settings', () => {
  const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

  /** What a deployment puts in for what the module computes or is given. */
  const GIVEN: Readonly<Record<string, string>> = {
    storageAccountName: 'stexample',
    identityClientId: '22222222-2222-4222-8222-222222222222',
    serviceBusHost: 'sb-example.servicebus.windows.net',
    insightsConnectionString: 'InstrumentationKey=none',
    "join(scopes, ',')": `${SUBSCRIPTION},/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`,
    taskHub: 'ImagePools',
    nodeArguments: '--enable-source-maps',
    "'ClientId=${identityClientId};Authorization=AAD'": 'ClientId=example;Authorization=AAD',
  };

  let app: BicepFile;
  let environment: Record<string, string>;
  beforeAll(async () => {
    app = await bicepFile('app/functionApp.bicep');
    const node = app.variables.get('settings');
    const entries = Object.entries(node ? (valueOf(node) ?? {}) : {}) as [string, Value][];
    environment = Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        value instanceof Expression ? (GIVEN[value.text] ?? `no example of ${value.text}`) : textOf(value),
      ]),
    );
  });

  it('are enough for the app to start', () => {
    expect(Object.values(environment).filter((value) => value.startsWith('no example of'))).toEqual([]);
    expect(readSettings(environment)).toMatchObject({
      allowedScopes: [{ subscriptionId: SUBSCRIPTION }, { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg' }],
      serviceBus: { fullyQualifiedNamespace: 'sb-example.servicebus.windows.net' },
      storage: { blobServiceUri: 'https://stexample.blob.core.windows.net' },
    });
  });

  it.each(['ALLOWED_SCOPES', 'SERVICE_BUS__fullyQualifiedNamespace', 'AzureWebJobsStorage__accountName'])(
    'would not be without %s',
    (name) => {
      const { [name]: left, ...others } = environment;
      expect(left).toBeDefined();
      expect(() => readSettings(others)).toThrow(name);
    },
  );

  it('have what host.json puts in by name', () => {
    const host = readFileSync(join(PROJECT, 'host.json'), 'utf8');
    const names = [...host.matchAll(/%(\w+)%/g)].map(([, name = '']) => name);
    expect(names).toContain('TASK_HUB');
    expect(names.filter((name) => !(name in environment))).toEqual([]);
  });

  it.each([SERVICE_BUS_CONNECTION, 'AzureWebJobsStorage'])('reach %s with the identity', (connection) => {
    expect(environment[`${connection}__credential`]).toBe('managedidentity');
    expect(environment[`${connection}__clientId`]).toBe(environment['AZURE_CLIENT_ID']);
  });

  it('pause every trigger of the app, and nothing that is under way', () => {
    const triggers = loadApp().functions.filter(({ trigger }) => !['orchestration', 'activity'].includes(trigger));
    const node = app.variables.get('pauses');
    const names = triggers.map(({ name }) => `AzureWebJobs.${name}.Disabled`);
    expect(Object.keys(node ? (valueOf(node) ?? {}) : {}).sort()).toEqual(names.sort());
    expect(names).toContain('AzureWebJobs.imageBuildRequested.Disabled');
  });

  it('leave the runtime to Flex Consumption, which takes it from the resource', () => {
    const [site] = resourcesOf(app, 'Microsoft.Web/sites');
    expect(site && valueAt(site, 'properties', 'functionAppConfig', 'runtime', 'name')).toBe('node');
    expect(Object.keys(environment)).not.toContain('FUNCTIONS_WORKER_RUNTIME');
  });
});

describe('the events', () => {
  let filter: Value;
  let types: readonly string[];
  let operations: readonly string[];
  beforeAll(async () => {
    const file = await bicepFile('events/eventSubscription.bicep');
    const [subscription] = resourcesOf(file, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    if (!subscription) throw new Error('infra/ has no event subscription.');
    types = texts(valueAt(subscription, 'properties', 'filter', 'includedEventTypes'));
    filter = valueAt(subscription, 'properties', 'filter', 'advancedFilters');
    operations = Array.isArray(filter) ? texts((filter[0] as { readonly values: Value }).values) : [];
  });

  /** Every type that the local subscription names in its source, written and deleted. */
  const source = readFileSync(join(PROJECT, 'local/eventSubscription.ts'), 'utf8');
  const named = [...source.matchAll(/'(Microsoft\.(?:Compute|Batch|Storage|Resources)\/[\w/]+)'/g)].map(
    ([, type = '']) => type,
  );
  const possible = [...named, 'Microsoft.Compute/virtualMachines'].flatMap((type) => [
    `${type}/write`,
    `${type}/delete`,
  ]);

  it('are filtered by one list of operations, within the limit of Event Grid', () => {
    expect(filter).toMatchObject([{ operatorType: 'StringIn', key: 'data.operationName' }]);
    expect(operations.length).toBeLessThanOrEqual(25);
    expect(new Set(operations).size).toBe(operations.length);
  });

  it('are those that the local stack delivers, of writes and of deletions', () => {
    const eventType = 'Microsoft.Resources.ResourceDeleteSuccess';
    const delivered = possible.filter((operationName) =>
      RESOURCE_EVENTS.delivers({ eventType, data: { operationName } }),
    );
    expect([...operations].sort()).toEqual(delivered.sort());
    const [data] = operations.map((operationName) => ({ operationName }));
    expect(types.filter((type) => !RESOURCE_EVENTS.delivers({ eventType: type, data }))).toEqual([]);
    expect(types).toEqual(['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess']);
  });
});
