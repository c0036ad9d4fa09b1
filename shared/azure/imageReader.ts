/** Reads images and what they are made from, one GET each: the only proof that one of them is gone. */
import * as z from 'zod';
import { armKey, parseArmId } from '../domain/armId';
import type { Fact } from '../domain/facts';
import type { StoredDefinition, StoredImage, StoredVersion } from '../domain/guard/imageStock';
import { isPassing, type Failure, type Outcome } from '../domain/outcome';
import { callArm, readAgainIfCut, readPages, type ArmAnswer } from './armCall';
import type { Arm } from './clients';
import { OUTSIDE_ALLOW_LIST } from './failure';
import { SurveyFault } from './readFact';
import { STORED } from './storedResources';

/** Where the images of pools, and their sources, are looked up. */
export interface ImageReader {
  readonly version: (id: string) => Promise<Fact<StoredVersion>>;
  readonly image: (id: string) => Promise<Fact<StoredImage>>;
  readonly definition: (id: string) => Promise<Fact<StoredDefinition>>;
  readonly versionsOf: (definitionId: string) => Promise<Fact<readonly StoredVersion[]>>;
  /** Whether a source is there. */
  readonly source: (id: string) => Promise<Fact<unknown>>;
  /** Id of the storage account of this name, when it is known; images name their VHDs by address only. */
  readonly storageAccount: (name: string) => string | undefined;
}

/** API versions: those of @azure/arm-compute 25.1.1; for storage, the one of its REST reference. */
const API_VERSIONS: Readonly<Record<string, string>> = {
  'microsoft.compute/galleries/images/versions': '2025-03-03',
  'microsoft.compute/galleries/images': '2025-03-03',
  'microsoft.compute/images': '2026-03-01',
  'microsoft.compute/snapshots': '2025-01-02',
  'microsoft.compute/disks': '2025-01-02',
  'microsoft.storage/storageaccounts': '2023-05-01',
};

const typeOf = (id: string): string => parseArmId(id)?.type ?? '';

/**
 * True when a 404 proves that the resource is gone: Azure Resource Manager said so itself. A 404 without its code may come
 * from anything in between, and a subscription that is not found may be one that moved or is not ours to see.
 */
export const isProof = (code: string): boolean =>
  !/^Http\d|^(SubscriptionNotFound|InvalidResourceNamespace|InvalidResourceType)$/i.test(code);

/** The same for the failure of any read. */
export const provesAbsence = ({ kind, code }: Failure): boolean => kind === 'notFound' && isProof(code);

/**
 * What a fault that passes does: end the whole reading, which is done again later; or leave this one thing unknown,
 * because all the others are worth more. Throttling ends the reading in any case.
 */
export type OnFault = 'endReading' | 'leaveUnknown';

/** An answer as a fact; throws a `SurveyFault` where the reading is to end. */
export function guardFact<T>(answer: Outcome<T>, permission: string, onFault: OnFault = 'leaveUnknown'): Fact<T> {
  if (answer.ok) return { read: 'found', value: answer.value };
  const { kind, code, message } = answer.failure;
  if (provesAbsence(answer.failure)) return { read: 'missing' };
  if (code === OUTSIDE_ALLOW_LIST) return { read: 'outside' };
  if (kind === 'forbidden') return { read: 'forbidden', permission, message };
  if (kind === 'throttled' || (onFault === 'endReading' && isPassing(answer.failure))) {
    throw new SurveyFault(answer.failure);
  }
  return { read: 'failed', message };
}

/** A found answer, read by its schema; one that does not fit leaves the thing unknown. */
function understood<T>(fact: Fact<ArmAnswer>, schema: z.ZodType<T>, id: string): Fact<T> {
  if (fact.read !== 'found') return fact;
  const parsed = schema.safeParse(fact.value.body);
  return parsed.success
    ? { read: 'found', value: parsed.data }
    : { read: 'failed', message: `Azure's answer for ${id} is not what its documentation says.` };
}

async function get(arm: Arm, id: string, onFault: OnFault): Promise<Fact<ArmAnswer>> {
  const type = typeOf(id);
  const apiVersion = API_VERSIONS[type.toLowerCase()];
  if (apiVersion === undefined) return { read: 'failed', message: `${id} is of no type that the app can look up` };
  const url = `${id}?api-version=${apiVersion}`;
  const answer = await readAgainIfCut(() => callArm(arm, `read ${id}`, { method: 'GET', url }));
  return guardFact(answer, `${type}/read`, onFault);
}

const versionPage = z
  .object({ value: z.array(STORED['microsoft.compute/galleries/images/versions']), nextLink: z.string().nullish() })
  .transform(({ value, nextLink }) => ({ items: value, next: nextLink ?? undefined }));

async function versionsOf(arm: Arm, definitionId: string, onFault: OnFault): Promise<Fact<readonly StoredVersion[]>> {
  const type = 'Microsoft.Compute/galleries/images/versions';
  const first = `${definitionId}/versions?api-version=${API_VERSIONS[type.toLowerCase()] ?? ''}`;
  const doing = `list the versions of ${definitionId}`;
  const pages = await readAgainIfCut(() =>
    readPages(first, versionPage, (url) => callArm(arm, doing, { method: 'GET', url })),
  );
  return guardFact(pages, `${type}/read`, onFault);
}

/**
 * Asks Azure Resource Manager, once for each thing however often it is asked for. `accounts` are the ids of storage
 * accounts that are known by name.
 */
export function liveImages(arm: Arm, onFault: OnFault, accounts: ReadonlyMap<string, string> = new Map()): ImageReader {
  const read = <T>(schema: z.ZodType<T>) =>
    once(async (id: string) => understood(await get(arm, id, onFault), schema, id));
  return {
    version: read(STORED['microsoft.compute/galleries/images/versions']),
    image: read(STORED['microsoft.compute/images']),
    definition: read(STORED['microsoft.compute/galleries/images']),
    versionsOf: once((id) => versionsOf(arm, id, onFault)),
    source: once((id) => get(arm, id, onFault)),
    storageAccount: (name) => accounts.get(name),
  };
}

/** Keeps the answer to a question for the others that ask the same. */
function once<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (id) => {
    const key = armKey(id);
    const answer = answers.get(key) ?? ask(id);
    answers.set(key, answer);
    return answer;
  };
}
