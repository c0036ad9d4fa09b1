/** Makes and removes resources, a few calls at a time; each activity may run twice and finds its own work again. */
import { actClient } from '../azure/acts';
import { operationError } from '../azure/armCall';
import type { Arm } from '../azure/clients';
import { managedImageClient, snapshotClient } from '../azure/computeResources';
import { imageDefinitionClient, imageVersionClient } from '../azure/galleryResources';
import { poolClient } from '../azure/poolResources';
import { allOf } from '../azure/readFact';
import type { ResourceClient, Seen } from '../azure/resourceClient';
import { TAG } from '../domain/names';
import { fail, isPassing, succeed, type Failure, type Outcome } from '../domain/outcome';
import {
  isAct,
  mayBeShared,
  NAME_TAKEN,
  type Begun,
  type Removal,
  type ResourceSpec,
  type Sighting,
  type Spec,
} from '../domain/resources';
import type { Look } from '../orchestrators/contracts';

type FailedSighting = Extract<Sighting, { readonly state: 'failed' }>;

/** The one resource, bound to its kind's client: what every activity needs of it. */
interface Handle {
  readonly putsOnlyNew: boolean;
  see(): Promise<Outcome<Seen>>;
  put(): Promise<Outcome<Begun>>;
  delete(): Promise<Outcome<Begun>>;
}

const bind = <S extends ResourceSpec>(client: ResourceClient<S>, spec: S): Handle => ({
  putsOnlyNew: client.putsOnlyNew === true,
  see: () => client.see(spec),
  put: () => client.put(spec),
  delete: () => client.delete(spec),
});

function handleOf(arm: Arm, spec: ResourceSpec): Handle {
  switch (spec.kind) {
    case 'snapshot':
      return bind(snapshotClient(arm), spec);
    case 'image':
      return bind(managedImageClient(arm), spec);
    case 'definition':
      return bind(imageDefinitionClient(arm), spec);
    case 'version':
      return bind(imageVersionClient(arm), spec);
    case 'pool':
      return bind(poolClient(arm), spec);
  }
}

const isOurs = (spec: ResourceSpec, seen: Seen): boolean => seen.tags[TAG.build] === spec.tags[TAG.build];

const isUsable = (spec: ResourceSpec, seen: Seen): boolean => isOurs(spec, seen) || mayBeShared(spec);

const nameTaken = (spec: ResourceSpec): Failure => ({
  kind: 'rejected',
  code: NAME_TAKEN,
  message: `${spec.id} exists and does not carry this build's mark (${TAG.build}). It was not touched.`,
});

export function createResourceActivities(arm: Arm) {
  return {
    beginResources: (specs: readonly Spec[]) => beginAll(arm, specs),
    lookAtResources: (looks: readonly Look[]) => lookInTurn(arm, looks),
    removeResource: (spec: ResourceSpec) => remove(handleOf(arm, spec), spec),
  };
}

/** Those that others may share come last, and only when this build has got the names of all before them. */
async function beginAll(arm: Arm, specs: readonly Spec[]): Promise<readonly Outcome<Begun>[]> {
  const beginOne = (spec: Spec): Promise<Outcome<Begun>> =>
    isAct(spec) ? actClient(arm, spec).begin(spec.id) : begin(handleOf(arm, spec), spec);
  const isOwn = (spec: Spec): boolean => !mayBeShared(spec);
  const answers = await allOf(specs.filter(isOwn).map(beginOne));
  if (answers.some(({ ok }) => !ok)) return answers;
  return [...answers, ...(await allOf(specs.filter(mayBeShared).map(beginOne)))];
}

/** One after another, until one is not ready: the others have to wait for that one anyway. */
async function lookInTurn(arm: Arm, looks: readonly Look[]): Promise<readonly Outcome<Sighting>[]> {
  const answers: Outcome<Sighting>[] = [];
  for (const { spec, begun } of looks) {
    const answer = await (isAct(spec)
      ? actClient(arm, spec).look(spec.id, begun)
      : lookAt(arm, handleOf(arm, spec), spec, begun));
    answers.push(answer);
    if (!answer.ok || answer.value.state !== 'ready') break;
  }
  return answers;
}

async function begin(handle: Handle, spec: ResourceSpec): Promise<Outcome<Begun>> {
  const before = handle.putsOnlyNew ? undefined : await handle.see();
  if (before?.ok === true) return found(spec, before.value);
  if (before !== undefined && before.failure.kind !== 'notFound') return before;
  const put = await handle.put();
  if (put.ok || !mayBeThere(handle, put.failure)) return put;
  // If-None-Match: someone, perhaps an earlier try of ours, came before.
  const after = await handle.see();
  if (after.ok) return found(spec, after.value);
  return after.failure.kind === 'notFound' ? put : after;
}

/** 412 is what If-None-Match is answered with; that a pool which is there is never answered 409 is not documented. */
const mayBeThere = ({ putsOnlyNew }: Handle, { status }: Failure): boolean =>
  status === 412 || (putsOnlyNew && status === 409);

function found(spec: ResourceSpec, seen: Seen): Outcome<Begun> {
  if (!isUsable(spec, seen)) return fail(nameTaken(spec));
  if (seen.deleting) {
    return fail({ kind: 'conflict', code: 'BeingDeleted', message: `${spec.id} is still being deleted.` });
  }
  return succeed({
    ...(isOurs(spec, seen) ? {} : { adopted: true }),
    // A look tells the regions of a version, too.
    ...(seen.sighting.state === 'ready' && seen.sighting.replicas === undefined ? { ready: true } : {}),
  });
}

async function lookAt(arm: Arm, handle: Handle, spec: ResourceSpec, begun: Begun): Promise<Outcome<Sighting>> {
  const answer = await handle.see();
  if (!answer.ok) return answer.failure.kind === 'notFound' ? succeed({ state: 'missing' }) : answer;
  const seen = answer.value;
  if (!isUsable(spec, seen)) return fail(nameTaken(spec));
  if (seen.deleting) return succeed({ state: 'missing' });
  if (seen.sighting.state !== 'failed' || begun.operationUrl === undefined) return succeed(seen.sighting);
  const why = await operationError(arm, begun.operationUrl);
  // The record of an operation expires, and may be closed to us; then the resource's own word must do.
  if (!why.ok) return isPassing(why.failure) ? why : succeed(seen.sighting);
  return succeed({ ...seen.sighting, ...why.value, ...regionsToo(seen.sighting, why.value?.message) });
}

/** The operation's own record says why a version failed, but not in which regions it did. */
function regionsToo({ replicas, message }: FailedSighting, why: string | undefined): { readonly message?: string } {
  const partly = replicas?.some(({ state }) => state === 'Failed');
  return partly === true && why !== undefined ? { message: `${message} ${why}` } : {};
}

async function remove(handle: Handle, spec: ResourceSpec): Promise<Outcome<Removal>> {
  const before = await handle.see();
  if (!before.ok) return before.failure.kind === 'notFound' ? succeed({ state: 'gone' }) : before;
  if (!isOurs(spec, before.value)) return succeed({ state: 'notOurs' });
  if (before.value.deleting) return succeed({ state: 'underway' });
  const deleted = await handle.delete();
  if (!deleted.ok) return deleted.failure.kind === 'notFound' ? succeed({ state: 'gone' }) : deleted;
  const { retryAfterMs } = deleted.value;
  return succeed({ state: 'underway', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
