/** The functions that the app registers are those of the README's table, under names that the host takes. */
import { loadApp, type Registration } from './registrations';
import { readmeTable, withoutBackticks } from './readmeTable';

/** Azure Functions host, `Utility.IsValidFunctionName`. */
const VALID_NAME = /^[A-Za-z][\w-]{0,126}$/;

const SETTINGS = {
  ALLOWED_SCOPES: '11111111-1111-4111-8111-111111111111',
  SERVICE_BUS: 'Endpoint=sb://127.0.0.1:5672;UseDevelopmentEmulator=true',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
};

const before = process.env;
afterEach(() => {
  process.env = before;
});

const inOrder = (functions: readonly Registration[]): readonly Registration[] =>
  functions.toSorted((one, other) => one.name.localeCompare(other.name));

it('the README lists every function with its trigger, and no other', () => {
  const listed = readmeTable('functions').map(([name = '', trigger = '']) => ({
    name: withoutBackticks(name),
    trigger,
  }));
  const { functions } = loadApp();
  expect(inOrder(functions)).toEqual(inOrder(listed));
});

it('every function in the README says what it does', () => {
  for (const [name, , does] of readmeTable('functions'))
    expect([name, does]).toEqual([name, expect.stringMatching(/\w/)]);
});

it('names are valid, and unique whatever their case', () => {
  const names = loadApp().functions.map(({ name }) => name);
  expect(names.filter((name) => !VALID_NAME.test(name))).toEqual([]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
});

it('loading the app needs no settings and calls nobody', () => {
  process.env = {};
  expect(loadApp().functions.length).toBeGreaterThan(0);
});

describe('the start of the app', () => {
  it('names everything that is missing in one error', async () => {
    process.env = { BATCH_API_VERSION: 'latest' };
    const app = loadApp();
    const error = await app.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    for (const name of ['ALLOWED_SCOPES', 'SERVICE_BUS__fullyQualifiedNamespace', 'BATCH_API_VERSION']) {
      expect(message).toContain(name);
    }
  });

  it('goes well with the settings of the local stack', async () => {
    process.env = { ...SETTINGS };
    const app = loadApp();
    await expect(app.start()).resolves.toBeUndefined();
  });
});
