/** What a durable client may ask of the task hub; every refusal is the one that the extension gives. */
import { randomUUID } from 'node:crypto';
import type { Engine } from './engine';
import { EventType, timestamp, type HistoryEvent } from './events';
import { notRegistered } from './failures';
import { isDone, newInstance, type Instance, type Status } from './instance';
import { instanceIdProblem } from './instanceIds';
import { Refusal } from './refusal';
import { rewind } from './rewind';

export interface StartRequest {
  readonly name: string;
  readonly instanceId: string | undefined;
  readonly input: unknown;
  readonly version: string | undefined;
}

export class Client {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Finished instances of the same id are replaced. */
  start({ name, instanceId, input, version }: StartRequest): string {
    const id = instanceId ?? randomUUID().replaceAll('-', '');
    const problem = instanceIdProblem(id);
    if (problem !== undefined) throw new Refusal(400, problem);
    const world = this.#engine.world();
    if (!world.has(name)) throw new Refusal(400, notRegistered(name, 'orchestrator'));
    const existing = this.#engine.instances.get(id);
    if (existing !== undefined && !isDone(existing)) {
      throw new Refusal(409, `An Orchestration instance with the status ${existing.status} already exists.`);
    }
    const start = { name, instanceId: id, executionId: world.newExecutionId(), input, version: version ?? '' };
    this.#engine.commit([{ op: 'put', instance: newInstance(start, world.nowMs) }]);
    return id;
  }

  get(instanceId: string): Instance {
    const instance = this.#engine.instances.get(instanceId);
    if (instance === undefined) throw new Refusal(404, `No instance with ID '${instanceId}' found.`);
    return instance;
  }

  list(): Instance[] {
    return [...this.#engine.instances.values()];
  }

  raiseEvent(instanceId: string, name: string, input: unknown): void {
    const event = { EventType: EventType.EventRaised, Name: name, Input: JSON.stringify(input) };
    this.#send(instanceId, { ...event, EventId: -1, Timestamp: timestamp(this.#engine.nowMs) });
  }

  terminate(instanceId: string, reason: string): void {
    const event = { EventType: EventType.ExecutionTerminated, Input: reason };
    this.#send(instanceId, { ...event, EventId: -1, Timestamp: timestamp(this.#engine.nowMs) });
  }

  suspend(instanceId: string): void {
    const { status } = this.#living(instanceId);
    if (status !== 'Suspended') this.#setStatus(instanceId, 'Suspended');
  }

  resume(instanceId: string): void {
    const { status, history } = this.#living(instanceId);
    if (status === 'Suspended') this.#setStatus(instanceId, history.length === 0 ? 'Pending' : 'Running');
  }

  rewind(instanceId: string): void {
    const instance = this.get(instanceId);
    if (instance.status !== 'Failed') {
      const message = `This orchestration has status ${instance.status}, but only orchestrations in the "Failed" state can be rewound.`;
      throw new Refusal(412, message);
    }
    this.#engine.commit(rewind(instance, this.#engine.instances, this.#engine.nowMs));
  }

  restart(instanceId: string, withNewInstanceId: boolean): string {
    const instance = this.#engine.instances.get(instanceId);
    if (instance === undefined) throw new Refusal(400, 'InstanceId does not match a valid orchestration instance.');
    const { name, input, version } = instance;
    return this.start({ name, input, version, instanceId: withNewInstanceId ? undefined : instanceId });
  }

  purge(instanceId: string): void {
    const { status } = this.get(instanceId);
    if (!isDone({ status })) {
      const rule = 'Only orchestrations in a terminal state can be purged';
      throw new Refusal(412, `${rule}, but the orchestration with instance ID ${instanceId} has status ${status}`);
    }
    this.#engine.commit([{ op: 'purge', instanceId }]);
  }

  #living(instanceId: string): Instance {
    const instance = this.get(instanceId);
    if (isDone(instance)) throw new Refusal(410, `The instance '${instanceId}' has status ${instance.status}.`);
    return instance;
  }

  #send(instanceId: string, event: HistoryEvent): void {
    this.#living(instanceId);
    this.#engine.commit([{ op: 'deliver', instanceId, event }]);
  }

  #setStatus(instanceId: string, status: Status): void {
    const set = { status, lastUpdatedTime: timestamp(this.#engine.nowMs) };
    this.#engine.commit([{ op: 'progress', instanceId, taken: 0, history: [], set }]);
  }
}
