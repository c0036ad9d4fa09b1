import { auditSchedule, readSettings } from '../../shared/settings';
import * as given from '../given/build';

const good = {
  ALLOWED_SCOPES: given.SUBSCRIPTION,
  SERVICE_BUS__fullyQualifiedNamespace: 'bus.servicebus.windows.net',
  AzureWebJobsStorage__accountName: 'imagepools',
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    const [head = '', ...problems] = (error instanceof Error ? error.message : '').split('\n- ');
    expect(head).toMatch(/^The app's settings are not usable \(see .+\):$/);
    return problems;
  }
}

const SCOPES_REQUIRED = 'ALLOWED_SCOPES is required: subscription ids or resource group ids, separated by commas';
const NO_SCOPES = 'ALLOWED_SCOPES must name at least one subscription or resource group';
const BUS_REQUIRED =
  'SERVICE_BUS__fullyQualifiedNamespace is required (or SERVICE_BUS, a connection string, for the local stack)';
const BUS_TWICE =
  'SERVICE_BUS and SERVICE_BUS__fullyQualifiedNamespace must not both be set: the trigger and the app would use different ones';
const STORAGE_REQUIRED =
  "AzureWebJobsStorage__accountName is required: the name of the app's own storage account (or AzureWebJobsStorage__blobServiceUri and __tableServiceUri)";
const VERSION_WRONG = 'BATCH_API_VERSION must be an API version, such as 2025-06-01';

describe('the settings', () => {
  it('need little in Azure', () => {
    expect(readSettings(good)).toEqual({
      allowedScopes: [{ subscriptionId: given.SUBSCRIPTION }],
      serviceBus: { fullyQualifiedNamespace: 'bus.servicebus.windows.net' },
      armEndpoint: 'https://management.azure.com',
      armScope: 'https://management.azure.com/.default',
      batchApiVersion: '2025-06-01',
      batchScope: 'https://batch.core.windows.net/.default',
      batchDataApiVersion: '2025-06-01',
      armTimeoutSeconds: 60,
      nodesPerReplica: 300,
      mostUnusablePercent: 20,
      shallowMostNodes: 10,
      managedImageApiVersion: '2019-08-01',
      storage: {
        blobServiceUri: 'https://imagepools.blob.core.windows.net',
        tableServiceUri: 'https://imagepools.table.core.windows.net',
      },
      imageEndDays: 30,
      supportEndDays: 90,
      historyDays: 30,
    });
  });

  it('can all be set', () => {
    const env = {
      ALLOWED_SCOPES: ` ${given.SUBSCRIPTION} , /subscriptions/${given.OTHER_SUBSCRIPTION}/resourceGroups/rg, `,
      SERVICE_BUS: 'Endpoint=sb://localhost;UseDevelopmentEmulator=true',
      ARM_ENDPOINT: 'https://localhost:8443/',
      ARM_SCOPE: 'https://localhost/.default',
      ARM_TIMEOUT_SECONDS: '5',
      BATCH_API_VERSION: '2026-01-01-preview',
      BATCH_SCOPE: 'https://batch.example/.default',
      BATCH_DATA_API_VERSION: '2024-07-01.20.0',
      NODES_PER_REPLICA: '50',
      MOST_UNUSABLE_PERCENT: '2.5',
      SHALLOW_MOST_NODES: '0',
      MANAGED_IMAGE_API_VERSION: '2020-03-01',
      IMAGE_END_DAYS: '0',
      SUPPORT_END_DAYS: '365',
      HISTORY_DAYS: '15',
      AUDIT_SCHEDULE: '0 */5 * * * *',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    };
    expect(readSettings(env)).toEqual({
      allowedScopes: [
        { subscriptionId: given.SUBSCRIPTION },
        { subscriptionId: given.OTHER_SUBSCRIPTION, resourceGroup: 'rg' },
      ],
      serviceBus: { connectionString: 'Endpoint=sb://localhost;UseDevelopmentEmulator=true' },
      armEndpoint: 'https://localhost:8443',
      armScope: 'https://localhost/.default',
      batchApiVersion: '2026-01-01-preview',
      batchScope: 'https://batch.example/.default',
      batchDataApiVersion: '2024-07-01.20.0',
      armTimeoutSeconds: 5,
      nodesPerReplica: 50,
      mostUnusablePercent: 2.5,
      shallowMostNodes: 0,
      managedImageApiVersion: '2020-03-01',
      storage: { connectionString: 'UseDevelopmentStorage=true' },
      imageEndDays: 0,
      supportEndDays: 365,
      historyDays: 15,
    });
  });

  it('know storage by its service URIs, as in other clouds, and of one service by the name of the account', () => {
    const uris = {
      AzureWebJobsStorage__blobServiceUri: 'https://pools.blob.core.chinacloudapi.cn',
      AzureWebJobsStorage__tableServiceUri: 'https://pools.table.core.chinacloudapi.cn',
    };
    expect(readSettings({ ...good, AzureWebJobsStorage__accountName: undefined, ...uris }).storage).toEqual({
      blobServiceUri: 'https://pools.blob.core.chinacloudapi.cn',
      tableServiceUri: 'https://pools.table.core.chinacloudapi.cn',
    });
  });

  it('say when audits are due, every hour when nothing is said', () => {
    expect(auditSchedule({})).toBe('0 23 * * * *');
    expect(auditSchedule({ AUDIT_SCHEDULE: '0 */5 * * * *' })).toBe('0 */5 * * * *');
  });
});

describe('the one error', () => {
  it.each([
    { label: 'no scope', env: { ...good, ALLOWED_SCOPES: undefined }, problems: [SCOPES_REQUIRED] },
    { label: 'scopes that are only commas', env: { ...good, ALLOWED_SCOPES: ' , ,' }, problems: [NO_SCOPES] },
    {
      label: 'no Service Bus',
      env: { ...good, SERVICE_BUS__fullyQualifiedNamespace: undefined },
      problems: [BUS_REQUIRED],
    },
    {
      label: 'no storage',
      env: { ...good, AzureWebJobsStorage__accountName: undefined },
      problems: [STORAGE_REQUIRED],
    },
    {
      label: 'storage of which only one service is known',
      env: {
        ...good,
        AzureWebJobsStorage__accountName: undefined,
        AzureWebJobsStorage__blobServiceUri: 'https://pools.blob.core.windows.net',
      },
      problems: [STORAGE_REQUIRED],
    },
    {
      label: 'storage with a key of Azure',
      env: { ...good, AzureWebJobsStorage: 'DefaultEndpointsProtocol=https;AccountName=pools;AccountKey=k' },
      problems: ['AzureWebJobsStorage is for the local stack only; in Azure storage is reached with an identity'],
    },
    {
      label: 'a history that ends before a message may come again',
      env: { ...good, HISTORY_DAYS: '14' },
      problems: ['HISTORY_DAYS must be a whole number of days from 15 to 3650'],
    },
    {
      label: 'a schedule without seconds',
      env: { ...good, AUDIT_SCHEDULE: '23 * * * *' },
      problems: ['AUDIT_SCHEDULE must be an NCRONTAB expression of six fields, such as 0 23 * * * *'],
    },
    ...['-1', '1.5', '3651', 'soon', ''].map((text) => ({
      label: `days before the end that are "${text}"`,
      env: { ...good, IMAGE_END_DAYS: text, SUPPORT_END_DAYS: text },
      problems: ['IMAGE_END_DAYS', 'SUPPORT_END_DAYS'].map(
        (name) => `${name} must be a whole number of days from 0 to 3650`,
      ),
    })),
    {
      label: 'each scope that is none',
      env: { ...good, ALLOWED_SCOPES: `rg-a,${given.SUBSCRIPTION},${given.VM}` },
      problems: [
        'ALLOWED_SCOPES "rg-a" is neither a subscription id nor the id of a resource group',
        `ALLOWED_SCOPES "${given.VM}" is neither a subscription id nor the id of a resource group`,
      ],
    },
    {
      label: 'an endpoint without TLS',
      env: { ...good, ARM_ENDPOINT: 'http://management.azure.com' },
      problems: ['ARM_ENDPOINT must be an https URL'],
    },
    {
      label: 'a connection string that holds a key of Azure',
      env: {
        ...good,
        SERVICE_BUS__fullyQualifiedNamespace: undefined,
        SERVICE_BUS: 'Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=k',
      },
      problems: ['SERVICE_BUS is for the local stack only; in Azure the bus is reached with an identity'],
    },
    {
      label: 'both ways to Service Bus',
      env: { ...good, SERVICE_BUS: 'Endpoint=sb://localhost;UseDevelopmentEmulator=true' },
      problems: [BUS_TWICE],
    },
    {
      label: 'both ways to Service Bus, one of them with a key of Azure',
      env: { ...good, SERVICE_BUS: 'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=k' },
      problems: ['SERVICE_BUS is for the local stack only; in Azure the bus is reached with an identity', BUS_TWICE],
    },
    {
      label: 'a time-out that is no number',
      env: { ...good, ARM_TIMEOUT_SECONDS: 'soon' },
      problems: ['ARM_TIMEOUT_SECONDS must be a number of seconds from 1 to 200'],
    },
    {
      label: 'no time at all for an answer',
      env: { ...good, ARM_TIMEOUT_SECONDS: '0' },
      problems: ['ARM_TIMEOUT_SECONDS must be a number of seconds from 1 to 200'],
    },
    {
      label: 'a time-out that outlasts the function',
      env: { ...good, ARM_TIMEOUT_SECONDS: '201' },
      problems: ['ARM_TIMEOUT_SECONDS must be a number of seconds from 1 to 200'],
    },
    { label: 'a version that is none', env: { ...good, BATCH_API_VERSION: 'latest' }, problems: [VERSION_WRONG] },
    {
      label: 'a data plane version that is none',
      env: { ...good, BATCH_DATA_API_VERSION: 'v1' },
      problems: ['BATCH_DATA_API_VERSION must be an API version, such as 2025-06-01'],
    },
    ...['0', '301', '49.5', '', 'many'].map((text) => ({
      label: `nodes of a replica that are "${text}"`,
      env: { ...good, NODES_PER_REPLICA: text },
      problems: ['NODES_PER_REPLICA must be a whole number of nodes from 1 to 300'],
    })),
    ...['-1', '100.5', '', '20%'].map((text) => ({
      label: `unusable nodes that are "${text}"`,
      env: { ...good, MOST_UNUSABLE_PERCENT: text },
      problems: ['MOST_UNUSABLE_PERCENT must be a percentage from 0 to 100'],
    })),
    ...['-1', '301', '1.5', ''].map((text) => ({
      label: `nodes of pools on shallow versions that are "${text}"`,
      env: { ...good, SHALLOW_MOST_NODES: text },
      problems: ['SHALLOW_MOST_NODES must be a whole number of nodes from 0 to 300'],
    })),
    {
      label: 'an API version for managed images that is none',
      env: { ...good, MANAGED_IMAGE_API_VERSION: '2019' },
      problems: ['MANAGED_IMAGE_API_VERSION must be an API version, such as 2019-08-01'],
    },
    {
      label: 'several at once',
      env: { ...good, ALLOWED_SCOPES: undefined, ARM_ENDPOINT: 'x', BATCH_API_VERSION: 'y' },
      problems: [SCOPES_REQUIRED, 'ARM_ENDPOINT must be an https URL', VERSION_WRONG],
    },
  ])('names $label', ({ env, problems }) => {
    expect(problemsOf(env)).toEqual(problems);
  });

  // zod leaves out the check of a whole object when one of its fields is wrong.
  it('names the missing Service Bus also when another setting is wrong', () => {
    expect(problemsOf({})).toEqual([SCOPES_REQUIRED, BUS_REQUIRED, STORAGE_REQUIRED]);
  });
});
