/** The pages of docs/ that are written from the code, by file. */
import { findingsPage } from './findingsPage';
import { permissionsPage } from './permissionsPage';
import { preflightPage } from './preflightPage';
import { resizeErrorsPage } from './resizeErrorsPage';

export const generatedPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/findings.md', findingsPage()],
    ['docs/preflight.md', preflightPage()],
    ['docs/permissions.md', permissionsPage()],
    ['docs/resize-errors.md', resizeErrorsPage()],
  ]);
