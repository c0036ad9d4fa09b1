/** One story's world: the whole stack on a stepped clock, and the words in which a story is told. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import type { FaultRule } from '../../local/arm/faults';
import type { ArmCall } from '../../local/arm/simulator';
import { SteppedClock } from '../../local/clock';
import { Stack } from '../../local/stack';
import { Timeline } from '../../local/timeline';
import type { BuildRequest } from '../../shared/domain/request';
import type { VirtualMachineSource } from '../../shared/domain/source';
import type { BuildResult, BuildSucceeded } from '../../shared/domain/result';
import type { CloudEvent } from '../../shared/domain/resultEvent';

export const START = '2026-11-21T07:30:00.000Z';
export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

const PROJECT = join(__dirname, '..', '..');

/** Folder of the app that is told of, from the project's: the build, or what `npm run package` unpacked. */
export const APP_FOLDER = join(PROJECT, process.env['APP'] ?? '.');
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));

/** A request whose source is a VM, as those of most stories. */
export type VmRequest = Omit<BuildRequest, 'source'> & { readonly source: VirtualMachineSource };

/** The request of examples/, with what a story changes. */
export function requestFor(poolName: string, change: (request: VmRequest) => object = () => ({})): VmRequest {
  const example = readJson('examples/build-16-nodes.json') as VmRequest;
  const request = { ...example, requestId: `request-${poolName}`, pool: { ...example.pool, name: poolName } };
  return { ...request, ...change(request) };
}

/** Azure refuses the next pool: a build fails at its last step, with everything else made. */
export const POOL_REFUSED: FaultRule = {
  kind: 'answer',
  method: 'PUT',
  path: '/pools/',
  status: 400,
  code: 'Bad',
  message: 'Bad.',
};

/** A story of builds is told without the guard: its calls and its events are not what the story counts. */
const WITHOUT_GUARD = {
  'AzureWebJobs.resourceChanged.Disabled': 'true',
  'AzureWebJobs.auditDue.Disabled': 'true',
  'AzureWebJobs.historyDue.Disabled': 'true',
};

export interface StoryOptions {
  /** On top of the stack's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** With storage, and with the functions that react to resource events and to the timer. */
  readonly withGuard?: boolean;
  /** Another one than that of `npm start`. */
  readonly world?: unknown;
}

export interface Told {
  readonly event: CloudEvent;
  readonly message: ServiceBusReceivedMessage;
}

export class Story {
  readonly stack: Stack;
  readonly timeline: Timeline;
  readonly clock: SteppedClock;
  readonly logged: string[];
  readonly #folder: string;
  readonly #client: ServiceBusClient;
  #sent = 0;

  private constructor(stack: Stack, clock: SteppedClock, folder: string, logged: string[]) {
    this.stack = stack;
    this.clock = clock;
    this.timeline = new Timeline(stack);
    this.logged = logged;
    this.#folder = folder;
    this.#client = new ServiceBusClient(stack.environment['SERVICE_BUS'] ?? '');
  }

  static async begin({ settings = {}, withGuard = false, world }: StoryOptions = {}): Promise<Story> {
    const folder = mkdtempSync(join(tmpdir(), 'bip-story-'));
    const clock = new SteppedClock(Date.parse(START));
    const logged: string[] = [];
    const stack = await Stack.start({
      clock,
      appFolder: APP_FOLDER,
      stateFolder: folder,
      world: world ?? readJson('local/world.json'),
      withStorage: withGuard,
      settings: {
        ...{ ALLOWED_SCOPES: SUBSCRIPTION, TASK_HUB: 'StoryHub' },
        ...(withGuard ? {} : WITHOUT_GUARD),
        ...settings,
      },
      onLog: ({ level, message }) => logged.push(`${level}: ${message}`),
      onConsole: (line) => logged.push(`printed: ${line}`),
    });
    return new Story(stack, clock, folder, logged);
  }

  async end(): Promise<void> {
    await this.#client.close();
    await this.stack.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Puts a message on the request queue; answers with its id. */
  async send(
    body: unknown,
    contentType = 'application/json',
    messageId = `story-${(this.#sent += 1)}`,
  ): Promise<string> {
    const sender = this.#client.createSender('image-build-requests');
    await sender.sendMessages({ body, messageId, contentType });
    await sender.close();
    return messageId;
  }

  /** Lets time pass until `count` result events wait, then takes them. */
  async events(count = 1, azureHours = 12): Promise<readonly Told[]> {
    const { broker } = this.stack;
    await this.timeline.until(() => broker.counts('image-pool-events').active >= count, { azureHours });
    return this.take('image-pool-events', broker.counts('image-pool-events').active);
  }

  /** Lets time pass until a result event waits, and takes it. */
  async told(azureHours?: number): Promise<Told> {
    const [told] = await this.events(1, azureHours);
    if (!told) throw new Error('No result event came.');
    return told;
  }

  async result(azureHours?: number): Promise<BuildResult> {
    return (await this.told(azureHours)).event.data;
  }

  /** Lets time pass until nothing at all is under way. */
  async rest(): Promise<void> {
    const { broker } = this.stack;
    await this.timeline.until(() => broker.counts('image-build-requests').active === 0, { azureHours: 1 });
    await this.timeline.settle();
  }

  async take(queue: string, count: number, subQueueType?: 'deadLetter'): Promise<readonly Told[]> {
    const options = { receiveMode: 'receiveAndDelete' as const, ...(subQueueType ? { subQueueType } : {}) };
    const receiver = this.#client.createReceiver(queue, options);
    const taken: ServiceBusReceivedMessage[] = [];
    while (taken.length < count) taken.push(...(await receiver.receiveMessages(count - taken.length)));
    await receiver.close();
    return taken.map((message) => ({ message, event: message.body as CloudEvent }));
  }

  async deadLetters(): Promise<readonly ServiceBusReceivedMessage[]> {
    const { deadLettered } = this.stack.broker.counts('image-build-requests');
    if (deadLettered === 0) return [];
    return (await this.take('image-build-requests', deadLettered, 'deadLetter')).map(({ message }) => message);
  }

  /** Calls other than reads, as `PUT snapshots/name`, oldest first. */
  writes(since = 0): readonly string[] {
    return this.calls(since)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
  }

  calls(since = 0): readonly ArmCall[] {
    return this.stack.azure.calls.slice(since);
  }

  /** Ids of all resources, to be compared before and after. */
  resources(): readonly string[] {
    return this.stack.azure
      .ids()
      .map((id) => id.toLowerCase())
      .sort();
  }

  azureMinutes(): number {
    return (this.clock.nowMs() - Date.parse(START)) / 60_000;
  }
}

/** The result of a build that made its pool itself, not one that found it; throws with all of it otherwise. */
export function expectBuilt(result: BuildResult): BuildSucceeded {
  const built = expectOutcome(result, 'BuildSucceeded');
  if ('alreadyBuilt' in built) throw new Error(`Expected a build, got ${JSON.stringify(built, null, 2)}`);
  return built;
}

/** `data` of a result, when it is of the wanted outcome; throws with all of it otherwise. */
export function expectOutcome<O extends BuildResult['outcome']>(
  result: BuildResult,
  outcome: O,
): Extract<BuildResult, { outcome: O }> {
  if (result.outcome !== outcome) throw new Error(`Expected ${outcome}, got ${JSON.stringify(result, null, 2)}`);
  return result as Extract<BuildResult, { outcome: O }>;
}
