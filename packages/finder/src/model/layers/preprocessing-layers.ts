import {
  add,
  cast,
  div,
  equal,
  greaterEqual,
  max,
  maximum,
  mod,
  mul,
  oneHot,
  reshape,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { alongAxes, axesOf } from './axes.js';
import { type ComposedLayer, classOf, type Shape } from './composed-layer.js';
import type { Config, KerasLayers } from './keras-layer.js';
import { count, countOrNone, flag, nested, number, numbers, text, whole, wholes, word } from './parameter-kinds.js';

/** Keras writes no axis as null, and then one mean is for everything. */
function keptAxes({ axis = -1 }: Config, rank: number): number[] {
  return axis === null ? [] : axesOf(axis, rank);
}

const normalizationLayer: ComposedLayer = {
  className: 'KerasNormalization',
  weights: (config, [shape = []]) => {
    if (config.mean != null) return [];
    const kept = keptAxes(config, shape.length).map((axis) => shape[axis] as number);
    return [
      { name: 'mean', shape: kept, initial: 'Zeros', trainable: false },
      { name: 'variance', shape: kept, initial: 'Ones', trainable: false },
      // Of the rows that it was adapted to. Nothing depends on it; Keras keeps it too.
      { name: 'count', shape: [], initial: 'Zeros', trainable: false },
    ];
  },
  call: ({ inputs: [input], weights, config }) => {
    const x = input as Tensor;
    const shape = alongAxes(x.shape, keptAxes(config, x.rank));
    const along = (name: string) => {
      const value = weights[name] ?? tensor(config[name] as number[]);
      return reshape(value, value.size === 1 ? [] : shape);
    };
    const mean = along('mean');
    // Keras's own epsilon.
    const deviation = maximum(sqrt(along('variance')), 1e-7);
    return config.invert ? add(mean, mul(x, deviation)) : div(sub(x, mean), deviation);
  },
};

const encodings = word('int', 'one_hot', 'multi_hot', 'count');

/** Whole numbers as one-hot rows, all that occur, or how often each does. */
function encoded(ids: Tensor, mode: unknown, size: number): Tensor {
  if (mode === 'int') return ids;
  const whole = cast(ids, 'int32');
  if (mode === 'one_hot') {
    const flat = ids.shape.at(-1) === 1 ? reshape(whole, ids.shape.slice(0, -1)) : whole;
    return cast(oneHot(flat, size), 'float32');
  }
  const each = cast(oneHot(whole, size), 'float32');
  return mode === 'count' ? sum(each, ids.rank - 1) : max(each, ids.rank - 1);
}

function encodedShape(mode: unknown, shape: Shape, size: number): Shape {
  if (mode === 'int') return shape;
  const isFlat = mode !== 'one_hot' || shape.at(-1) === 1;
  return [...(isFlat ? shape.slice(0, -1) : shape), size];
}

/** TensorFlow.js has it too, but changes the shape of its input when it says that of its output. */
const categoryLayer: ComposedLayer = {
  className: 'KerasCategoryEncoding',
  mask: 'drop',
  outputShape: ({ output_mode = 'multi_hot', num_tokens: size }, [shape = []]) =>
    encodedShape(output_mode, shape, size as number),
  call: ({ inputs: [x], config: { output_mode = 'multi_hot', num_tokens: size } }) =>
    encoded(x as Tensor, output_mode, size as number),
};

const discretizationLayer: ComposedLayer = {
  className: 'KerasDiscretization',
  mask: 'drop',
  outputShape: ({ output_mode = 'int', bin_boundaries: ends }, [shape = []]) =>
    encodedShape(output_mode, shape, (ends as number[]).length + 1),
  call: ({ inputs: [x], config: { output_mode = 'int', bin_boundaries: ends } }) => {
    const bounds = ends as number[];
    const bins = bounds.reduce<Tensor>(
      (count, bound) => add(count, cast(greaterEqual(x as Tensor, bound), 'float32')),
      zerosLike(x as Tensor),
    );
    return encoded(bins, output_mode, bounds.length + 1);
  },
};

/** What comes before the words of a vocabulary: the mask, where there is one, and the numbers of unknown words. */
function offsets({ mask_token, num_oov_indices = 1, output_mode = 'int' }: Config) {
  const masks = mask_token != null && output_mode === 'int' ? 1 : 0;
  return { masks, unknown: num_oov_indices as number };
}

const lookupLayer: ComposedLayer = {
  className: 'KerasIntegerLookup',
  mask: 'drop',
  outputShape: (config, [shape = []]) => encodedShape(config.output_mode ?? 'int', shape, lookupSize(config)),
  call: ({ inputs: [x], config }) => {
    const { masks, unknown } = offsets(config);
    const words = config.vocabulary as number[];
    const given = x as Tensor;
    const first = masks + unknown;
    // Several numbers for unknown words: the remainder chooses, as Keras does with whole numbers.
    const others = unknown > 1 ? mod(given, unknown) : zerosLike(given);
    let ids = add(others, masks);
    const put = (word: number, id: number) => {
      const isWord = cast(equal(given, word), 'float32');
      ids = add(mul(ids, sub(1, isWord)), mul(isWord, id));
    };
    for (const [i, word] of words.entries()) put(word, first + i);
    if (masks) put(config.mask_token as number, 0);
    return encoded(ids, config.output_mode ?? 'int', lookupSize(config));
  },
};

const lookupSize = (config: Config) =>
  offsets(config).masks + offsets(config).unknown + (config.vocabulary as number[]).length;

/** Layers that prepare data within a model. */
export const preprocessingLayers: KerasLayers = {
  Rescaling: { required: { scale: numbers }, optional: { offset: numbers } },
  Normalization: {
    optional: { axis: Type.Union([wholes, Type.Array(whole)]), mean: nested, variance: nested, invert: flag },
    classes: [classOf(normalizationLayer)],
    toLayer: (config) => ({ class_name: 'KerasNormalization', config }),
    refused: ({ mean, variance }) =>
      (mean == null) === (variance == null) ? undefined : 'must have both mean and variance, or neither; got one',
  },
  CategoryEncoding: {
    required: { num_tokens: count },
    optional: { output_mode: word('one_hot', 'multi_hot', 'count') },
    classes: [classOf(categoryLayer)],
    toLayer: (config) => ({ class_name: 'KerasCategoryEncoding', config }),
  },
  Discretization: {
    optional: {
      bin_boundaries: Type.Array(number, { allowed: 'a list of numbers' }),
      num_bins: count,
      epsilon: number,
      output_mode: encodings,
    },
    classes: [classOf(discretizationLayer)],
    refused: ({ bin_boundaries: ends }) =>
      ends ? undefined : 'must have bin_boundaries; got none: adapt it in Keras and save the model again',
    toLayer: ({ num_bins, epsilon, ...config }) => ({ class_name: 'KerasDiscretization', config }),
  },
  IntegerLookup: {
    optional: {
      max_tokens: count,
      num_oov_indices: countOrNone,
      mask_token: whole,
      oov_token: whole,
      vocabulary: Type.Array(whole, { allowed: 'a list of whole numbers' }),
      vocabulary_size: count,
      vocabulary_dtype: text,
      output_mode: encodings,
      oov_method: word('floormod'),
    },
    classes: [classOf(lookupLayer)],
    refused: ({ vocabulary }) =>
      vocabulary
        ? undefined
        : 'must have its vocabulary in its configuration; got none: give it as a list when the layer is made',
    toLayer: ({
      max_tokens,
      vocabulary_size,
      vocabulary_dtype,
      oov_method,
      vocabulary,
      oov_token,
      mask_token,
      ...config
    }) => ({
      class_name: 'KerasIntegerLookup',
      config: {
        ...config,
        mask_token: mask_token ?? null,
        // Keras lists the mask and the unknown among the words of some versions.
        vocabulary: (vocabulary as number[]).filter((word) => word !== (oov_token ?? -1) && word !== mask_token),
      },
    }),
  },
};
