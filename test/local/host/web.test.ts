import { World } from './world';

let world: World;
beforeAll(async () => {
  const env = { SCHEDULE: '0 */5 * * * *', 'AzureWebJobs.switchedOff.Disabled': 'true' };
  world = await World.start({ app: 'web', env });
});
afterAll(() => world.close());

const call = (path: string, init?: RequestInit): Promise<Response> => fetch(world.host.url + path, init);

describe('an HTTP trigger', () => {
  it('hands over method, parameters, query, headers and body, and answers what the function returns', async () => {
    const response = await call('/api/hello/ada/3?q=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-asked': 'yes' },
      body: '{"a":1}',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-method')).toBe('POST');
    expect(await response.json()).toEqual({
      params: { name: 'ada', times: '3' },
      query: '1',
      body: { a: 1 },
      header: 'yes',
    });
  });

  it.each([
    { path: '/api/hello/ada', answer: { params: { name: 'ada' }, query: null, body: null, header: null } },
    { path: '/api/hello/ada%20l', answer: { params: { name: 'ada l' }, query: null, body: null, header: null } },
  ])('matches optional and encoded segments: $path', async ({ path, answer }) => {
    expect(await (await call(path)).json()).toEqual(answer);
  });

  it.each([
    { path: '/api/hello/exact', answer: 'exact' },
    { path: '/api/hello/a/b/c', answer: 'rest a/b/c' },
  ])('prefers the most specific route: $path', async ({ path, answer }) => {
    expect(await (await call(path)).text()).toBe(answer);
  });

  it.each([
    { label: 'a function that returns nothing', path: '/api/nothing', status: 204 },
    { label: 'a function that throws', path: '/api/broken', status: 500 },
    { label: 'a path without a function', path: '/api/nowhere', status: 404 },
    { label: 'a disabled function', path: '/api/switchedOff', status: 404 },
  ])('answers $status for $label', async ({ path, status }) => {
    expect((await call(path)).status).toBe(status);
  });
});

describe('the Event Grid web hook', () => {
  const hook = '/runtime/webhooks/EventGrid?functionName=resourcechanged';
  const post = (path: string, body: unknown, type = 'Notification'): Promise<Response> =>
    call(path, { method: 'POST', headers: { 'aeg-event-type': type }, body: JSON.stringify(body) });

  it('answers the validation handshake', async () => {
    const response = await post(hook, [{ id: '1', data: { validationCode: 'abc' } }], 'SubscriptionValidation');
    expect(await response.json()).toEqual({ validationResponse: 'abc' });
  });

  it('answers the handshake of CloudEvents', async () => {
    const response = await call(hook, { method: 'OPTIONS', headers: { 'webhook-request-origin': 'azure.test' } });
    expect(response.headers.get('webhook-allowed-origin')).toBe('azure.test');
  });

  it('runs the function once per event', async () => {
    const events = ['1', '2'].map((id) => ({ id, subject: 's', data: { name: `image-${id}` } }));
    expect((await post(hook, events)).status).toBe(202);
    await world.logged('got 1 image-1 image-1');
    await world.logged('got 2 image-2 image-2');
  });

  it.each([
    {
      label: 'a failing function, so that the event comes again',
      path: hook,
      body: { subject: 'poison' },
      status: 500,
    },
    { label: 'a function that takes no events', path: hook.replace('resourcechanged', 'hello'), body: [], status: 404 },
    { label: 'a body that is no event', path: hook, body: 7, status: 400 },
  ])('answers $status for $label', async ({ path, body, status }) => {
    expect((await post(path, body)).status).toBe(status);
  });
});

describe('the admin API', () => {
  it('lists the functions that are switched on', async () => {
    const listed: unknown = await (await call('/admin/functions')).json();
    expect(listed).toContainEqual(expect.objectContaining({ name: 'everyFiveMinutes' }));
    expect(listed).not.toContainEqual(expect.objectContaining({ name: 'switchedOff' }));
  });

  it('runs a timer by hand', async () => {
    expect((await call('/admin/functions/everyFiveMinutes', { method: 'POST', body: '{}' })).status).toBe(202);
    await world.logged('TICK');
    await world.settled();
  });

  it.each([
    { label: 'a function without a timer', path: '/admin/functions/hello', method: 'POST', status: 400 },
    { label: 'an unknown function', path: '/admin/functions/nobody', method: 'POST', status: 404 },
    { label: 'another method', path: '/admin/functions/everyFiveMinutes', method: 'PUT', status: 405 },
  ])('answers $status for $label', async ({ path, method, status }) => {
    expect((await call(path, { method })).status).toBe(status);
  });
});

describe('the log', () => {
  it('carries the invocation of every line of a function', async () => {
    await call('/api/nothing');
    await world.logged("Executed 'nothing'", 2);
    const [executing, after] = world.logs.filter((entry) => entry.function === 'nothing').slice(-3);
    expect(after).toMatchObject({ category: 'user', message: 'after hook', invocationId: executing?.invocationId });
  });

  it('keeps what the app prints out of the log', () => {
    expect(world.console).toContain('printed by the app');
  });
});
