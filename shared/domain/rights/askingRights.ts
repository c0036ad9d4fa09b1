/** The right to ask what the identity may do, which every other right is checked by. */
import type { RightGroup } from './rightGroup';
import { SURVEY } from './groups';

export const ASKING_RIGHTS: readonly RightGroup[] = [
  {
    // rest/api/authorization/permissions; built-in roles have it with `*/read` or `Microsoft.Authorization/*/read`.
    ...SURVEY,
    place: 'askedScope',
    actions: ['Microsoft.Authorization/permissions/read'],
    for: 'survey: what the identity may do there',
  },
];
