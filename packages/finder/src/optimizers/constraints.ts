import type { Variable } from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import type { WeightConstraint } from './apply-rule.js';

/** A weight of a layer. TensorFlow.js exports neither its class nor its constraint. */
interface LayerWeight {
  constraint: WeightConstraint | null | undefined;
  read(): Variable;
}

/** The constraint of each variable that `notingConstraints` has seen. */
const constraints = new WeakMap<Variable, WeightConstraint>();

/** The constraint of a layer's weight, if it has one and a loss was computed with it in `notingConstraints`. */
export function constraintOf(variable: Variable): WeightConstraint | undefined {
  return constraints.get(variable);
}

/**
 * Runs `action` and notes the constraint of every layer's weight that it reads. `model.fit` hands an optimizer the
 * variables alone, but each layer reads its weights through an object that knows the constraint, too.
 *
 * @param action synchronous
 */
export function notingConstraints<Result>(action: () => Result): Result {
  const prototype = layerWeightPrototype();
  const { read } = prototype;
  prototype.read = function noted(this: LayerWeight) {
    const variable = read.call(this);
    if (this.constraint) constraints.set(variable, this.constraint);
    else constraints.delete(variable);
    return variable;
  };
  try {
    return action();
  } finally {
    prototype.read = read;
  }
}

let found: LayerWeight | undefined;

/** The prototype of all weights. A weight is the only way to it, so this makes one, and frees it. */
function layerWeightPrototype(): LayerWeight {
  if (!found) {
    const layer = layers.flatten({ name: 'probe' }) as unknown as {
      addWeight(name: string, shape: number[], dtype: 'float32', initializer: unknown): LayerWeight;
    };
    const weight = layer.addWeight('lrfind/probe', [], 'float32', initializers.zeros());
    found = Object.getPrototypeOf(weight) as LayerWeight;
    weight.read().dispose();
  }
  return found;
}
