/** Reads what the app's identity may do at a scope, by the roles that it has there and above. */
import * as z from 'zod';
import { armKey } from '../domain/armId';
import { found, type BuildFacts } from '../domain/facts';
import { allows, RIGHTS, type Grants } from '../domain/rights';
import type { RightScope } from '../domain/rights/rightGroup';
import { callArm, readPages } from './armCall';
import type { Arm } from './clients';
import { allOf, optionalFactFrom } from './readFact';

export type SurveyedRight = BuildFacts['rights'][number];

/** API version of Microsoft.Authorization/permissions. */
const PERMISSIONS_API_VERSION = '2022-04-01';

const actions = z.array(z.string()).default([]);

const page = z
  .object({ value: z.array(z.object({ actions, notActions: actions })), nextLink: z.string().optional() })
  .transform(({ value, nextLink }) => ({ items: value, next: nextLink }));

/**
 * Effective permissions at a resource, resource group or subscription (rest/api/authorization/permissions). That a
 * subscription may be asked, too, is not documented: a refusal makes the fact unknown.
 */
export async function readGrants(arm: Arm, scope: RightScope, id: string): Promise<SurveyedRight> {
  const first = `${id}/providers/Microsoft.Authorization/permissions?api-version=${PERMISSIONS_API_VERSION}`;
  const doing = `read the permissions at ${id}`;
  const answer = await readPages(first, page, (url) => callArm(arm, doing, { method: 'GET', url }));
  return { scope, id, fact: optionalFactFrom(answer, 'Microsoft.Authorization/permissions/read') };
}

const groupIdOf = (id: string): string => id.split('/providers/')[0] ?? id;

/** True when the grants have every right on such a resource that reading it does not prove. */
const areEnough = (grants: Grants | undefined, place: 'disk' | 'snapshot'): boolean =>
  grants !== undefined &&
  RIGHTS.every((right) => right.place !== place || right.proof !== 'grants' || allows(grants, right.action));

/**
 * Grants at each of several disks or snapshots. What is granted at a resource group holds for all that lies in it
 * (role-based-access-control/scope-overview), so where that is enough, those in it are not asked for one by one.
 */
export async function readGrantsOn(
  arm: Arm,
  place: 'disk' | 'snapshot',
  ids: readonly string[],
): Promise<readonly SurveyedRight[]> {
  const byGroup = [...Map.groupBy(ids, (id) => armKey(groupIdOf(id))).values()];
  const rights = await allOf(
    byGroup.map(async (inGroup) => {
      const [first = ''] = inGroup;
      const ofGroup = inGroup.length > 1 ? await readGrants(arm, 'source', groupIdOf(first)) : undefined;
      if (ofGroup !== undefined && areEnough(found(ofGroup.fact), place))
        return inGroup.map((id) => ({ ...ofGroup, id }));
      return allOf(inGroup.map((id) => readGrants(arm, 'source', id)));
    }),
  );
  return rights.flat();
}
