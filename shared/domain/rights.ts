/** The rights that a build needs, where, and which role has them; and whether what an identity was granted is enough. */
import { ASKING_RIGHTS } from './rights/askingRights';
import { IMAGE_RIGHTS } from './rights/imageRights';
import { POOL_RIGHTS } from './rights/poolRights';
import type { RightGroup } from './rights/rightGroup';
import { SOURCE_RIGHTS } from './rights/sourceRights';

/** Actions of one role assignment, with `*` for any text (role-based-access-control/role-definitions, "Actions"). */
export interface Grant {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** Everything that an identity was granted at one scope, from there or from above. */
export type Grants = readonly Grant[];

function matches(pattern: string, action: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const text = action.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const next = text.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  const last = rest.at(-1) ?? '';
  return text.length - at >= last.length && text.endsWith(last);
}

/** True when one of the grants has the action and does not take it out again; other grants cannot take it away. */
export const allows = (grants: Grants, action: string): boolean =>
  grants.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matches(pattern, action)) && !notActions.some((pattern) => matches(pattern, action)),
  );

/** One action of a group. */
export type Right = Omit<RightGroup, 'actions'> & { readonly action: string };

/** Everything that the app needs of Azure Resource Manager, in the order of a build. */
export const RIGHT_GROUPS: readonly RightGroup[] = [
  ...ASKING_RIGHTS,
  ...SOURCE_RIGHTS,
  ...IMAGE_RIGHTS,
  ...POOL_RIGHTS,
];

/** The same, one by one. */
export const RIGHTS: readonly Right[] = RIGHT_GROUPS.flatMap(({ actions, ...rest }) =>
  actions.map((action) => ({ action, ...rest })),
);
