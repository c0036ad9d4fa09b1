/** Autoscale formulas, as far as they state numbers plainly. */
import type { Nodes } from './resize';

function stated(formula: string, name: string): number | undefined {
  const number = new RegExp(`\\$${name}\\s*=\\s*(\\d+)`).exec(formula)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The targets that a formula states, 0 for the one that it does not name; undefined when it states neither. */
export function targetsByFormula(formula: string): Nodes | undefined {
  const dedicated = stated(formula, 'TargetDedicatedNodes');
  const lowPriority = stated(formula, 'TargetLowPriorityNodes');
  if (dedicated === undefined && lowPriority === undefined) return undefined;
  return { dedicated: dedicated ?? 0, lowPriority: lowPriority ?? 0 };
}
