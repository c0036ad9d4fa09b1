/** An AMQP connection to the broker that comes back by itself. */

import type { Connection } from 'rhea';
import rhea from 'rhea';
import type { BrokerAddress } from './connectionString';

/** The network's pace, not Azure's: a restarted broker is found again at once. */
const RECONNECT_MS = 50;

const SEEN_ELSEWHERE = ['connection_error', 'connection_close', 'session_error', 'session_close', 'protocol_error'];

export type Say = (level: 'information' | 'warning' | 'error', message: string) => void;

export class BusConnection {
  readonly amqp: Connection;
  readonly #onLost: (() => void)[] = [];
  #closing = false;

  constructor({ host, port }: BrokerAddress, say: Say) {
    const container = rhea.create_container();
    this.amqp = container.connect({
      host,
      port,
      transport: 'tcp',
      username: 'anonymous',
      reconnect: RECONNECT_MS,
      initial_reconnect_delay: RECONNECT_MS,
      max_reconnect_delay: RECONNECT_MS,
      all_errors_non_fatal: true,
    });
    let isDown = false;
    this.amqp.on('connection_open', () => {
      if (isDown) say('information', `The Service Bus broker at ${host}:${port} is back.`);
      isDown = false;
    });
    this.amqp.on('disconnected', () => {
      for (const tell of this.#onLost) tell();
      if (!isDown && !this.#closing) say('warning', `No Service Bus broker at ${host}:${port}; trying again.`);
      isDown = true;
    });
    // What a listener threw, or the broker said of the whole connection.
    this.amqp.on('error', (error: unknown) => say('error', `Service Bus connection: ${String(error)}`));
    // Each is followed by 'disconnected' or by a link's own event; unheard, rhea would throw them.
    for (const event of SEEN_ELSEWHERE) this.amqp.on(event, () => undefined);
  }

  /** Everything under way on the old connection is lost then; links come back by themselves. */
  onLost(tell: () => void): void {
    this.#onLost.push(tell);
  }

  /** Resolves when the broker has seen it; a broker that is not there needs no goodbye. */
  async close(): Promise<void> {
    this.#closing = true;
    this.amqp.options.reconnect = false;
    if (!this.amqp.is_remote_open()) return;
    await new Promise<void>((resolve) => {
      this.amqp.once('disconnected', () => resolve());
      this.amqp.once('connection_close', () => resolve());
      this.amqp.close();
    });
  }
}
