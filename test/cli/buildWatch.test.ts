/** Watching a build: one view for each change, until the build has ended. */
import { createServer, type Server } from 'node:http';
import { watchBuild, type BuildView } from '../../cli/buildWatch';

interface Answer {
  readonly status?: number;
  readonly body?: object;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Gives these answers one after the other, the last one for ever. */
async function answering(...answers: readonly Answer[]): Promise<{ url: string; paths: readonly string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const { status = 200, body = {} } = answers[Math.min(paths.length, answers.length - 1)] ?? {};
    paths.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, paths };
}

const at = (phase: string, waitingFor: readonly object[] = []): object => ({
  phase,
  since: '2026-11-21T08:00:00.000Z',
  waitingFor,
});
/** As the durable API answers: fields without a value are null. */
const living = (runtimeStatus: string, customStatus: object | null = null): Answer => ({
  body: { runtimeStatus, customStatus, output: null },
});
const running = (customStatus: object): Answer => living('Running', customStatus);
const ended = (runtimeStatus: string): Answer => ({ body: { runtimeStatus, customStatus: at('done'), output: {} } });

async function viewsOf(url: string): Promise<readonly BuildView[]> {
  const views: BuildView[] = [];
  for await (const view of watchBuild(url, 'build-1')) views.push(view);
  return views;
}

it('waits for the instance, shows each change once, and ends with it', async () => {
  const snapshots = at('snapshots', [{ name: 'snap-os', progress: 'Creating' }, { name: 'snap-data' }]);
  const survey = running(at('survey'));
  const { url, paths } = await answering(
    { status: 404 },
    living('Pending'),
    survey,
    survey,
    running(snapshots),
    ended('Completed'),
  );
  expect(await viewsOf(url)).toEqual([
    { runtimeStatus: 'Pending' },
    { runtimeStatus: 'Running', progress: at('survey') },
    { runtimeStatus: 'Running', progress: snapshots },
    { runtimeStatus: 'Completed', progress: at('done') },
  ]);
  expect(new Set(paths)).toEqual(new Set(['/runtime/webhooks/durabletask/instances/build-1']));
});

it.each(['Completed', 'Failed', 'Terminated', 'Canceled'])('ends when the build is %s', async (status) => {
  const { url } = await answering(ended(status));
  expect((await viewsOf(url)).map(({ runtimeStatus }) => runtimeStatus)).toEqual([status]);
});

it.each(['Pending', 'Suspended', 'ContinuedAsNew'])('goes on while the build is %s', async (status) => {
  const { url } = await answering(living(status), ended('Completed'));
  expect(await viewsOf(url)).toHaveLength(2);
});

it('says that the host went away, instead of waiting for ever', async () => {
  const { url } = await answering(running(at('survey')));
  const views = watchBuild(url, 'build-1');
  await views.next();
  const [server] = servers.splice(0);
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(views.next()).rejects.toThrow(
    `The Functions host at ${url} gave no answer when asked about build-1: connect ECONNREFUSED`,
  );
});

/** A clock on which every look takes so many seconds. */
const ticking = (seconds: number): (() => number) => {
  let nowMs = 0;
  return () => (nowMs += seconds * 1000);
};

it('gives up on a build that does not begin, as one whose request was dead-lettered', async () => {
  const { url, paths } = await answering({ status: 404 });
  await expect(watchBuild(url, 'build-1', ticking(20)).next()).rejects.toThrow(
    'Build build-1 did not begin within 60 s: the app did not take the request, or put it on the dead-letter queue of image-build-requests',
  );
  expect(paths).toHaveLength(3);
});

it('gives up on a build that does not end', async () => {
  const { url, paths } = await answering(running(at('pool')));
  const views = watchBuild(url, 'build-1', ticking(60));
  expect((await views.next()).value).toMatchObject({ runtimeStatus: 'Running' });
  await expect(views.next()).rejects.toThrow('Build build-1 did not end within 3 minutes.');
  expect(paths).toHaveLength(3);
});
