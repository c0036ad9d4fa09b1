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

type Test = (action: string) => boolean;

/** `*` stands for any text, slashes included; letters of either case are the same. */
function testOf(pattern: string): Test {
  const text = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${text.join('.*')}$`, 'i');
  return (action) => expression.test(action);
}

/** A grant made ready to be asked thousands of times. */
interface Held {
  readonly grant: Grant;
  readonly key: string;
  readonly allows: Test;
  readonly allowsData: Test;
}

function heldFrom(given: Grant): Held {
  const has = (allowed: readonly string[], excepted: readonly string[]): Test => {
    const [yes, no] = [allowed.map(testOf), excepted.map(testOf)];
    return (action) => yes.some((test) => test(action)) && !no.some((test) => test(action));
  };
  return {
    grant: given,
    key: keyOf(given.scope),
    allows: has(given.actions, given.notActions),
    allowsData: has(given.dataActions, given.notDataActions),
  };
}

const isUnder = (key: string, scopeKey: string): boolean => key === scopeKey || key.startsWith(`${scopeKey}/`);

export class Grants {
  #held: readonly Held[];

  constructor(held: readonly Grant[]) {
    this.#held = held.map(heldFrom);
  }

  set(held: readonly GrantInput[]): void {
    this.#held = z.array(grant).parse(held).map(heldFrom);
  }

  /** Those at the scope itself and above it. */
  at(scope: string): readonly Grant[] {
    return this.#at(scope).map((held) => held.grant);
  }

  /** What one grant excepts, another may still give: grants only add up. */
  allows(action: string, scope: string): boolean {
    return this.#at(scope).some((held) => held.allows(action));
  }

  /** By an action or by a data action. */
  allowsData(action: string, scope: string): boolean {
    return this.#at(scope).some((held) => held.allowsData(action)) || this.allows(action, scope);
  }

  /** Whether there is a right of any kind at the scope, above it or below it. */
  touch(scope: string): boolean {
    const key = keyOf(scope);
    return this.#at(scope).length > 0 || this.#held.some((held) => isUnder(held.key, key));
  }

  #at(scope: string): readonly Held[] {
    const key = keyOf(scope);
    return this.#held.filter((held) => isUnder(key, held.key));
  }
}
