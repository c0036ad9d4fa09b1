/** The roles of infra/ have the actions of the code's own tables of rights: no more, no fewer, each with its use. */
import * as z from 'zod';
import { actionsOf, ROLES, rolesModule } from '../../cli/rolesModule';
import { GUARD_RIGHTS } from '../../shared/domain/guard/guardRights';
import { RIGHTS } from '../../shared/domain/rights';
import { bicepFile, resourcesOf, valueAt, type BicepFile } from './bicep';

let file: BicepFile;
beforeAll(async () => {
  file = await bicepFile('rights/roles.bicep');
});

/** One grant, and nothing in it but actions. */
const permissions = z.tuple([z.strictObject({ actions: z.array(z.string()) })]);

/** What the deployed text grants, by role. */
function granted(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    resourcesOf(file, 'Microsoft.Authorization/roleDefinitions').map((role) => {
      const [{ actions }] = permissions.parse(valueAt(role, 'properties', 'permissions'));
      return [role.symbol, actions];
    }),
  );
}

const sorted = (actions: Iterable<string>): readonly string[] => [...new Set(actions)].sort();

it('are up to date; if not, run `npm run docs`', () => {
  expect(file.text).toBe(rolesModule());
});

it('let the auditor do what the guard needs, and nothing else', () => {
  expect(sorted(granted().get('audit') ?? [])).toEqual(sorted(GUARD_RIGHTS.flatMap(({ actions }) => actions)));
});

it('let builder, capturer and surveyor together do what a build needs, and nothing else', () => {
  const all = ['build', 'capture', 'survey'].flatMap((role) => granted().get(role) ?? []);
  expect(sorted(all)).toEqual(sorted(RIGHTS.map(({ action }) => action)));
});

it('give what is asked of a subscription to the surveyor, who is assigned there', () => {
  const places = ['askedScope', 'subscription', 'gallerySubscription'];
  const ofSubscription = RIGHTS.filter(({ place }) => places.includes(place));
  expect(sorted(granted().get('survey') ?? [])).toEqual(sorted(ofSubscription.map(({ action }) => action)));
});

it.each(['audit', 'survey'])('let %s only read', (role) => {
  expect((granted().get(role) ?? ['none']).filter((action) => !action.endsWith('/read'))).toEqual([]);
});

it('name every action in full, once in a role, with its use in the line above', () => {
  const lines = file.text.split('\n').map((line) => line.trim());
  for (const role of ROLES) {
    const actions = granted().get(role.symbol) ?? [];
    expect(actions).toEqual([...actionsOf(role).keys()]);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    for (const [action, purposes] of actionsOf(role)) {
      const uses = lines.filter((_, index) => lines[index + 1] === `'${action}'`);
      expect(uses).toContain(`// ${purposes.join(' | ')}`);
    }
  }
});

it('claim nothing that the app does not use: it sets no locks', () => {
  expect(file.text).not.toMatch(/locks/i);
});

it('let the capturer alone change VMs and read keys', () => {
  const strong = /virtualMachines\/(?!.*read$)|listKeys/i;
  const holders = ROLES.filter(({ symbol }) => (granted().get(symbol) ?? []).some((action) => strong.test(action)));
  expect(holders.map(({ symbol }) => symbol)).toEqual(['capture']);
});
