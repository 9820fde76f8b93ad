import { add, div, maximum, mul, reshape, sqrt, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { alongAxes, axesOf } from './axes.js';
import { type ComposedLayer, classOf } from './composed-layer.js';
import type { Config, KerasLayers } from './keras-layer.js';
import { count, flag, nested, numbers, wholes, word } from './parameter-kinds.js';

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

/** Layers that prepare data within a model. */
export const preprocessingLayers: KerasLayers = {
  Rescaling: { required: { scale: numbers }, optional: { offset: numbers } },
  Normalization: {
    optional: { axis: wholes, mean: nested, variance: nested, invert: flag },
    classes: [classOf(normalizationLayer)],
    toLayer: (config) => ({ class_name: 'KerasNormalization', config }),
    refused: ({ mean, variance }) =>
      (mean == null) === (variance == null) ? undefined : 'must have both mean and variance, or neither; got one',
  },
  CenterCrop: {
    required: { height: count, width: count },
    optional: { data_format: word('channels_last', 'channels_first') },
  },
};
