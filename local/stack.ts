/** Azure on one machine: starts every part of the local stack around one app, wires them together, and stops them. */
import { join } from 'node:path';
import { AzureSimulator, type SimulatorOptions } from './arm/simulator';
import { Broker, connectionString } from './bus/broker';
import type { PacedClock } from './clock';
import { SteppedClock } from './clock';
import { deliverTo } from './eventGrid';
import { RESOURCE_EVENTS } from './eventSubscription';
import { HostProcess, type HostProcessOptions } from './host/hostProcess';
import { ManagedIdentityEndpoint } from './identity/managedIdentity';
import { QUEUES } from './queues';
import { DEVELOPMENT_PORTS, Storage } from './storage';
import { ensureCertificate } from './tls/certificate';

/** Ports of `local.settings.sample.json`; every other start takes free ones. */
const SAMPLE_PORTS = { bus: 5672, arm: 8443, identity: 8081, host: 7071 };
const FREE_PORTS = { bus: 0, arm: 0, identity: 0, host: 0 };

const IDENTITY_HEADER = 'local';

export interface StackOptions {
  readonly clock: PacedClock | SteppedClock;
  /** Folder of the built app: package.json, host.json and what `main` names. */
  readonly appFolder: string;
  /** Keeps the certificate and the durable state. */
  readonly stateFolder: string;
  readonly world: unknown;
  /** The app's settings, on top of the addresses of the stack. */
  readonly settings: Readonly<Record<string, string>>;
  readonly fixedPorts?: boolean;
  readonly withStorage?: boolean;
  readonly controlDoor?: boolean;
  readonly durations?: SimulatorOptions['durations'];
  /** Of every answer of Azure, in the clock's time. */
  readonly latencyMs?: number;
  readonly graphLagMs?: SimulatorOptions['graphLagMs'];
  readonly onLog?: HostProcessOptions['onLog'];
  readonly onConsole?: HostProcessOptions['onConsole'];
}

interface Parts {
  readonly broker: Broker;
  readonly azure: AzureSimulator;
  readonly identity: ManagedIdentityEndpoint;
  readonly storage: Storage | undefined;
  readonly addresses: Readonly<Record<string, string>>;
}

export class Stack {
  readonly broker: Broker;
  readonly azure: AzureSimulator;
  readonly clock: PacedClock | SteppedClock;
  /** The environment that the app runs in: addresses and settings. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #parts: Parts;
  readonly #options: StackOptions;
  #host: HostProcess | undefined;

  private constructor(options: StackOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.broker = parts.broker;
    this.azure = parts.azure;
    this.clock = options.clock;
    this.environment = { ...parts.addresses, ...options.settings };
  }

  /** Starts all parts, the host last; what was started is stopped again when one of them cannot. */
  static async start(options: StackOptions): Promise<Stack> {
    const stack = new Stack(options, await startParts(options));
    try {
      await stack.startHost();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get host(): HostProcess {
    if (!this.#host) throw new Error('The Functions host is not running.');
    return this.#host;
  }

  /** Starts the host, or starts it again on the state that it left; `changed` are settings of this start alone. */
  async startHost(changed: StackOptions['settings'] = {}): Promise<void> {
    const { clock, appFolder, stateFolder, fixedPorts, onLog, onConsole } = this.#options;
    this.#host = await HostProcess.start({
      appFolder,
      stateFolder: join(stateFolder, 'host'),
      env: { ...inherited(), ...this.environment, ...changed },
      clock:
        clock instanceof SteppedClock ? { mode: 'stepped', nowMs: clock.nowMs() } : { mode: 'paced', pace: clock.pace },
      port: (fixedPorts === true ? SAMPLE_PORTS : FREE_PORTS).host,
      ...(onLog === undefined ? {} : { onLog }),
      ...(onConsole === undefined ? {} : { onConsole }),
    });
  }

  /** Loses the host as a machine is lost; `startHost` brings it back. */
  async killHost(): Promise<void> {
    await this.host.kill();
    this.#host = undefined;
  }

  async stop(): Promise<void> {
    await this.#host?.stop();
    this.#host = undefined;
    const { broker, azure, identity, storage } = this.#parts;
    await Promise.all([broker.close(), azure.close(), identity.close(), storage?.stop()]);
  }
}

/** What a child process needs of ours to run at all; nothing else leaks into the app. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LOCAL_HOST_COMPILE_CACHE } = process.env;
  return { PATH, HOME, TMPDIR, LOCAL_HOST_COMPILE_CACHE };
}

async function startParts(options: StackOptions): Promise<Parts> {
  const { clock, world, controlDoor = false, durations = {}, latencyMs = 0, withStorage = false } = options;
  const late = options.graphLagMs === undefined ? {} : { graphLagMs: options.graphLagMs };
  const ports = options.fixedPorts === true ? SAMPLE_PORTS : FREE_PORTS;
  const certificate = await ensureCertificate(join(options.stateFolder, 'tls'));
  const broker = new Broker({ clock, queues: QUEUES });
  const emit = deliverTo(broker, 'resource-events', RESOURCE_EVENTS);
  const azure = new AzureSimulator({
    clock,
    world,
    tls: certificate,
    controlDoor,
    durations,
    latencyMs,
    ...late,
    emit,
  });
  const identity = new ManagedIdentityEndpoint({ header: IDENTITY_HEADER });
  const storagePorts = options.fixedPorts === true ? DEVELOPMENT_PORTS : undefined;
  const [busPort, armEndpoint, identityEndpoint, storage] = await Promise.all([
    broker.listen({ port: ports.bus }),
    azure.listen(ports.arm),
    identity.listen(ports.identity),
    withStorage ? Storage.start(storagePorts) : undefined,
  ]);
  const addresses = {
    SERVICE_BUS: connectionString(busPort),
    ARM_ENDPOINT: armEndpoint,
    IDENTITY_ENDPOINT: identityEndpoint,
    IDENTITY_HEADER,
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
    NODE_EXTRA_CA_CERTS: certificate.caFile,
    AzureWebJobsStorage: storage?.connectionString ?? 'UseDevelopmentStorage=true',
  };
  return { broker, azure, identity, storage, addresses };
}
