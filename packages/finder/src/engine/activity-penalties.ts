import { dispose, keep, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { Composed } from '../model/layers/composed-layer.js';
import { override } from './override.js';

type Call = (inputs: Tensor | Tensor[], kwargs: object) => Tensor | Tensor[];

/**
 * Runs `action` while what layers add to the loss for their outputs is collected, such as `ActivityRegularization`'s. A layer that is
 * called twice adds twice, as in Keras.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param action synchronous; it gets the list, which the calls of layers fill, and whose tensors it must not keep
 */
export function withActivityPenalties<Result>(
  parts: ReadonlySet<layers.Layer>,
  action: (penalties: readonly Scalar[]) => Result,
): Result {
  const penalties: Scalar[] = [];
  const restores = [...parts].flatMap((layer) => {
    if (!(layer instanceof Composed) || !layer.penalises) return [];
    const call = layer.call as Call;
    const ours: Call = (inputs, kwargs) => {
      const output = call.call(layer, inputs, kwargs);
      // A model frees what its layers compute when it ends.
      penalties.push(keep(layer.penalty(output as Tensor)));
      return output;
    };
    return [override(layer, 'call', ours)];
  });
  try {
    return action(penalties);
  } finally {
    for (const restore of restores) restore();
    dispose(penalties);
  }
}
