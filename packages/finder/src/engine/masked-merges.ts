import { logicalOr, maximum, minimum, mul, onesLike, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type MaskedTensor, wholeMask } from './mask-rules.js';

type Merge = (layer: layers.Layer, inputs: readonly MaskedTensor[]) => Tensor;

// The name keeps automatic names unchanged.
const name = 'probe';
const MERGES: Readonly<Record<string, Merge>> = {
  [layers.multiply({ name }).getClassName()]: product,
  [layers.maximum({ name }).getClassName()]: extreme(maximum),
  [layers.minimum({ name }).getClassName()]: extreme(minimum),
};

/**
 * The output of a layer that merges inputs of which some have masks, as in Keras 3: `multiply`, `maximum` and `minimum` leave out
 * masked steps, where `add` and `average` count them.
 *
 * @returns undefined for other layers, and for inputs of different rank, whose masks Keras leaves out
 */
export function maskedMerge(layer: layers.Layer, inputs: readonly MaskedTensor[]): Tensor | undefined {
  const [{ value }] = inputs as [MaskedTensor];
  if (inputs.some((input) => input.value.rank !== value.rank)) return undefined;
  return MERGES[layer.getClassName()]?.(layer, inputs);
}

/** Masked steps are factors of 1; where all inputs are masked, the product is 0. */
function product(layer: layers.Layer, inputs: readonly MaskedTensor[]): Tensor {
  const masks = inputs.map((input) => wholeMask(layer, input));
  const values = inputs.map(({ value, mask }, i) => (mask ? where(masks[i] as Tensor, value, onesLike(value)) : value));
  const output = values.reduce((a, b) => mul(a, b));
  if (!inputs.every(({ mask }) => mask)) return output;
  return where(
    masks.reduce((a, b) => logicalOr(a, b)),
    output,
    zerosLike(output),
  );
}

/** A masked step gives way to the other input's. */
function extreme(choose: (a: Tensor, b: Tensor) => Tensor): Merge {
  return (layer, [first, ...others]) => {
    let { value: output, mask } = first as MaskedTensor;
    mask &&= wholeMask(layer, first as MaskedTensor);
    for (const other of others) {
      const own = other.mask && wholeMask(layer, other);
      const value = own ? where(own, other.value, output) : other.value;
      if (mask) output = where(mask, output, value);
      mask = own && mask ? logicalOr(mask, own) : null;
      output = choose(output, value);
    }
    return output;
  };
}
