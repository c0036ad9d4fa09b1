import type { ServiceBusMessage } from '@azure/service-bus';
import { World } from './world';

const QUEUES = {
  plain: {},
  binary: {},
  held: {},
  sdk: { maxDeliveryCount: 3, lockDurationMs: 30_000 },
  batch: { maxDeliveryCount: 2, lockDurationMs: 30_000 },
  seen: {},
};

let world: World;
beforeAll(async () => {
  world = await World.start({ app: 'queues', queues: QUEUES, env: { PLAIN_QUEUE: 'plain' } });
});
afterAll(() => world.close());

const told = (act: string, message: Partial<ServiceBusMessage> = {}): ServiceBusMessage => ({
  body: 'body',
  applicationProperties: { act },
  ...message,
});

const failureLine = (): string => world.logs.findLast(({ level }) => level === 'error')?.message ?? '';

describe('a queue trigger with sdkBinding', () => {
  it.each([
    { label: 'an object, when the type is JSON', body: { a: 1 }, contentType: 'application/json', seen: { a: 1 } },
    { label: 'text, when no type is given', body: { a: 1 }, contentType: undefined, seen: '{"a":1}' },
    { label: 'text, of any other type', body: { a: 1 }, contentType: 'application/cloudevents+json', seen: '{"a":1}' },
    {
      label: 'text, when JSON was announced and is none',
      body: Buffer.from('{'),
      contentType: 'application/json',
      seen: '{',
    },
    { label: 'text of bytes', body: Buffer.from('héllo'), contentType: 'application/octet-stream', seen: 'héllo' },
  ])('shows $label', async ({ body, contentType, seen }) => {
    await world.send('sdk', told('complete', { body, ...(contentType !== undefined && { contentType }) }));
    expect(await world.take('seen')).toMatchObject([{ body: seen }]);
  });

  it('shows the properties as the library decodes them', async () => {
    const properties = { act: 'complete', BuildId: 'B', tries: 3, urgent: true };
    await world.send('sdk', {
      ...{ body: 'x', messageId: '0123', correlationId: '456', subject: 's', contentType: 'text/plain' },
      applicationProperties: properties,
    });
    const [seen] = await world.take('seen');
    expect(seen).toMatchObject({
      ...{ messageId: '0123', correlationId: '456', subject: 's', contentType: 'text/plain' },
      ...{
        deliveryCount: 1,
        sequenceNumber: expect.any(Number) as number,
        applicationProperties: properties,
        sameLockToken: true,
      },
      // The library reads a text or a number here; AMQP carries a timestamp.
      hasEnqueuedTime: false,
    });
  });

  it.each([
    { act: 'complete', left: { active: 0, locked: 0, deferred: 0, deadLettered: 0 } },
    { act: 'renew', left: { active: 0, locked: 0, deferred: 0, deadLettered: 0 } },
    { act: 'defer', left: { active: 0, locked: 0, deferred: 1, deadLettered: 0 } },
    { act: 'deadletter', left: { active: 0, locked: 0, deferred: 1, deadLettered: 1 } },
    { act: 'abandon', left: { active: 0, locked: 0, deferred: 1, deadLettered: 2 } },
    { act: 'fail', left: { active: 0, locked: 0, deferred: 1, deadLettered: 3 } },
  ])('lets the app $act', async ({ act, left }) => {
    await world.send('sdk', told(act));
    await world.settled();
    expect(world.broker.counts('sdk')).toMatchObject(left);
  });

  it('keeps the reason that the app gave for a dead letter', async () => {
    const [first] = await world.peekDeadLetters('sdk');
    expect(first).toMatchObject({ deadLetterReason: 'Unreadable', deadLetterErrorDescription: 'It says nothing.' });
  });

  it('leaves a message that nobody settled to its lock', async () => {
    await world.send('sdk', told('nothing', { messageId: 'unsettled' }));
    await world.logged("message 'unsettled' of queue 'sdk', delivery 1");
    await world.logged("Executed 'sdkMessage'");
    await world.advance(29_000);
    expect(world.broker.counts('sdk')).toMatchObject({ active: 0, locked: 1 });
    expect(await world.host.status()).toEqual({ idle: true });
    await world.advance(1_000);
    await world.logged("message 'unsettled' of queue 'sdk', delivery 2");
  });

  it.each([
    { act: 'completeTwice', says: 'was settled before' },
    { act: 'releaseSession', says: "UNIMPLEMENTED: This host has no sessions: 'ReleaseSession' is not supported." },
    // A fault of the library, 0.2.0-preview: its types say text, its protocol a wrapped text.
    { act: 'deadletterByText', says: 'deadletterReason: object expected' },
  ])('fails a function that tries $act', async ({ act, says }) => {
    await world.send('sdk', told(act, { messageId: act }));
    await world.logged(says);
    expect(failureLine()).toContain(says);
  });
});
