import { InputError } from '@lrfind/core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A weight of a layer; TensorFlow.js does not declare its constraint. */
type ConstrainedWeight = LayersModel['weights'][number] & {
  readonly constraint?: { getClassName?(): string; readonly axis?: number | readonly number[] } | null;
};

/** The constraints that compute a norm along axes. */
const ALONG_AXES = ['MaxNorm', 'MinMaxNorm', 'UnitNorm'];

/**
 * Checks that the constraints of a model fit its weights, which TensorFlow.js finds out only after an update.
 *
 * @throws InputError naming the weight, for an axis that it does not have or that is named twice
 */
export function checkConstraintAxes(model: LayersModel): void {
  for (const { constraint, originalName, shape } of model.weights as ConstrainedWeight[]) {
    const kind = constraint?.getClassName?.() ?? '';
    if (!ALONG_AXES.includes(kind)) continue;
    const rank = shape.length;
    const axes = [constraint?.axis ?? 0].flat() as number[];
    const places = axes.map((axis) => (axis < 0 ? axis + rank : axis));
    const fits = places.every((place, i) => place >= 0 && place < rank && places.indexOf(place) === i);
    if (!fits)
      throw new InputError(
        `the axis of ${kind} of the weight "${originalName}" must be from ${-rank} to ${rank - 1}, each at most once; got ${axes.join(', ')}`,
      );
  }
}
