/** A Service Bus-compatible broker for queues, over AMQP 1.0 on loopback. */

import type { Server, Socket } from 'node:net';
import { create_container, type Connection, type Container, type EventContext } from 'rhea';
import type { Clock } from '../clock';
import { deadLetterKey, queueKey } from './addresses';
import { takeArrival } from './arrivals';
import { ClientLinks } from './clientLinks';
import { put } from './enqueueing';
import { LiveQueue } from './liveQueue';
import { answerPromptly } from './promptAnswers';
import { rulesOf, type QueueOptions } from './queueOptions';
import { countsOf, emptyQueue, type Counts } from './queueState';
import { isHalfWay } from './rheaInside';
import { verdictHandlers } from './verdicts';
import { draftOfPlain, type PlainMessage } from './wireMessage';

/** Premium takes up to 100 MB where allowed, Standard 256 KB: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024;

const HOST = '127.0.0.1';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly queues: Readonly<Record<string, QueueOptions>>;
  readonly maxMessageBytes?: number;
}

export interface ListenOptions {
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export class Broker {
  readonly #queues = new Map<string, LiveQueue>();
  readonly #links: ClientLinks;
  readonly #container: Container;
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();

  constructor({ clock, queues, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES }: BrokerOptions) {
    for (const [name, options] of Object.entries(queues)) this.#add(name, options, clock);
    this.#links = new ClientLinks({
      find: (name) => this.#queues.get(queueKey(name)),
      names: () => Object.keys(queues),
    });
    this.#container = create_container({
      id: 'local-service-bus',
      // Else each small answer waits for the client's delayed acknowledgement (see promptAnswers.ts).
      tcp_no_delay: true,
      receiver_options: { max_message_size: maxMessageBytes, autoaccept: false },
      // Else rhea reports a deferred or abandoned message as released.
      sender_options: { treat_modified_as_released: false },
    });
    this.#answerClients({ maxMessageBytes });
  }

  /** Listens on loopback, and answers with the port; call it twice for plain TCP and for TLS. */
  async listen({ port = 0, tls }: ListenOptions = {}): Promise<number> {
    const server = tls
      ? this.#container.listen({ port, host: HOST, transport: 'tls', ...tls })
      : this.#container.listen({ port, host: HOST });
    this.#servers.add(server);
    for (const event of ['connection', 'secureConnection']) server.on(event, (socket: Socket) => this.#keep(socket));
    for (const queue of this.#queues.values()) queue.deliver();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', () => {
        const address = server.address();
        if (address !== null && typeof address === 'object') resolve(address.port);
      });
    });
  }

  /** Drops every client; messages stay, and another `listen` goes on with them. */
  async close(): Promise<void> {
    const closed = [...this.#servers].map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers.clear();
    // With an error, because rhea stops its heartbeats when a socket fails, and not when it merely closes.
    for (const socket of this.#sockets) socket.destroy(new Error('The local broker was closed.'));
    await Promise.all(closed);
    for (const queue of this.#queues.values()) queue.stop();
  }

  /** Puts a message without a client. */
  put(queueName: string, message: PlainMessage): void {
    this.#named(queueName).act((queue, nowMs) => put(queue, draftOfPlain(message), nowMs));
  }

  counts(queueName: string): Counts {
    return this.#named(queueName).act(countsOf);
  }

  /** True when no message is locked, none can be handed to a waiting client, and nothing is half sent. */
  isIdle(): boolean {
    if ([...this.#sockets].some(({ writableLength }) => writableLength > 0)) return false;
    if ([...this.#connections].some(isHalfWay)) return false;
    return [...this.#queues.values()].every((queue) => queue.isIdle());
  }

  #add(name: string, options: QueueOptions, clock: Clock): void {
    const queue = new LiveQueue(emptyQueue(name, rulesOf(options)), clock);
    this.#queues.set(queueKey(name), queue);
    if (queue.deadLetters !== undefined) this.#queues.set(deadLetterKey(name), queue.deadLetters);
  }

  #named(name: string): LiveQueue {
    const queue = this.#queues.get(queueKey(name));
    if (queue === undefined) throw new Error(`The local broker has no queue '${name}'; name it in its option queues.`);
    return queue;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #answerClients(limits: { readonly maxMessageBytes: number }): void {
    const links = this.#links;
    const isOver = (context: EventContext): void => {
      links.forget({ connection: context.connection });
      this.#connections.delete(context.connection);
    };
    const handlers: Readonly<Record<string, (context: EventContext) => void>> = {
      connection_open: ({ connection }) => {
        this.#connections.add(connection);
        answerPromptly(connection);
      },
      connection_close: isOver,
      disconnected: isOver,
      session_close: ({ connection, session }) => links.forget({ connection, ...(session && { session }) }),
      sender_close: ({ connection, sender }) => links.forget({ connection, ...(sender && { sender }) }),
      sender_open: (context) => links.openForReceiving(context),
      receiver_open: (context) => links.openForSending(context),
      message: (context) => takeArrival(context, links, limits),
      sendable: ({ sender }) => links.consumerOf(sender)?.queue.deliver(),
      sender_draining: ({ sender }) => links.consumerOf(sender)?.drain(),
      ...verdictHandlers(links),
      ...CLIENT_TROUBLE,
    };
    for (const [event, handle] of Object.entries(handlers)) this.#container.on(event, handle);
  }
}

/** A client's errors concern that client; rhea closes what they were about. A fault of the broker must be seen. */
const CLIENT_TROUBLE: Readonly<Record<string, (context: unknown) => void>> = {
  ...Object.fromEntries(
    ['connection_error', 'protocol_error', 'session_error', 'sender_error', 'receiver_error'].map((event) => [
      event,
      ignore,
    ]),
  ),
  error: (fault) => process.emitWarning(fault instanceof Error ? fault : String(fault), 'LocalBrokerFault'),
};

function ignore(): void {
  // Nothing to do: see CLIENT_TROUBLE.
}

/** What a client needs to reach the broker without TLS, on whatever port. */
export function connectionString(port: number): string {
  return `Endpoint=sb://${HOST}:${port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`;
}
