/** The files that are written from the code, by path: pages of docs/, and the roles of infra/. */
import { findingsPage } from './findingsPage';
import { permissionsPage } from './permissionsPage';
import { preflightPage } from './preflightPage';
import { resizeErrorsPage } from './resizeErrorsPage';
import { rolesModule } from './rolesModule';

export const generatedPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/findings.md', findingsPage()],
    ['docs/preflight.md', preflightPage()],
    ['docs/permissions.md', permissionsPage()],
    ['docs/resize-errors.md', resizeErrorsPage()],
    ['infra/rights/roles.bicep', rolesModule()],
  ]);
