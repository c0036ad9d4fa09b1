import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ServiceBusClient } from '@azure/service-bus';
import { create_container } from 'rhea';
import { generate } from 'selfsigned';
import { Broker, connectionString } from '../../../local/bus/broker';
import { SteppedClock } from '../../../local/clock';
import { bodiesOf, closeAll, keep, NO_RENEWAL, startLoopback, takeOne } from './loopback';

afterEach(closeAll);

async function given() {
  const loopback = await startLoopback({ requests: {}, events: {} });
  return { ...loopback, client: loopback.client() };
}

describe('Peeking', () => {
  it('shows what is there without taking it, and goes on where it was', async () => {
    const { client, broker } = await given();
    await client.createSender('requests').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const receiver = client.createReceiver('requests');
    expect(bodiesOf(await receiver.peekMessages(2))).toEqual([1, 2]);
    expect(bodiesOf(await receiver.peekMessages(5))).toEqual([3]);
    expect(await receiver.peekMessages(5)).toEqual([]);
    expect(broker.counts('requests')).toMatchObject({ active: 3, locked: 0 });
  });
});

describe('The broker refuses, and says why,', () => {
  it('a queue that it does not have', async () => {
    const { client } = await given();
    const refusal = { code: 'MessagingEntityNotFound', message: /'nope' could not be found.*requests, events/ };
    await expect(client.createSender('nope').sendMessages({ body: 1 })).rejects.toMatchObject(matching(refusal));
    await expect(client.createReceiver('nope').receiveMessages(1)).rejects.toMatchObject(matching(refusal));
    await expect(client.createReceiver('nope').peekMessages(1)).rejects.toMatchObject(matching(refusal));
  });

  it('subscriptions of topics', async () => {
    const { client } = await given();
    await expect(client.createReceiver('news', 'mine').receiveMessages(1)).rejects.toThrow(/does not support topics/);
  });

  it('rules of subscriptions', async () => {
    const { client } = await given();
    await expect(client.createRuleManager('news', 'mine').createRule('r', { sqlExpression: '1=1' })).rejects.toThrow(
      /does not support topics/,
    );
  });

  it('a management operation that it does not have', async () => {
    const { port } = await given();
    const reply = await request(port, 'requests/$management', { operation: 'com.microsoft:add-rule', body: {} });
    expect(reply).toMatchObject({ statusCode: 501, errorCondition: 'amqp:not-implemented' });
    expect(reply).toHaveProperty('statusDescription', expect.stringMatching(/does not support .*add-rule/));
  });

  it('a management request that it cannot read', async () => {
    const { port } = await given();
    const reply = await request(port, 'requests/$management', {
      operation: 'com.microsoft:peek-message',
      body: { 'message-count': 'many' },
    });
    expect(reply).toMatchObject({ statusCode: 400, errorCondition: 'amqp:invalid-field' });
    expect(reply).toHaveProperty('statusDescription', expect.stringMatching(/message-count/));
  });

  it('to send to a dead-letter queue', async () => {
    const { client } = await given();
    await expect(client.createSender('requests/$DeadLetterQueue').sendMessages({ body: 1 })).rejects.toThrow(
      /does not support sending to a dead-letter queue/,
    );
  });

  it('to put into a queue that it does not have', async () => {
    const { broker } = await given();
    expect(() => broker.put('nope', { body: '' })).toThrow(/no queue 'nope'/);
  });
});

describe('Over TLS', () => {
  it('a client with a token credential sends and receives', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, cert]);
    try {
      const broker = keep(new Broker({ clock: new SteppedClock(0), queues: { requests: {} } }));
      const [plainPort, port] = [await broker.listen(), await broker.listen({ tls: { key, cert } })];
      const scopes: unknown[] = [];
      const credential = {
        getToken: async (scope: unknown) => {
          scopes.push(scope);
          return Promise.resolve({ token: 'anything', expiresOnTimestamp: Date.now() + 3_600_000 });
        },
      };
      const customEndpointAddress = `sb://localhost:${port}`;
      const secure = keep(new ServiceBusClient('local.servicebus.windows.net', credential, { customEndpointAddress }));
      await secure.createSender('requests').sendMessages({ body: 'over TLS' });
      const plain = keep(new ServiceBusClient(connectionString(plainPort)));
      expect(await takeOne(plain.createReceiver('requests', NO_RENEWAL))).toMatchObject({ body: 'over TLS' });
      expect(scopes.flat()).toContain('https://servicebus.azure.net//.default');
    } finally {
      setDefaultCACertificates(trusted);
    }
  });
});

const matching = ({ code, message }: { code: string; message: RegExp }) => ({
  code,
  message: expect.stringMatching(message) as unknown,
});

/** What the client library has no call for, asked over its own protocol. */
async function request(
  port: number,
  address: string,
  { operation, body }: { operation: string; body: unknown },
): Promise<unknown> {
  const connection = create_container().connect({ port, host: '127.0.0.1', reconnect: false });
  const reply = await new Promise<unknown>((resolve) => {
    const replies = connection.open_receiver({ source: address, target: 'me' });
    replies.on('message', ({ message }: { message: { application_properties: unknown } }) => {
      resolve(message.application_properties);
    });
    const requests = connection.open_sender({ target: { address } });
    requests.once('sendable', () =>
      requests.send({ message_id: '1', reply_to: 'me', application_properties: { operation }, body }),
    );
  });
  const closed = new Promise((resolve) => connection.once('connection_close', resolve));
  connection.close();
  await closed;
  return reply;
}
