/** One AMQP connection per connection setting, and the senders on it. */

import type { Settings } from '../settings';
import type { Say } from './busConnection';
import { BusConnection } from './busConnection';
import { parseConnectionString } from './connectionString';
import { QueueSender } from './queueSender';

export class QueueLinks {
  readonly #settings: Settings;
  readonly #say: Say;
  readonly #connections = new Map<string, BusConnection>();
  readonly #senders = new Map<string, QueueSender>();

  constructor(settings: Settings, say: Say) {
    this.#settings = settings;
    this.#say = say;
  }

  connection(settingName: string): BusConnection {
    const known = this.#connections.get(settingName);
    if (known) return known;
    const added = new BusConnection(parseConnectionString(this.#settings.connection(settingName)), this.#say);
    this.#connections.set(settingName, added);
    return added;
  }

  sender(output: { queueName: string; connection: string }): QueueSender {
    const queueName = this.#settings.resolve(output.queueName);
    const key = `${output.connection} ${queueName}`;
    const known = this.#senders.get(key);
    if (known) return known;
    const added = new QueueSender(this.connection(output.connection), queueName);
    this.#senders.set(key, added);
    return added;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }
}
