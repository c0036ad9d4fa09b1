/** Asking for a plan from the command line: what is asked, which answer is taken, what is said, and how it ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Broker, connectionString } from '../../local/bus/broker';
import { PacedClock, SteppedClock } from '../../local/clock';
import { QUEUES } from '../../local/queues';
import { Stack } from '../../local/stack';
import { fingerprint } from '../../shared/domain/names';
import { planned, preflightRefused, refused, type BuildResult } from '../../shared/domain/result';
import { resultEvent } from '../../shared/domain/resultEvent';
import { parseBuildRequest } from '../../shared/messages';
import * as given from '../given/build';
import { runCommand, type Ended } from './runCommand';

const PROJECT = join(__dirname, '../..');
const REQUESTS = 'image-build-requests';
const EVENTS = 'image-pool-events';
/** Its own mode is `build`. */
const GOOD = 'examples/build-16-nodes.json';
const text = readFileSync(join(PROJECT, GOOD), 'utf8');
const parsed = parseBuildRequest(text);
if (!parsed.ok) throw new Error(`${GOOD} is not a request.`);
const asked = parsed.message;
const PLANNED = { ...planned(asked, given.facts(), given.plan()), verdicts: [] };

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const file = join(folder, 'request.json');
  writeFileSync(file, content);
  return file;
}

describe('with an app that the test plays', () => {
  let broker: Broker;
  let bus: string;
  let client: ServiceBusClient;
  beforeEach(async () => {
    broker = new Broker({ clock: new SteppedClock(Date.UTC(2026, 10, 21)), queues: QUEUES });
    bus = connectionString(await broker.listen());
    client = new ServiceBusClient(bus);
  });
  afterEach(async () => {
    await client.close();
    await broker.close();
  });

  const plan = (...args: readonly string[]): Promise<Ended> => runCommand('plan', { SERVICE_BUS: bus }, ...args);

  /** Takes the next question from the queue. */
  async function question(): Promise<ServiceBusReceivedMessage> {
    const receiver = client.createReceiver(REQUESTS, { receiveMode: 'receiveAndDelete' });
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    await receiver.close();
    if (!message) throw new Error('No question came.');
    return message;
  }

  async function answer(result: BuildResult, messageId: string): Promise<void> {
    const event = resultEvent(result, { messageId, fingerprint: fingerprint(asked) }, 0);
    const sender = client.createSender(EVENTS);
    await sender.sendMessages({ body: event, messageId: event.id, correlationId: result.requestId });
    await sender.close();
  }

  async function answered(result: BuildResult, ...args: readonly string[]): Promise<Ended> {
    const ended = plan(GOOD, ...args);
    await answer(result, String((await question()).messageId));
    return ended;
  }

  it('asks for a plan of what the file says, whatever its mode', async () => {
    const ended = plan(GOOD);
    const message = await question();
    await answer(PLANNED, String(message.messageId));
    expect(message).toMatchObject({ contentType: 'application/json' });
    const body: unknown = message.body;
    expect(body).toEqual({ ...(JSON.parse(text) as object), mode: 'plan' });
    expect((await ended).code).toBe(0);
  });

  it('prints the plan for people, without colours where nobody would see them', async () => {
    const { code, out, err } = await answered(PLANNED);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✔ The pool render-pool can be built\.\n\nA build would make\n/);
    expect(out).toContain('  pool        Microsoft.Batch/batchAccounts/');
    expect(out).not.toContain('\u001b');
    expect(broker.counts(EVENTS).active).toBe(1);
  });

  it.each([
    { label: 'paints where colours are asked for', settings: { FORCE_COLOR: '1' }, painted: true },
    { label: 'does not paint where NO_COLOR is set', settings: { NO_COLOR: '1' }, painted: false },
  ])('$label', async ({ settings, painted }) => {
    const ended = runCommand('plan', { SERVICE_BUS: bus, ...settings }, GOOD);
    await answer(PLANNED, String((await question()).messageId));
    expect((await ended).out.includes('\u001b[')).toBe(painted);
  });

  it('--json prints the answer as JSON, and nothing else', async () => {
    const { code, out, err } = await answered(PLANNED, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(PLANNED)));
  });

  const VERDICT = {
    code: 'UnmanagedDisk',
    severity: 'refuse',
    subject: 's',
    message: 'm',
    remedy: 'r',
    source: 's',
  } as const;

  it.each<{ label: string; result: BuildResult; code: number }>([
    {
      label: 'broken rules',
      result: preflightRefused(asked, [{ ...VERDICT, state: 'broken' }]),
      code: 1,
    },
    {
      label: 'rules that could not be checked',
      result: preflightRefused(asked, [{ ...VERDICT, state: 'unknown' }]),
      code: 2,
    },
    { label: 'a survey that failed', result: refused(asked, 'SurveyFailed', 'No.'), code: 2 },
  ])('ends with $code for $label, printed or as JSON', async ({ result, code }) => {
    const printed = await answered(result);
    expect({ code: printed.code, err: printed.err }).toEqual({ code, err: '' });
    expect(printed.out).toMatch(/^[✖?] /);
    expect((await answered(result, '--json')).code).toBe(code);
  });

  it('takes no answer to an earlier question', async () => {
    await answer(refused(asked, 'SurveyFailed', 'Earlier.'), 'earlier');
    expect((await answered(PLANNED)).code).toBe(0);
  });

  it('takes no answer of a build with the same request id, and asks again lest it joined another question', async () => {
    const ended = plan(GOOD);
    const first = await question();
    await answer(refused(asked, 'SurveyFailed', 'Of another.'), 'of-another');
    const second = await question();
    expect(second.messageId).not.toBe(first.messageId);
    await answer(PLANNED, String(second.messageId));
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  it('says why the app cannot use the request', async () => {
    const ended = plan(GOOD);
    const receiver = client.createReceiver(REQUESTS);
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    if (!message) throw new Error('No question came.');
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'UnusableRequest',
      deadLetterErrorDescription: 'image.galleryId: is not on the allow-list',
    });
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `The app cannot use ${GOOD}, and dead-lettered it. UnusableRequest: image.galleryId: is not on the allow-list\n`,
    );
  });

  it('gives up after its timeout, and says what to look at', async () => {
    const { code, out, err } = await plan(GOOD, '--timeout', '1');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('No answer came within 1 s');
    expect(err).toContain('npm start');
  });

  it('says at once that no bus answers', async () => {
    await broker.close();
    const { code, out, err } = await plan(GOOD);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^Could not ask for the plan: .*ECONNREFUSED.*\n.*npm start/);
  });

  it('lists all that is wrong with a bad file, and asks nothing', async () => {
    const file = fileWith(JSON.stringify({ source: { virtualMachineId: 'vm' }, colour: 'red' }));
    const { code, out, err } = await plan(file, '--json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`${file} is not a build request:\n`);
    for (const field of ['source.virtualMachineId', 'image', 'pool', 'colour']) expect(err).toContain(`- ${field}: `);
    expect(broker.counts(REQUESTS).active).toBe(0);
  });

  it.each([
    { label: 'no file', args: [], says: 'Usage: npm run plan -- FILE.json' },
    { label: 'two files', args: [GOOD, GOOD], says: 'Usage: ' },
    { label: 'an option that does not exist', args: [GOOD, '--jsno'], says: 'Usage: ' },
    { label: 'a timeout that is no number', args: [GOOD, '--timeout', 'soon'], says: 'Usage: ' },
    { label: 'a file that is not there', args: [join(folder, 'none.json')], says: 'cannot be read' },
  ])('cannot tell with $label', async ({ args, says }) => {
    const { code, out, err } = await plan(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });
});

describe('with the app itself', () => {
  const state = mkdtempSync(join(tmpdir(), 'plan-stack-'));
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({
      clock: PacedClock.startingNow(),
      appFolder: PROJECT,
      stateFolder: state,
      world: JSON.parse(readFileSync(join(PROJECT, 'local/world.json'), 'utf8')),
      settings: { ALLOWED_SCOPES: given.SUBSCRIPTION, TASK_HUB: 'PlanHub' },
    });
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(state, { recursive: true, force: true });
  });

  const plan = (...args: readonly string[]): Promise<Ended> =>
    runCommand('plan', { SERVICE_BUS: stack.environment['SERVICE_BUS'] ?? '' }, ...args);

  it('shows what a build would make, and makes none of it, as often as it is asked', async () => {
    const before = stack.azure.ids();
    for (let time = 0; time < 2; time += 1) {
      const { code, out, err } = await plan(GOOD);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('Microsoft.Batch/batchAccounts/batchrender/pools/');
      expect(out).toContain('Permissions that the app needs');
    }
    expect(stack.azure.ids()).toEqual(before);
    expect(stack.azure.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('says what speaks against it', async () => {
    const { code, out } = await plan(
      fileWith(JSON.stringify({ ...asked, source: { ...asked.source, generalized: false } })),
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'BuildRefused', reason: 'PreflightRefused' });
    expect(out).toContain('GeneralizedNotAsserted');
  });

  it('says that a request is for what the app may not touch', async () => {
    const foreign = text.replaceAll(given.SUBSCRIPTION, given.OTHER_SUBSCRIPTION);
    const { code, out, err } = await plan(fileWith(foreign));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain("is not on the app's allow-list");
  });
});
