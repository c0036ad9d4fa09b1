/** Azurite, the storage of the local stack, in a process of its own and in memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface StoragePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

/** Azurite's own, so that `UseDevelopmentStorage=true` works. */
export const DEVELOPMENT_PORTS: StoragePorts = { blob: 10000, queue: 10001, table: 10002 };
const FREE_PORTS: StoragePorts = { blob: 0, queue: 0, table: 0 };

/** The account and key that every storage emulator has (storage/common/storage-use-azurite); they open nothing else. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const LISTENING = /Azurite (Blob|Queue|Table) service is successfully listening at (http:\S+)/;

export class Storage {
  readonly connectionString: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, urls: ReadonlyMap<string, string>) {
    this.#child = child;
    const endpoints = [...urls].map(([service, url]) => `${service}Endpoint=${url}/${ACCOUNT};`);
    this.connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};${endpoints.join('')}`;
  }

  /** Starts Azurite and waits until its three services listen. */
  static async start(ports: StoragePorts = FREE_PORTS): Promise<Storage> {
    const entry = createRequire(__filename).resolve('azurite/dist/src/azurite.js');
    const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--loose'];
    const numbers = [`--blobPort=${ports.blob}`, `--queuePort=${ports.queue}`, `--tablePort=${ports.table}`];
    const child = spawn(process.execPath, [entry, ...flags, ...numbers], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const urls = new Map<string, string>();
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      const [, service, url] = LISTENING.exec(line) ?? [];
      if (service !== undefined && url !== undefined) urls.set(service, url);
      if (urls.size === 3) break;
    }
    if (urls.size < 3) throw new Error(`Azurite did not start:\n${said.join('\n')}`);
    child.stdout.resume();
    return new Storage(child, urls);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}
