import { type Scalar, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** A loss that a layer adds by itself, such as a regulariser's: a function of the layer's weights. */
type Penalty = () => Scalar;

/** What is used of a layer here: its regularisers, and what its `addLoss` was given. TensorFlow.js declares it private. */
interface LayerWithLosses {
  readonly _losses?: readonly Penalty[];
}

/**
 * What the layers of a model add to its loss: regularisers, and functions given to `addLoss` of a layer or of the model. As in
 * Keras, a layer that is used twice counts once, and a regulariser of a weight that is not trained does not count.
 * `calculateLosses` of TensorFlow.js counts otherwise, and leaves out recurrent cells and `bidirectional`.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param trained the variables that are trained
 */
export function penaltiesOf(parts: ReadonlySet<layers.Layer>, trained: ReadonlySet<Variable>): Penalty[] {
  const weights = [...parts].flatMap(({ weights }) => weights);
  return [...parts].flatMap((layer) =>
    ((layer as unknown as LayerWithLosses)._losses ?? []).filter((penalty) => isTrained(penalty, weights, trained)),
  );
}

/** Whether a penalty depends on a trained weight, or on no weight that can be seen. */
function isTrained(
  penalty: Penalty,
  weights: readonly layers.Layer['weights'][number][],
  trained: ReadonlySet<Variable>,
): boolean {
  const read = new Set<Variable>();
  for (const weight of weights) {
    weight.read = () => {
      delete (weight as Partial<typeof weight>).read;
      const variable = weight.read() as Variable;
      read.add(variable);
      return variable;
    };
  }
  try {
    tidy(() => {
      penalty();
    });
  } catch {
    // The caller's own function may need the outputs of a forward pass. It is then no regulariser.
    return true;
  } finally {
    for (const weight of weights) delete (weight as Partial<typeof weight>).read;
  }
  return read.size === 0 || [...read].some((variable) => trained.has(variable));
}
