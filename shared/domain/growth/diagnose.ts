/** Tells why an allocation failed from what the image rests on: "image gone" only with a 404 in hand. */
import { parseArmIdOf } from '../armId';
import type { Fact } from '../facts';
import type { DiagnosisFacts } from './diagnosis';
import type { ResizeError } from './poolLook';
import type { Meaning, Ruling } from './resizeErrorRow';
import { CAPACITY_PAUSE_MINUTES } from './resizeErrorRow';
import { decidingError, joined } from './resizeErrors';
import { OTHER_ERROR } from './resizeErrorTable';
import type { ResizeVerdict } from './verdictOnErrors';

type Diagnosis = Meaning & { readonly ruling: Ruling; readonly source: string };

const LATER: Ruling = { decision: 'retryLater', afterMinutes: CAPACITY_PAUSE_MINUTES };
const REPLICATING_PAUSE_MINUTES = 10;
const NEEDS_REPLICA = "batch/batch-sig-images: the version needs a replica in the pool's region";
const PROOF = 'article, points 21 and 22: only a 404 proves that an image is gone';

/** Why something could not be read, as a sentence; undefined when it could: it is there, or it is not. */
export function unreadText(what: string, fact: Fact<unknown>): string | undefined {
  switch (fact.read) {
    case 'forbidden':
      return `The app may not read ${what} (it needs ${fact.permission}): ${fact.message}`;
    case 'outside':
      return `The app may not look at ${what}, because it lies outside of ALLOWED_SCOPES.`;
    case 'failed':
      return `Azure did not tell about ${what}: ${fact.message}`;
    case 'unasked':
      return `The app could not ask for ${what}, because ${fact.because} could not be read.`;
    case 'found':
    case 'missing':
      return undefined;
  }
}

const untold = (unread: string): Diagnosis => ({
  ruling: LATER,
  meaning: `${unread} So it could not be told whether the pool's image is the cause.`,
  remedy: 'Check by hand that the image and its replica are there.',
  source: PROOF,
});

function onImage({ image: { id, fact } }: DiagnosisFacts): Diagnosis | undefined {
  if (fact.read === 'missing') {
    return {
      ruling: { decision: 'giveUp', cause: 'imageGone' },
      meaning: `The image ${id} does not exist (404), and no pool on it can get another node.`,
      remedy: 'Restore it, or build the image and the pool again.',
      source: PROOF,
    };
  }
  const unread = unreadText(`the image ${id}`, fact);
  return unread === undefined ? undefined : untold(unread);
}

/** By the state of the replica (rest/api/compute/gallery-image-versions/get, RegionalReplicationStatus); none for `Completed`. */
function onReplicaState(state: string, { image, region }: DiagnosisFacts): Diagnosis | undefined {
  const of = `the image ${image.id}`;
  switch (state) {
    case 'Completed':
      return undefined;
    case 'Replicating':
      return {
        ruling: { decision: 'retryLater', afterMinutes: REPLICATING_PAUSE_MINUTES },
        meaning: `Azure is still replicating ${of} to ${region}, the region of the pool.`,
        remedy: 'Wait until the replica is complete.',
        source: NEEDS_REPLICA,
      };
    case 'Failed':
      return {
        ruling: { decision: 'giveUp', cause: 'configuration' },
        meaning: `The replication of ${of} to ${region}, the region of the pool, has failed.`,
        remedy: 'Take the region out of the version and add it again, or build the image again.',
        source: NEEDS_REPLICA,
      };
    default:
      return untold(`Azure gives the state of the replica of ${of} in ${region} as ${state}.`);
  }
}

const isManagedImage = (id: string): boolean => parseArmIdOf('Microsoft.Compute/images', id) !== undefined;

function onReplica(facts: DiagnosisFacts): Diagnosis | undefined {
  const { image, replica, region } = facts;
  // A managed image stands in one region and has no replicas.
  if (isManagedImage(image.id)) return undefined;
  if (replica.read === 'found') return onReplicaState(replica.value, facts);
  if (replica.read === 'missing') {
    return {
      ruling: { decision: 'giveUp', cause: 'configuration' },
      meaning: `The image ${image.id} has no replica in ${region}, the region of the pool.`,
      remedy: 'Add a replica in that region to the image version, wait until it is complete, and grow the pool again.',
      source: NEEDS_REPLICA,
    };
  }
  return untold(unreadText(`the replica of the image ${image.id} in ${region}`, replica) ?? '');
}

const missingSources = ({ sources }: DiagnosisFacts): readonly string[] =>
  sources.filter(({ fact }) => fact.read === 'missing').map(({ id }) => id);

/** A managed image needs what it was made from; a gallery version that has been replicated does not. */
function onSources(facts: DiagnosisFacts): Diagnosis | undefined {
  const missing = missingSources(facts);
  if (!isManagedImage(facts.image.id) || missing.length === 0) return undefined;
  return {
    ruling: { decision: 'giveUp', cause: 'imageGone' },
    meaning: `The managed image ${facts.image.id} was made from ${missing.join(', ')}, which does not exist (404), and needs it as long as a pool uses the image.`,
    remedy: 'Restore it, or build the image and the pool again.',
    source: PROOF,
  };
}

/** What was found in place, and what is worth knowing of the sources. */
function inPlaceText(facts: DiagnosisFacts): string {
  const { image, replica, region, sources } = facts;
  const things = [`the image ${image.id}`, ...(replica.read === 'found' ? [`its replica in ${region}`] : [])];
  const present = sources.length > 0 && sources.every(({ fact }) => fact.read === 'found');
  const all = present ? [...things, 'what it was made from'] : things;
  const list =
    all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''} are there` : `${all.join()} is there`;
  const missing = missingSources(facts);
  const gone =
    missing.length === 0
      ? ''
      : `Of what it was made from, ${missing.join(', ')} does not exist any more; a version that has been replicated does not need it.`;
  const unread = sources.map(({ id, fact }) => unreadText(id, fact) ?? '');
  return joined(`${list.charAt(0).toUpperCase()}${list.slice(1)}.`, gone, ...unread);
}

/** The verdict on errors that called for a diagnosis; never `diagnose` again. */
export function diagnose(errors: readonly ResizeError[], facts: DiagnosisFacts): ResizeVerdict {
  const deciding = decidingError(errors);
  const { ruling, meaning, source } = deciding?.row ?? OTHER_ERROR;
  const code = deciding?.error.code ?? 'Unknown';
  const azure = deciding ? `${meaning} Azure says: ${deciding.told}` : meaning;
  const others = deciding?.others ?? '';
  const cause = onImage(facts) ?? onReplica(facts) ?? onSources(facts);
  if (cause) {
    const sentence = joined(azure, cause.meaning, cause.remedy, others);
    return { ...cause.ruling, code, sentence, source: cause.source };
  }
  const there = ruling.decision === 'diagnose' ? ruling.imageIsThere : { ...ruling, meaning: '', remedy: '' };
  const { meaning: so, remedy, ...decision } = there;
  return { ...decision, code, sentence: joined(azure, inPlaceText(facts), so, remedy, others), source };
}
