/** Rules on what the app's identity may do. */
import { sameArmId } from '../armId';
import { found } from '../facts';
import { allows } from '../rights';
import { rightsNeeded } from '../rightsNeeded';
import type { Case, Remark, Rule } from './rule';

/** One remark for each right that the grants at its scope do not have; scopes whose grants were not read say nothing. */
const missingRights =
  (confirmed: boolean) =>
  ({ request, facts }: Case): readonly Remark[] =>
    rightsNeeded(request, facts)
      .filter((right) => right.proof === 'grants' && right.confirmed === confirmed)
      .filter(({ action, scopeId }) => {
        const grants = found(facts.rights.find(({ id }) => sameArmId(id, scopeId))?.fact);
        return grants !== undefined && !allows(grants, action);
      })
      .map(({ action, scopeId, for: purpose, role }) => ({
        subject: scopeId,
        message: `The app's identity may not do ${action} at ${scopeId} (for: ${purpose}); the role ${role} has it.`,
      }));

const HOW =
  "what the roles of the app's identity at disks, resource group, gallery, account and subscription allow, without what they take out again";
const REMEDY =
  "Give the app's identity the role at that place, or one of your own with the action, and send the request again some minutes later.";

export const rightRules: readonly Rule[] = [
  {
    code: 'RightMissing',
    severity: 'refuse',
    source: 'batch/batch-role-based-access-control; batch/batch-sig-images; virtual-machines/shared-image-galleries',
    why: 'A build without one of its rights would fail half-way, or could not take back what it made.',
    how: `${HOW}, against docs/permissions.md`,
    needs: ['rights'],
    remedy: REMEDY,
    check: missingRights(true),
  },
  {
    code: 'RightMissingUnconfirmed',
    severity: 'warn',
    source: 'docs/permissions.md, the rights that are marked as not confirmed',
    why: 'No page says that Azure asks for these rights, but it may, and then the build fails half-way.',
    how: `${HOW}, against the rights of docs/permissions.md that are not confirmed`,
    needs: ['rights'],
    remedy: `${REMEDY} Or go on, and see whether Azure asks for it.`,
    check: missingRights(false),
  },
];
