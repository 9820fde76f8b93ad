import { add, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { activated, type ComposedLayer, classOf, type Shape } from './composed-layer.js';
import { einsum, equationOf } from './einsum.js';
import type { Config, KerasLayers } from './keras-layer.js';
import { lengths, text } from './parameter-kinds.js';

/** The length of each axis of the output and the kernel, by letter. */
function lengthsOf({ equation, output_shape }: Config, [shape = []]: readonly Shape[]) {
  const letters = equationOf(equation as string, shape.length);
  const row = [output_shape].flat() as (number | null)[];
  const known = new Map<string, number | null>(letters.left.split('').map((letter, i) => [letter, shape[i] ?? null]));
  // The first axis is the batch, which the given shape leaves out; dots are axes that it leaves out too.
  const from = letters.output.length - row.length;
  for (const [i, letter] of letters.output.split('').entries()) {
    const given = i < from ? undefined : row[i - from];
    if (given != null && known.get(letter) == null) known.set(letter, given);
  }
  return { letters, lengthOf: (letter: string) => known.get(letter) ?? null };
}

const layer: ComposedLayer = {
  className: 'KerasEinsumDense',
  mask: 'drop',
  weights: (config, shapes) => {
    const { letters, lengthOf } = lengthsOf(config, shapes);
    const kernel = letters.right.split('').map((letter) => lengthOf(letter) as number);
    const bias = biasShape(config, shapes);
    return [{ name: 'kernel', shape: kernel }, ...(bias ? [{ name: 'bias', shape: bias, initial: 'Zeros' }] : [])];
  },
  outputShape: (config, shapes) => {
    const { letters, lengthOf } = lengthsOf(config, shapes);
    return letters.output.split('').map(lengthOf);
  },
  call: ({ inputs, weights: { kernel, bias }, config }) => {
    const x = inputs[0] as Tensor;
    const letters = equationOf(config.equation as string, x.rank);
    const made = einsum(x, kernel as Tensor, letters);
    if (!bias) return activated(made, config.activation);
    const axes = config.bias_axes as string;
    const shape = made.shape.map((length, i) => (axes.includes(letters.output[i] as string) ? length : 1));
    return activated(add(made, reshape(bias, shape)), config.activation);
  },
};

/** The bias has an axis for each of its letters, and one of length 1 for those of the output after the first of them. */
function biasShape(config: Config, shapes: readonly Shape[]): number[] | undefined {
  const axes = config.bias_axes as string | null | undefined;
  if (!axes) return undefined;
  const { letters, lengthOf } = lengthsOf(config, shapes);
  const output = letters.output.split('');
  const first = output.findIndex((letter) => axes.includes(letter));
  return output.slice(first).map((letter) => (axes.includes(letter) ? (lengthOf(letter) as number) : 1));
}

/** Letters alone, all small: the file's reader changes capitals. */
function smallLetters({ equation, bias_axes, ...config }: Config): Config {
  const used = new Set(`${equation}`.toLowerCase());
  const free = 'zyxwvutsrqponmlkjihgfedcba'.split('').filter((letter) => !used.has(letter));
  const names = new Map([...new Set(`${equation}`.match(/[A-Z]/g) ?? [])].map((letter) => [letter, free.shift()]));
  const small = (letters: unknown) =>
    `${letters}`.replace(/[A-Z]/g, (letter) => names.get(letter) ?? letter).replace(/\s/g, '');
  return { ...config, equation: small(equation), ...(bias_axes ? { bias_axes: small(bias_axes) } : {}) };
}

/** A dense layer over any axes. */
export const einsumLayers: KerasLayers = {
  EinsumDense: {
    required: { equation: text, output_shape: lengths },
    optional: { bias_axes: text },
    classes: [classOf(layer)],
    toLayer: (config) => ({ class_name: layer.className, config: smallLetters(config) }),
  },
};
