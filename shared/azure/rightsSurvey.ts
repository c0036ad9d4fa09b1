/** Reads what the app's identity may do at a scope, by the roles that it has there and above. */
import * as z from 'zod';
import type { BuildFacts } from '../domain/facts';
import type { RightScope } from '../domain/rights/rightGroup';
import { callArm, readPages } from './armCall';
import type { Arm } from './clients';
import { optionalFactFrom } from './readFact';

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
