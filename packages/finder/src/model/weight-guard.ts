import { InputError } from '@lrfind/core';
import { engine, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A weight of a layer, as far as it is used here: `setWeights` and batch normalisation write, optimizers assign to the variable. */
interface LayerWeight {
  read(): Variable;
  write?(value: unknown): unknown;
}

/** How many functions that may change weights are running: lrfind's own, all of them synchronous, and callbacks up to their first await. */
let writers = 0;

/**
 * Runs `action`, which may change weights that lrfind guards.
 *
 * @param action it may do so until it returns; what a promise of it does later counts as somebody else's
 */
export function writingWeights<Result>(action: () => Result): Result {
  writers += 1;
  try {
    return action();
  } finally {
    writers -= 1;
  }
}

/**
 * Keeps others from training the weights of a model: another model that shares a layer, `trainOnBatch`, a training loop of the
 * caller's own. TensorFlow.js marks the model that `fit` runs on and no other, and a layer does not know its models, so a step
 * is recognised by what it does: it assigns to a variable, or writes a weight while a gradient is computed.
 *
 * @param model its weights must not be guarded yet, or those that are stay so
 * @param settable whether the caller may set weights meanwhile (`setWeights`), as a callback does
 * @returns a function that ends it
 */
export function guardWeights(model: LayersModel, settable: boolean): () => void {
  const refused = (variable: Variable) =>
    new InputError(
      `weight "${variable.name}" must not be changed while lrfind trains model "${model.name}", which has it: await that call first`,
    );
  const removals: (() => void)[] = [];
  for (const weight of model.weights as unknown as LayerWeight[]) {
    const variable = weight.read();
    if (Object.hasOwn(variable, 'assign')) continue;
    const { assign } = variable;
    const { write } = weight;
    variable.assign = (value) => {
      if (writers === 0) throw refused(variable);
      assign.call(variable, value);
    };
    weight.write = (value) => {
      if (writers === 0 && (!settable || engine().state.gradientDepth > 0)) throw refused(variable);
      return writingWeights(() => write?.call(weight, value));
    };
    removals.push(() => {
      delete (variable as Partial<Variable>).assign;
      delete weight.write;
    });
  }
  return () => {
    for (const remove of removals) remove();
  };
}
