import { add, mul, ones, type Tensor } from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf } from './composed-layer.js';
import type { KerasLayers } from './keras-layer.js';
import { count, dropped, number } from './parameter-kinds.js';

/** A factor of its own for each channel. */
const scaleLayer: ComposedLayer = {
  className: 'KerasLayerScale',
  weights: ({ init_values: value, projection_dim: channels }) => [
    {
      name: 'gamma',
      shape: [channels as number],
      draw: () => mul(ones([channels as number]), value as number),
      initial: 'Ones',
    },
  ],
  call: ({ inputs: [x], weights: { gamma } }) => mul(x as Tensor, gamma as Tensor),
};

/** Whole rows are dropped: what a residual block adds to them. */
const depthLayer: ComposedLayer = {
  className: 'KerasStochasticDepth',
  call: ({ inputs, config: { drop_path_rate: rate }, dropped: drop }) => {
    const x = inputs[0] as Tensor;
    return mul(x, drop(ones([x.shape[0] as number, ...x.shape.slice(1).fill(1)]), rate as number));
  },
};

/** The first tensor and some of the second one. */
const residualLayer: ComposedLayer = {
  className: 'KerasCustomScaleLayer',
  mask: 'drop',
  call: ({ inputs: [x, residual], config: { scale } }) => add(x as Tensor, mul(residual as Tensor, scale as number)),
};

/** Layers that `keras.applications` defines for its own models: ConvNeXt and InceptionResNetV2. */
export const applicationLayers: KerasLayers = {
  LayerScale: {
    required: { init_values: number, projection_dim: count },
    classes: [classOf(scaleLayer)],
    toLayer: (config) => ({ class_name: 'KerasLayerScale', config }),
    module: 'keras.src.applications.convnext',
  },
  StochasticDepth: {
    required: { drop_path_rate: dropped },
    classes: [classOf(depthLayer)],
    toLayer: (config) => ({ class_name: 'KerasStochasticDepth', config }),
    module: 'keras.src.applications.convnext',
  },
  CustomScaleLayer: {
    required: { scale: number },
    classes: [classOf(residualLayer)],
    toLayer: (config) => ({ class_name: 'KerasCustomScaleLayer', config }),
    module: 'keras.src.applications.inception_resnet_v2',
  },
};
