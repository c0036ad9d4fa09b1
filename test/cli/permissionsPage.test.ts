/** docs/permissions.md is what the app asks Azure for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionsPage } from '../../cli/permissionsPage';
import { STORED } from '../../shared/azure/storedResources';
import { GUARD_RIGHTS } from '../../shared/domain/guard/guardRights';
import { RIGHTS } from '../../shared/domain/rights';

it('is up to date; if not, run `npm run docs`', () => {
  expect(readFileSync(join(__dirname, '../../docs/permissions.md'), 'utf8')).toBe(permissionsPage());
});

it('has every right once, in full or after its first', () => {
  const rows = permissionsPage().split('\n');
  for (const { action, for: purpose } of RIGHTS) {
    const verb = action.slice(action.lastIndexOf('/'));
    const [row = '', ...others] = rows.filter((line) => line.includes(`| ${purpose}`));
    expect(others).toEqual([]);
    expect(row.includes(`\`${action}\``) || row.includes(`\`${verb}\``)).toBe(true);
  }
});

it('has the right to read every kind of thing that the guard looks up', () => {
  const actions = GUARD_RIGHTS.flatMap((right) => right.actions.map((action) => action.toLowerCase()));
  const types = [...Object.keys(STORED), 'microsoft.compute/disks', 'microsoft.batch/batchaccounts/pools'];
  expect(types.filter((type) => !actions.includes(`${type}/read`))).toEqual([]);
  for (const { for: purpose } of GUARD_RIGHTS) expect(permissionsPage()).toContain(`| ${purpose} |`);
});

it('tells a right that every build needs from one that only some need, and a sure one from one that is not', () => {
  expect(permissionsPage().split('\n')).toEqual(
    expect.arrayContaining([
      '| the disks of the VM or of the source | `Microsoft.Compute/disks/beginGetAccess/action` | copying the disk into a snapshot; when the build copies disks into snapshots | Disk Backup Reader | warned: not confirmed that Azure asks for it |',
      '| `image.resourceGroup` | `Microsoft.Compute/images/read`, `/write`, `/delete` | managed image, and its undo; when the build makes a managed image | Compute Gallery Artifacts Publisher | refused |',
      '| the Batch account | `Microsoft.Batch/batchAccounts/pools/write`, `/delete` | pool, and its undo | Azure Batch Data Contributor | refused |',
    ]),
  );
});
