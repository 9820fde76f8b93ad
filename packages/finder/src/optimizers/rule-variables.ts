import { fill, type Tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import type { Named } from './update-rule.js';

/** A variable for each slot or shared scalar of a rule, filled with what it starts from. */
export function variablesFor(initial: Named<number>, shape: number[]): Named<Variable> {
  const made = Object.entries(initial).map(([name, value]) => [name, tidy(() => variable(fill(shape, value), false))]);
  return Object.fromEntries(made);
}

/** Assigns those of the values that there are variables for. */
export function assignVariables(variables: Named<Variable>, values: Named<Tensor>): void {
  for (const [name, one] of Object.entries(variables)) one.assign(values[name] as never);
}
