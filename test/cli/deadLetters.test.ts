/** Dead letters from the command line: shown, resubmitted, corrected, deleted; and nothing else touched. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Broker, connectionString } from '../../local/bus/broker';
import { SteppedClock } from '../../local/clock';
import { QUEUES } from '../../local/queues';
import { again, peekDeadLetters } from '../../cli/deadLettersQueue';
import { runCommand, type Ended } from './runCommand';

const QUEUE = 'image-build-requests';
const GOOD = 'examples/build-16-nodes.json';

const folder = mkdtempSync(join(tmpdir(), 'dead-letters-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

const run = (...args: readonly string[]): Promise<Ended> => runCommand('deadLetters', { SERVICE_BUS: bus }, ...args);

/** Puts messages where the app puts those that it cannot use. */
async function deadLettered(...messages: readonly (ServiceBusMessage | typeof VALUE)[]): Promise<void> {
  const sender = client.createSender(QUEUE);
  for (const message of messages) await sender.sendMessages(message);
  const receiver = client.createReceiver(QUEUE);
  for (let left = messages.length; left > 0;) {
    const page = await receiver.receiveMessages(left);
    left -= page.length;
    for (const message of page)
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'UnusableRequest',
        deadLetterErrorDescription: `colour: is not known (${String(message.messageId)})`,
      });
  }
  await receiver.close();
}

/** What waits for the app, its bytes untouched. */
async function waiting(): Promise<readonly ServiceBusReceivedMessage[]> {
  const { active } = broker.counts(QUEUE);
  const receiver = client.createReceiver(QUEUE, { receiveMode: 'receiveAndDelete', skipParsingBodyAsJson: true });
  const taken: ServiceBusReceivedMessage[] = [];
  while (taken.length < active) taken.push(...(await receiver.receiveMessages(active - taken.length)));
  await receiver.close();
  return taken;
}

/** Spaces and all: what is sent again is what was sent. */
const BODY = '{ "colour" :  "red" }';
const letter = (messageId: string, more: Partial<ServiceBusMessage> = {}): ServiceBusMessage => ({
  messageId,
  body: Buffer.from(BODY),
  contentType: 'application/json',
  ...more,
});

/** As a library sends it that knows AMQP and not the convention of bytes. */
const VALUE = { body: 'text', bodyType: 'value', properties: { messageId: 'value' } } as const;

describe('shows', () => {
  it('each with id, time, reason, description and body, and touches none', async () => {
    await deadLettered(letter('first'), letter('second', { correlationId: 'of-second' }));
    const { code, out, err } = await run(QUEUE);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`2 dead letters in ${QUEUE}:`);
    expect(out).toMatch(/^first\n {2}enqueued {4}2026-11-21T00:00:00\.000Z\n {2}reason {6}UnusableRequest\n/m);
    expect(out).toContain('description colour: is not known (first)');
    expect(out).toContain('correlation of-second');
    expect(out).toContain(`\n    ${BODY}`);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 0, locked: 0, deadLettered: 2 });
  });

  it('that there are none', async () => {
    expect(await run(QUEUE)).toEqual({ code: 0, out: `No dead letters in ${QUEUE}.\n`, err: '' });
  });

  it('no more of a body than helps, and no control characters of its sender', async () => {
    await deadLettered(letter('long', { body: Buffer.from(`\u001b[31m${'x'.repeat(5_000)}`) }));
    const { out } = await run(QUEUE);
    expect(out).not.toContain('\u001b');
    expect(out).toContain('·[31mxxx');
    expect(out).toContain('(5005 characters in all)');
    expect(out.length).toBeLessThan(1_500);
  });

  it('more of them than one page has', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `letter-${index}`);
    await deadLettered(...ids.map((id) => letter(id)));
    const { out } = await run(QUEUE);
    for (const id of ids) expect(out).toMatch(new RegExp(`^${id}$`, 'm'));
  });
});

describe('resubmits', () => {
  it('the one that is named, as it was, under a new id; the others stay', async () => {
    const properties = { team: 'rendering' };
    const named = letter('second', { correlationId: 'c', subject: 's', applicationProperties: properties });
    await deadLettered(letter('first'), named, letter('third'));
    const { code, out, err } = await run(QUEUE, '--resubmit', 'second');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(broker.counts(QUEUE)).toMatchObject({ active: 1, locked: 0, deadLettered: 2 });
    const [message] = await waiting();
    expect(message).toMatchObject({ correlationId: 'c', subject: 's', contentType: 'application/json' });
    expect(message?.applicationProperties).toEqual(properties);
    expect(String(message?.body)).toBe(BODY);
    expect(message?.messageId).not.toBe('second');
    expect(out).toBe(`Resubmitted second as message ${String(message?.messageId)}.\n`);
  });

  it('several, and deletes another one, in one go', async () => {
    await deadLettered(letter('a'), letter('b'), letter('c'), letter('d'));
    const { code, out } = await run(QUEUE, '--resubmit', 'a', 'c', '--delete', 'b');
    expect(code).toBe(0);
    expect(out).toMatch(/Resubmitted a as .*\nDeleted b\.\nResubmitted c as /);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 2, deadLettered: 1 });
  });

  it('all, and finds none the second time', async () => {
    await deadLettered(letter('a'), letter('b'));
    expect((await run(QUEUE, '--resubmit-all')).code).toBe(0);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 2, deadLettered: 0 });
    expect(await run(QUEUE, '--resubmit-all')).toMatchObject({ code: 0, err: '' });
    expect(broker.counts(QUEUE).active).toBe(2);
  });

  it('once, when an earlier run was lost between sending it and settling the dead letter', async () => {
    await deadLettered(letter('lost'));
    const [found] = await peekDeadLetters(client, QUEUE);
    if (!found) throw new Error('No dead letter.');
    await client.createSender(QUEUE).sendMessages(again(QUEUE, found, Buffer.from(BODY)));
    expect((await run(QUEUE, '--resubmit', 'lost')).code).toBe(0);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 1, deadLettered: 0 });
  });

  it('a message without bytes only with a body in its place, and gives it back', async () => {
    await deadLettered(letter('first'), VALUE);
    const refused = await run(QUEUE, '--resubmit-all');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('value has no body of bytes');
    expect(broker.counts(QUEUE)).toMatchObject({ active: 1, locked: 0, deadLettered: 1 });
    expect((await run(QUEUE, '--resubmit', 'value', '--with', GOOD)).code).toBe(0);
  });

  it('a corrected body in its place', async () => {
    await deadLettered(letter('wrong', { correlationId: 'c' }));
    const { code } = await run(QUEUE, '--resubmit', 'wrong', '--with', GOOD);
    expect(code).toBe(0);
    const [message] = await waiting();
    expect(String(message?.body)).toBe(readFileSync(join(__dirname, '../..', GOOD), 'utf8'));
    expect(message?.correlationId).toBe('c');
  });

  it('nothing, when the correction is no request either', async () => {
    await deadLettered(letter('wrong'));
    const file = join(folder, 'bad.json');
    writeFileSync(file, BODY);
    const { code, err } = await run(QUEUE, '--resubmit', 'wrong', '--with', file);
    expect(code).toBe(1);
    expect(err).toMatch(/^- colour: /m);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 0, deadLettered: 1 });
  });

  it('those without an id of their own by their number', async () => {
    await deadLettered({ body: Buffer.from(BODY) });
    const shown = await run(QUEUE);
    const name = /^(\S+)\n {2}enqueued/m.exec(shown.out)?.[1] ?? '';
    expect((await run(QUEUE, '--resubmit', name)).code).toBe(0);
    expect(broker.counts(QUEUE)).toMatchObject({ active: 1, deadLettered: 0 });
  });
});

it('one that is named and not there stops it before anything is touched', async () => {
  await deadLettered(letter('first'));
  const { code, out, err } = await run(QUEUE, '--resubmit', 'first', '--delete', 'none');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`Nothing was touched: none is not among the 1 dead letters of ${QUEUE}.`);
  expect(broker.counts(QUEUE)).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
});

it('one that somebody else holds is left to him, and told', async () => {
  await deadLettered(letter('held'), letter('free'));
  const other = client.createReceiver(QUEUE, { subQueueType: 'deadLetter' });
  const [held] = await other.receiveMessages(1);
  const { code, out, err } = await run(QUEUE, '--resubmit-all');
  expect(held?.messageId).toBe('held');
  expect(code).toBe(1);
  expect(out).toContain('Resubmitted free');
  expect(err).toContain('held could not be taken');
  expect(broker.counts(QUEUE)).toMatchObject({ active: 1, deadLettered: 1 });
});

it.each([
  { args: [], says: 'Usage: ' },
  { args: ['no-queue'], says: "no-queue is none of the app's queues" },
  { args: [QUEUE, 'first'], says: 'Usage: ' },
  { args: [QUEUE, '--resubmit'], says: 'resubmit' },
  { args: [QUEUE, '--purge'], says: 'purge' },
  { args: [QUEUE, '--resubmit', 'a', '--delete', 'a'], says: 'not both resubmitted and deleted: a' },
  { args: [QUEUE, '--resubmit-all', '--delete', 'a'], says: 'not both' },
  { args: [QUEUE, '--resubmit-all', '--with', GOOD], says: '--with takes the place of one body' },
  { args: [QUEUE, '--resubmit', 'a', 'b', '--with', GOOD], says: '--with takes the place of one body' },
])('is not misunderstood: $args', async ({ args, says }) => {
  const { code, out, err } = await run(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(says);
});
