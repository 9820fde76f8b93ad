import { InputError } from '@lrfind/core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';

/** Training needs five copies and more of them, in 4 bytes each: more than WebAssembly's memory and most machines hold. */
const MOST_WEIGHTS = 2 ** 28;
/** Of one row, between two layers. */
const MOST_VALUES = 2 ** 28;

/** The private methods of TensorFlow.js's layers through which weights and shapes pass. */
interface LayerInternals {
  addWeight(name: string, shape: number[], dtype?: string | null, ...others: unknown[]): LayerVariable;
  addInboundNode(...parts: unknown[]): void;
}

/**
 * Builds a model, and stops before a weight is allocated that would be too much. A model that fails leaves no weights.
 *
 * @param build builds layers before it returns its promise
 * @throws InputError naming the layer, for a target shape of another size than its input, for more than 2^28 weights in the model, for more values in one row of a layer's
 *   output, for an output without values, and for a
 *   shape of dropout that does not fit
 */
export function withWeightLimit<Result>(build: () => Promise<Result>): Promise<Result> {
  const prototype = layers.Layer.prototype as unknown as LayerInternals;
  const { addWeight, addInboundNode } = prototype;
  const made: LayerVariable[] = [];
  let total = 0;
  prototype.addWeight = function (this: layers.Layer, name, shape, dtype, ...others) {
    if ((dtype ?? 'float32') !== 'float32')
      throw new InputError(`layer "${this.name}" must have weights of the dtype float32; got ${dtype}`);
    total += sizeOf(shape);
    if (!(total <= MOST_WEIGHTS))
      throw new InputError(
        `layer "${this.name}" must leave the model with at most ${MOST_WEIGHTS} weights; got ${total} with its ${name} of [${shape.join(', ')}]`,
      );
    const weight = addWeight.call(this as never, name, shape, dtype, ...others);
    made.push(weight);
    return weight;
  };
  prototype.addInboundNode = function (this: layers.Layer, ...parts) {
    checkReshape(this, shapesIn(parts[INPUT_SHAPES])[0] ?? []);
    for (const shape of shapesIn(parts[OUTPUT_SHAPES])) {
      checkShape(this, shape.slice(1));
      checkNoiseShape(this, shape);
    }
    addInboundNode.apply(this as never, parts);
  };
  try {
    return build().catch((error) => {
      for (const weight of made) weight.dispose();
      throw error;
    });
  } finally {
    prototype.addWeight = addWeight;
    prototype.addInboundNode = addInboundNode;
  }
}

/** Positions of shapes among the parts of `addInboundNode`. */
const INPUT_SHAPES = 4;
const OUTPUT_SHAPES = 5;

/** TensorFlow.js compares the sizes of a Reshape only when it computes. */
function checkReshape(layer: layers.Layer, [, ...row]: readonly (number | null)[]): void {
  const { targetShape } = layer as { targetShape?: readonly (number | null)[] };
  if (layer.getClassName() !== 'Reshape' || targetShape === undefined) return;
  const open = targetShape.filter((length) => length === null).length;
  const [from, to] = [sizeOf(row), sizeOf(targetShape)];
  const fits = row.includes(null) || (open === 0 ? from === to : from % to === 0);
  if (open <= 1 && fits) return;
  const shown = (shape: readonly (number | null)[]) => `[${shape.map((length) => length ?? -1).join(', ')}]`;
  throw new InputError(
    `layer "${layer.name}": target_shape must hold the ${from} values of ${shown(row)}, with at most one −1; got ${shown(targetShape)}`,
  );
}

function checkShape(layer: layers.Layer, row: readonly (number | null)[]): void {
  const shape = `[${row.map((length) => length ?? 'null').join(', ')}]`;
  const size = sizeOf(row);
  if (!(size <= MOST_VALUES))
    throw new InputError(
      `layer "${layer.name}" must give at most ${MOST_VALUES} values for a row; got ${size} of shape ${shape}`,
    );
  // The width that RandomWidth draws is −1 here.
  if (row.some((length) => length !== null && length < 1) && layer.getClassName() !== 'RandomWidth')
    throw new InputError(
      `layer "${layer.name}" must leave at least one value along each axis; got the shape ${shape}: its input is too small`,
    );
}

/** Dropout multiplies its input by a mask of this shape. */
function checkNoiseShape(layer: layers.Layer, shape: readonly (number | null)[]): void {
  const { noiseShape } = layer as { noiseShape?: readonly (number | null)[] | null };
  const fits = (length: number | null, i: number) => length === null || length === 1 || length === shape[i];
  if (noiseShape == null || (noiseShape.length === shape.length && noiseShape.every(fits))) return;
  throw new InputError(
    `layer "${layer.name}": noise_shape must have a 1, a null or the same length for each axis of [${shape.map((length) => length ?? 'null').join(', ')}]; got [${noiseShape.map((length) => length ?? 'null').join(', ')}]`,
  );
}

/** The number of values; an open length counts as 1. */
function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((size, length) => size * (length ?? 1), 1);
}

function shapesIn(shapes: unknown): (number | null)[][] {
  if (!Array.isArray(shapes)) return [];
  return Array.isArray(shapes[0]) ? shapes : [shapes];
}
