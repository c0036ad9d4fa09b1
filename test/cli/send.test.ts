/** Sending a request from the command line: what is sent, what is said, and how it ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Broker, connectionString } from '../../local/bus/broker';
import { SteppedClock } from '../../local/clock';
import { QUEUES } from '../../local/queues';
import { runSend } from './runSend';

const REQUESTS = 'image-build-requests';
const EVENTS = 'image-pool-events';
const GOOD = 'examples/build-16-nodes.json';
const example: unknown = JSON.parse(readFileSync(join(__dirname, '../..', GOOD), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'send-'));
afterAll(() => rmSync(folder, { recursive: true }));

let broker: Broker;
let bus: string;
beforeEach(async () => {
  broker = new Broker({ clock: new SteppedClock(Date.UTC(2026, 10, 21)), queues: QUEUES });
  bus = connectionString(await broker.listen());
});
afterEach(() => broker.close());

function fileWith(text: string): string {
  const file = join(folder, 'request.json');
  writeFileSync(file, text);
  return file;
}

async function theMessage(): Promise<ServiceBusReceivedMessage> {
  const client = new ServiceBusClient(bus);
  const receiver = client.createReceiver(REQUESTS, { receiveMode: 'receiveAndDelete' });
  const [message, ...more] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 1_000 });
  await client.close();
  if (!message || more.length > 0) throw new Error(`Expected one message, found ${more.length + (message ? 1 : 0)}.`);
  return message;
}

/** Three things wrong at three places. */
const BAD = { source: { virtualMachineId: 'vm' }, colour: 'red', keepOnFailure: 'no' };

it('a good file becomes one message, and the sender learns how to follow it', async () => {
  const { code, out, err } = await runSend(bus, GOOD);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const message = await theMessage();
  expect(message).toMatchObject({ body: example, contentType: 'application/json' });
  expect(out).toContain(`Sent ${GOOD} as message ${String(message.messageId)}.`);
  expect(out).toContain('render-16-nodes');
  expect(out).toMatch(/instance {2}build-[0-9a-f]{32}/);
});

it.each([
  { file: 'examples/guard/audit.json', instance: /instance {2}audit-answer-/, answer: 'audit-by-hand' },
  { file: 'examples/guard/snooze.json', instance: /instance {2}snooze-/, answer: undefined },
])('$file is sent as it is, and the sender learns how to follow it', async ({ file, instance, answer }) => {
  const { code, out, err } = await runSend(bus, file);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect((await theMessage()).body).toEqual(JSON.parse(readFileSync(join(__dirname, '../..', file), 'utf8')));
  expect(out).toMatch(instance);
  if (answer === undefined) expect(out).not.toContain('correlation id');
  else expect(out).toContain(`request   ${answer} (correlation id of the answer on queue image-pool-events)`);
});

it('a bad file is not sent, and everything that is wrong with it is listed', async () => {
  const file = fileWith(JSON.stringify(BAD));
  const { code, out, err } = await runSend(bus, file);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`${file} is not a request`);
  for (const field of ['source.virtualMachineId', 'image', 'pool', 'keepOnFailure', 'colour']) {
    expect(err).toMatch(new RegExp(`^- ${field.replace('.', '\\.')}: `, 'm'));
  }
  expect(broker.counts(REQUESTS).active).toBe(0);
});

it('a file that is not JSON is not sent', async () => {
  const { code, err } = await runSend(bus, fileWith('{'));
  expect(code).toBe(1);
  expect(err).toContain('- message: not JSON');
  expect(broker.counts(REQUESTS).active).toBe(0);
});

it.each(['{', JSON.stringify(BAD)])('--as-is sends even what the app will not take: %s', async (text) => {
  const { code, err } = await runSend(bus, fileWith(text), '--as-is');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  // The receiving client parses a body that is JSON.
  const body: unknown = (await theMessage()).body;
  expect(Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body)).toBe(text);
});

it('without a file it says how it is used', async () => {
  const { code, out, err } = await runSend(bus);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Usage: npm run send -- FILE.json');
});

it('when no bus answers it says so at once, with a hint', async () => {
  await broker.close();
  const { code, err } = await runSend(bus, GOOD);
  expect(code).toBe(1);
  expect(err).toContain('Could not send: ');
  expect(err).toContain('ECONNREFUSED');
  expect(err).toContain('npm start');
}, 10_000);

it('a file that is not there is told as such, without a hint at the bus', async () => {
  const { code, err } = await runSend(bus, join(folder, 'none.json'));
  expect({ code, hints: err.includes('npm start') }).toEqual({ code: 1, hints: false });
});

it('an option that does not exist is answered with the usage', async () => {
  const { code, err } = await runSend(bus, GOOD, '--wiat');
  expect({ code, usage: err.includes('Usage: ') }).toEqual({ code: 2, usage: true });
});

describe('--wait', () => {
  const answer = (outcome: string, requestId = 'render-16-nodes'): ServiceBusMessage => ({
    messageId: `${outcome}-${requestId}`,
    correlationId: requestId,
    contentType: 'application/cloudevents+json',
    body: {
      specversion: '1.0',
      id: `${outcome}-${requestId}`,
      source: '/batch-image-pools',
      type: `BatchImagePools.${outcome}`,
      subject: '/pools/p',
      time: '2026-11-21T08:00:00.000Z',
      data: { requestId, outcome },
    },
  });

  async function tell(...events: ServiceBusMessage[]): Promise<void> {
    const client = new ServiceBusClient(bus);
    await client.createSender(EVENTS).sendMessages(events);
    await client.close();
  }

  /** Runs the command, and answers as soon as the request is there. */
  async function answered(...events: ServiceBusMessage[]): ReturnType<typeof runSend> {
    const ended = runSend(bus, GOOD, '--wait');
    const over = ended.then(() => true);
    const turn = (): Promise<boolean> => new Promise((resolve) => setImmediate(() => resolve(false)));
    while (broker.counts(REQUESTS).active === 0 && !(await Promise.race([over, turn()])));
    await tell(...events);
    return ended;
  }

  it.each([
    { outcome: 'BuildSucceeded', code: 0 },
    { outcome: 'BuildPlanned', code: 0 },
    { outcome: 'BuildRefused', code: 1 },
    { outcome: 'BuildFailed', code: 1 },
  ])('prints the answer, and ends with $code after $outcome', async ({ outcome, code }) => {
    const ended = await answered(answer('BuildFailed', 'of-somebody-else'), answer(outcome));
    expect(ended).toMatchObject({ code, err: '' });
    expect(ended.out).toContain(`"type": "BatchImagePools.${outcome}"`);
  });

  it('takes nothing from the queue, and no answer to an earlier request', async () => {
    await tell({ ...answer('BuildFailed'), messageId: 'earlier' });
    const ended = await answered(answer('BuildSucceeded'));
    expect(ended.code).toBe(0);
    expect(broker.counts(EVENTS).active).toBe(2);
  });
});
