/** Rules on the image that the VM was made from, its purchase plan, and the node agent that fits it. */
import { baseSupportRules } from './baseSupportRules';
import { nodeAgentRules } from './nodeAgentRules';
import { purchasePlanRules } from './purchasePlanRules';
import type { Rule } from './rule';

export const baseImageRules: readonly Rule[] = [...baseSupportRules, ...purchasePlanRules, ...nodeAgentRules];
