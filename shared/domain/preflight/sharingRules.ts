/** Rules on other pools that take the same image. */
import type { SharingPool } from '../account';
import { found } from '../facts';
import { growsExisting } from '../growsExisting';
import { MAX_DEDICATED_NODES, MAX_SPOT_NODES } from '../limits';
import { nodeTargets } from '../request';
import { publishes } from '../route';
import type { Case, Remark, Rule } from './rule';

const SUBJECT = 'image.name';

const sharing = ({ facts }: Case): readonly SharingPool[] => facts.sharing.flatMap(({ fact }) => found(fact) ?? []);

const imageShared = (given: Case): readonly Remark[] =>
  sharing(given).map(({ id }) => ({
    subject: SUBJECT,
    message: `The pool ${id} takes the newest version of image definition ${given.request.image.name} by itself: its next nodes will run on the image of this build.`,
  }));

function sharedNodesOverLimit(given: Case): readonly Remark[] {
  const of = growsExisting(given.request, given.facts) ? 'pool' : 'build';
  const targets = nodeTargets(given.request.pool.properties);
  return [
    { kind: 'dedicated', own: targets?.dedicated ?? 0, nodesOf: dedicatedOf, limit: MAX_DEDICATED_NODES },
    { kind: 'Spot', own: targets?.spot ?? 0, nodesOf: spotOf, limit: MAX_SPOT_NODES },
  ].flatMap(({ kind, own, nodesOf, limit }) => {
    const others = sharing(given).filter((pool) => nodesOf(pool) > 0);
    const total = others.reduce((nodes, pool) => nodes + nodesOf(pool), own);
    if (others.length === 0 || total <= limit) return [];
    const each = others.map((pool) => `${nodesOf(pool)} of ${pool.id}`).join(', ');
    const message = `The pools on the image of this ${of} would have ${total} ${kind} nodes together (${own} of this pool, ${each}), and the pools on one custom image may have ${limit}.`;
    return [{ subject: SUBJECT, message }];
  });
}

const dedicatedOf = ({ dedicatedNodes }: SharingPool): number => dedicatedNodes;
const spotOf = ({ spotNodes }: SharingPool): number => spotNodes;

const REMEDY =
  'Use another image.name for this pool, or give the other pools a fixed version of the image, .../versions/{version}, instead of the image definition.';

export const sharingRules: readonly Rule[] = [
  {
    code: 'ImageShared',
    severity: 'warn',
    source: 'article, points 2 and 17; rest/api/batchmanagement/pool/create, imageReference.id',
    why: 'A pool that names an image definition without a version takes every new version, whatever it was made for.',
    how: "image of every pool in the Batch accounts within the app's allow-list: the build's image definition, without a version",
    needs: ['sharing'],
    remedy: REMEDY,
    appliesTo: publishes,
    check: imageShared,
  },
  {
    code: 'SharedNodesOverLimit',
    severity: 'refuse',
    source: 'article, point 17; batch/batch-custom-images',
    why: 'All pools on one custom image together have at most 2,500 dedicated and 1,000 Spot nodes.',
    how: 'nodes of the pools that take the newest version of the image definition, or the image of a pool that is grown, and `targetDedicatedNodes` and `targetLowPriorityNodes` of this one',
    needs: ['sharing'],
    remedy: `${REMEDY} Or ask for fewer nodes.`,
    check: sharedNodesOverLimit,
  },
];
