import { InputError } from '@lrfind/core';
import {
  add,
  cast,
  clipByValue,
  div,
  exp,
  fill,
  max,
  minimum,
  mul,
  relu,
  softmax,
  step,
  sub,
  sum,
  type Tensor,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { axesOf } from './axes.js';
import { type ComposedLayer, classOf } from './composed-layer.js';
import type { KerasLayers } from './keras-layer.js';
import { counts, notNegative, number, text, wholes } from './parameter-kinds.js';

const reluLayer: ComposedLayer = {
  className: 'KerasReLU',
  call: ({ inputs: [x], config }) => {
    const { negative_slope: slope = 0, max_value: most, threshold: from = 0 } = config as Record<string, number | null>;
    const above = from === 0 ? relu(x as Tensor) : mul(x as Tensor, step(sub(x as Tensor, from as number)));
    const kept = most == null ? above : clipByValue(above, 0, most);
    return slope ? sub(kept, mul(slope, relu(sub(from as number, x as Tensor)))) : kept;
  },
};

const eluLayer: ComposedLayer = {
  className: 'KerasELU',
  call: ({ inputs: [x], config: { alpha = 1 } }) =>
    add(relu(x as Tensor), mul(alpha as number, sub(exp(minimum(x as Tensor, 0)), 1))),
};

const softmaxLayer: ComposedLayer = {
  className: 'KerasSoftmax',
  call: ({ inputs: [x], masks: [mask], config: { axis = -1 } }) => {
    const input = x as Tensor;
    if (mask && mask.rank !== input.rank)
      throw new InputError(
        `Softmax must get a mask of its input's shape, [${input.shape}]; got one of [${mask.shape}]`,
      );
    const logits = mask ? where(mask, input, fill(input.shape, -1e9)) : input;
    // A row that is masked whole is 0, not even.
    const kept = (values: Tensor) => (mask ? mul(values, cast(mask, 'float32')) : values);
    const axes = axesOf(axis, input.rank);
    if (axes.length === 1) {
      const [along] = axes as [number];
      const order = [...input.shape.keys()].filter((each) => each !== along);
      order.push(along);
      return kept(
        transpose(
          softmax(transpose(logits, order)),
          order.map((_, i) => order.indexOf(i)),
        ),
      );
    }
    const raised = exp(sub(logits, max(logits, axes, true)));
    return kept(div(raised, sum(raised, axes, true)));
  },
};

/** Layers that are an activation. */
export const activationLayers: KerasLayers = {
  Activation: { required: { activation: text } },
  ReLU: {
    optional: { max_value: notNegative, negative_slope: notNegative, threshold: notNegative },
    classes: [classOf(reluLayer)],
    toLayer: ({ negative_slope: slope, threshold, ...config }) =>
      slope || threshold
        ? { class_name: 'KerasReLU', config: { ...config, negative_slope: slope ?? 0, threshold: threshold ?? 0 } }
        : { class_name: 'ReLU', config },
  },
  // Keras 2 calls its slope alpha.
  LeakyReLU: {
    optional: { negative_slope: number, alpha: number },
    toLayer: ({ negative_slope: slope, alpha, ...config }) => ({
      class_name: 'LeakyReLU',
      config: { ...config, alpha: slope ?? alpha ?? 0.3 },
    }),
  },
  ELU: {
    optional: { alpha: number },
    classes: [classOf(eluLayer)],
    toLayer: (config) => ({ class_name: (config.alpha ?? 1) === 1 ? 'ELU' : 'KerasELU', config }),
  },
  PReLU: { optional: { shared_axes: counts } },
  ThresholdedReLU: { optional: { theta: notNegative } },
  Softmax: {
    optional: { axis: wholes },
    classes: [classOf(softmaxLayer)],
    toLayer: ({ axis = -1, ...config }) => {
      const isLast = [axis].flat().length === 1 && [axis].flat()[0] === -1;
      return isLast
        ? { class_name: 'Softmax', config: { ...config, axis: -1 } }
        : { class_name: 'KerasSoftmax', config: { ...config, axis } };
    },
  },
};
