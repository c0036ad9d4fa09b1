/** Rules on encryption, and on the security type of VM, definition and pool. */
import { diskKeyRules } from './diskKeyRules';
import type { Rule } from './rule';
import { securityRules } from './securityRules';

export const encryptionRules: readonly Rule[] = [...diskKeyRules, ...securityRules];
