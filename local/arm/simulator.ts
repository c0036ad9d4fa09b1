/** Azure Resource Manager with Compute and Batch behind it, and the Batch accounts' own servers, on loopback over TLS. */
import type { Server } from 'node:https';
import type { Clock } from '../clock';
import { closeServer, listenOnLoopback } from '../loopback';
import { batchService, withEndpoint } from './batchService';
import { BehindTheBack, type Quietness } from './behindTheBack';
import { CONTROL_PATH, throughTheDoor } from './controlDoor';
import { AZURE_DURATIONS, type Durations } from './durations';
import type { ResourceEvent } from './events';
import type { Faults } from './faults';
import type { GrantInput } from './grants';
import { ResourceGraph } from './graph/resourceGraph';
import { Herald } from './herald';
import type { ManagedImagePools, Site, Stored } from './kind';
import { interruptedBy, POOL } from './pools';
import type { Reply } from './replies';
import { carryOut } from './requests';
import { showResource } from './state';
import { Store } from './store';
import { ARM_AUDIENCES, callerOf } from './token';
import { Traffic, type ArmCall, type Arrival, type Behind } from './traffic';
import { CORRELATION_HEADER, failureReply, RateHeaders } from './wire';
import { loadWorld } from './world';
import type { WorldFacts } from './worldFacts';

export type { ArmCall } from './traffic';

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly world: unknown;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly emit?: (event: ResourceEvent) => void;
  readonly controlDoor?: boolean;
  readonly durations?: Partial<Durations>;
  /** After how much of the clock's time each answer is sent; what it answers to has happened at once. */
  readonly latencyMs?: number;
  /** How long after a change Azure Resource Graph shows it; GRAPH_LAG_MS when left out. */
  readonly graphLagMs?: number;
}

/** "Near real time", says Microsoft, and no more: of the order of what is seen. */
const GRAPH_LAG_MS = 10_000;

export class AzureSimulator {
  readonly #options: SimulatorOptions;
  readonly #store: Store;
  readonly #world: WorldFacts;
  readonly #herald: Herald;
  readonly #traffic: Traffic;
  readonly #server: Server;
  readonly #batchServers: Server[] = [];
  readonly #rates = new RateHeaders();
  readonly #graph = new ResourceGraph();
  readonly #behindTheBack: BehindTheBack;
  #origin = 'https://localhost';

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#traffic = new Traffic(options.clock, options.latencyMs ?? 0);
    this.#herald = new Herald(options.clock, options.emit ?? (() => undefined));
    this.#store = new Store(
      options.clock,
      { ...AZURE_DURATIONS, ...options.durations },
      { whenGone: (atMs) => this.#interruptResizes(atMs), graphLagMs: options.graphLagMs ?? GRAPH_LAG_MS },
    );
    this.#world = loadWorld(options.world, this.#store);
    this.#behindTheBack = new BehindTheBack({
      clock: options.clock,
      store: this.#store,
      herald: this.#herald,
      origin: () => this.#origin,
    });
    this.#server = this.#traffic.server(options.tls, this.#resourceManager());
  }

  /** Starts listening on loopback, ARM on a free port unless one is given, and answers with ARM's origin. */
  async listen(port = 0): Promise<string> {
    const actual = await listenOnLoopback(this.#server, port);
    this.#origin = `https://localhost:${actual}`;
    await Promise.all(this.#accounts().map((account) => this.#serveAccount(account)));
    this.#store.history.begin();
    return this.#origin;
  }

  async close(): Promise<void> {
    this.#herald.close();
    this.#traffic.close();
    await Promise.all([this.#server, ...this.#batchServers].map(closeServer));
  }

  get faults(): Faults {
    return this.#traffic.faults;
  }

  /** Of ARM and of the Batch accounts, in the order in which they came. */
  get calls(): readonly ArmCall[] {
    return this.#traffic.calls;
  }

  /** True when no request is worked on; see Traffic. */
  isIdle(): boolean {
    return this.#traffic.isIdle();
  }

  /** From now on the caller has these rights, and no others. */
  setGrants(grants: readonly GrantInput[]): void {
    this.#world.grants.set(grants);
  }

  /** From now on Azure Resource Graph is so far behind; what it has shown it does not take back. */
  setGraphLag(lagMs: number): void {
    this.#store.history.setLag(lagMs);
  }

  /** From now on Batch takes pools straight from managed images, or refuses them as retired. */
  setManagedImagePools(answer: ManagedImagePools): void {
    this.#store.managedImagePools = answer;
  }

  /** What GET would answer now, or undefined. */
  find(id: string): unknown {
    this.#store.settle();
    const site = this.#store.site();
    const stored = site.find(id);
    return stored === undefined ? undefined : JSON.parse(JSON.stringify(showResource(stored, site)));
  }

  /** Of everything that exists now. */
  ids(): string[] {
    this.#store.settle();
    return this.#store.all().map((stored) => stored.id);
  }

  /** Deletes a resource and what it holds as somebody else would. Event Grid reports it, unless it is to be `silently`. */
  deleteBehindTheBack(id: string, options: Quietness = {}): void {
    this.#store.settle();
    this.#behindTheBack.delete(id, options);
  }

  /** Brings back what was deleted behind the back, with what it held, as it was. */
  restoreBehindTheBack(id: string, options: Quietness = {}): void {
    this.#store.settle();
    this.#behindTheBack.restore(id, options);
  }

  #settledSite(): Site {
    this.#store.settle();
    return this.#store.site();
  }

  #accounts(): Stored[] {
    return this.#store.site().ofType('Microsoft.Batch/batchAccounts');
  }

  /** A server of the account's own, on a free port that ARM then shows as its endpoint. */
  async #serveAccount(account: Stored): Promise<void> {
    let endpoint = 'localhost';
    const behind = batchService(account, {
      site: () => this.#settledSite(),
      world: this.#world,
      origin: () => `https://${endpoint}`,
    });
    const server = this.#traffic.server(this.#options.tls, behind);
    this.#batchServers.push(server);
    endpoint = `localhost:${await listenOnLoopback(server, 0)}`;
    this.#store.put(withEndpoint(account, endpoint));
  }

  #resourceManager(): Behind {
    return {
      pathPrefix: '',
      origin: () => this.#origin,
      carryOut: (arrival) => this.#carryOut(arrival),
      refusal: failureReply,
      correlationHeader: CORRELATION_HEADER,
      headers: ({ method, correlationId }, nowMs) => ({
        ...this.#rates.next(method, nowMs),
        [CORRELATION_HEADER]: correlationId,
      }),
      aside: (method, { pathname }, body) =>
        pathname.startsWith(CONTROL_PATH) ? this.#throughTheDoor(method, pathname, body) : undefined,
    };
  }

  #throughTheDoor(method: string, path: string, body: unknown): Reply {
    this.#store.settle();
    return throughTheDoor(method, path, body, this.#options.controlDoor === true ? this : undefined);
  }

  #carryOut({ method, url, headers, body, effects, correlationId }: Arrival): Reply {
    this.#store.settle();
    const caller = callerOf(headers.authorization, ARM_AUDIENCES);
    const announce = this.#herald.announce(correlationId);
    const desk = { store: this.#store, world: this.#world, announce, graph: this.#graph };
    return carryOut({ method, url, headers, body, effects, caller }, desk);
  }

  /** The image of a growing pool went away at `atMs`: no more nodes come. */
  #interruptResizes(atMs: number): void {
    const site = this.#store.site(atMs);
    for (const stored of site.ofType(POOL)) {
      const resize = interruptedBy(stored, site);
      if (resize !== undefined) this.#store.put({ ...stored, resize });
    }
  }
}
