/** What the caller was granted, and whether that is enough for an action at a scope (Azure role-based access control). */
import { z } from 'zod';
import { keyOf } from './resourceId';

const patterns = z.array(z.string()).default([]);

/** One role assignment: a scope, and the actions of its role (role-based-access-control/role-definitions). */
export const grant = z.strictObject({
  scope: z.string().startsWith('/'),
  actions: patterns,
  notActions: patterns,
  dataActions: patterns,
  notDataActions: patterns,
});
export type Grant = z.infer<typeof grant>;

/** A grant as somebody writes it down: what is left out is empty. */
export type GrantInput = z.input<typeof grant>;

export const EVERYTHING: Grant = {
  scope: '/',
  actions: ['*'],
  notActions: [],
  dataActions: [],
  notDataActions: [],
};

/** `*` stands for any text, slashes included; letters of either case are the same. */
function matches(pattern: string, action: string): boolean {
  const text = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${text.join('.*')}$`, 'i').test(action);
}

const covers = (held: Grant, scopeKey: string): boolean => {
  const key = keyOf(held.scope);
  return scopeKey === key || scopeKey.startsWith(`${key}/`);
};

const has = (action: string, allowed: readonly string[], excepted: readonly string[]): boolean =>
  allowed.some((pattern) => matches(pattern, action)) && !excepted.some((pattern) => matches(pattern, action));

export class Grants {
  #held: readonly Grant[];

  constructor(held: readonly Grant[]) {
    this.#held = held;
  }

  set(held: readonly GrantInput[]): void {
    this.#held = z.array(grant).parse(held);
  }

  /** Those at the scope itself and above it. */
  at(scope: string): readonly Grant[] {
    const key = keyOf(scope);
    return this.#held.filter((held) => covers(held, key));
  }

  /** What one grant excepts, another may still give: grants only add up. */
  allows(action: string, scope: string): boolean {
    return this.at(scope).some(({ actions, notActions }) => has(action, actions, notActions));
  }

  /** By an action or by a data action. */
  allowsData(action: string, scope: string): boolean {
    const byData = this.at(scope).some(({ dataActions, notDataActions }) => has(action, dataActions, notDataActions));
    return byData || this.allows(action, scope);
  }
}
