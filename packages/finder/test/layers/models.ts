import * as tf from '@tensorflow/tfjs-core';
import {
  constraints as c,
  type LayersModel,
  layers as l,
  regularizers as r,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { FROZEN_MODELS } from './frozen-models.js';
import { MASKED_MODELS } from './masked-models.js';
import { MASKED_SEQUENCE_MODELS } from './masked-sequence-models.js';
import { apply, chain, dense, each, frozen, functional, gates, image, type Layer, SEQ } from './parts.js';

const CUBE = [3, 3, 3, 2];
const bounds = () => ({
  kernelConstraint: c.maxNorm({ maxValue: 0.6, axis: 0 }),
  recurrentConstraint: c.unitNorm({ axis: 0 }),
  biasConstraint: c.nonNeg(),
});
const penalised = () => ({
  kernelRegularizer: r.l1({ l1: 0.1 }),
  recurrentRegularizer: r.l2({ l2: 0.2 }),
  biasRegularizer: r.l1l2({ l1: 0.1, l2: 0.1 }),
});
/** A regulariser for each of some weights. */
const every = (...names: string[]) =>
  Object.fromEntries(
    names.map((name, i) => [
      `${name}Regularizer`,
      [r.l1({ l1: 0.1 }), r.l2({ l2: 0.2 }), r.l1l2({ l1: 0.1, l2: 0.3 })][i],
    ]),
  );
const l2 = () => r.l2({ l2: 0.1 });
// TensorFlow.js declares a number, and takes a list, as Keras does.
const maxNorm = (maxValue: number, axis: number | number[] = 0) => c.maxNorm({ maxValue, axis: axis as number });
const unitNorm = (axis: number | number[] = 0) => c.unitNorm({ axis: axis as number });
/** The models of fixtures/layers/golden.py by the names of their cases. */
export const MODELS: Readonly<Record<string, () => LayersModel>> = {
  'dense max norm': () => chain([3], l.dense({ units: 4, kernelConstraint: maxNorm(0.7), biasConstraint: 'nonNeg' })),
  'dense unit norm': () => chain([3], l.dense({ units: 4, kernelConstraint: unitNorm(1), biasConstraint: 'unitNorm' })),
  'dense min max norm': () =>
    chain(
      [3],
      l.dense({
        units: 4,
        kernelConstraint: c.minMaxNorm({ minValue: 0.4, maxValue: 0.8, rate: 0.5, axis: 0 }),
        biasConstraint: c.minMaxNorm({ minValue: 0.2, maxValue: 0.3, axis: 0 }),
      }),
    ),
  conv1d: () => image(l.conv1d({ filters: 2, kernelSize: 2, kernelConstraint: maxNorm(0.5, [0, 1]) }), SEQ),
  conv2d: () =>
    image(l.conv2d({ filters: 2, kernelSize: 2, kernelConstraint: maxNorm(0.5, [0, 1, 2]), biasConstraint: 'nonNeg' })),
  'conv2d transpose': () =>
    image(l.conv2dTranspose({ filters: 2, kernelSize: 2, kernelConstraint: 'nonNeg' }), [2, 2, 2]),
  'depthwise conv2d': () =>
    image(l.depthwiseConv2d({ kernelSize: 2, depthwiseConstraint: unitNorm([0, 1]), biasConstraint: 'nonNeg' })),
  'separable conv2d': () =>
    image(
      l.separableConv2d({
        filters: 2,
        kernelSize: 2,
        depthwiseConstraint: 'nonNeg',
        pointwiseConstraint: maxNorm(0.4, 2),
        biasConstraint: 'nonNeg',
      }),
    ),
  embedding: () =>
    chain([4], l.embedding({ inputDim: 6, outputDim: 3, embeddingsConstraint: unitNorm(1) }), l.flatten(), dense(1)),
  'simple rnn': () => chain(SEQ, l.simpleRNN({ units: 3, ...bounds() })),
  gru: () => chain(SEQ, l.gru({ units: 3, ...gates, ...bounds() })),
  lstm: () => chain(SEQ, l.lstm({ units: 3, ...gates, ...bounds() })),
  bidirectional: () =>
    chain(SEQ, l.bidirectional({ layer: l.lstm({ units: 2, ...gates, ...bounds() }), mergeMode: 'concat' })),
  'conv lstm': () =>
    image(
      l.convLstm2d({
        filters: 2,
        kernelSize: 2,
        kernelConstraint: 'nonNeg',
        recurrentConstraint: maxNorm(0.3),
        ...gates,
      }),
      [2, 4, 4, 1],
    ),
  'time distributed': () => chain(SEQ, each(l.dense({ units: 2, kernelConstraint: 'nonNeg' }))),
  'batch normalization': () =>
    chain([3], l.batchNormalization({ gammaConstraint: 'nonNeg', betaConstraint: maxNorm(0.2) }), dense(1)),
  prelu: () => chain([3], l.prelu({ alphaConstraint: c.nonNeg() }), dense(1)),
  'nested model': () =>
    chain(
      [3],
      chain([3], l.dense({ units: 3, kernelConstraint: maxNorm(0.5) })),
      l.dense({ units: 1, kernelConstraint: 'nonNeg' }),
    ),
  conv3d: () =>
    image(
      l.conv3d({ filters: 2, kernelSize: 2, kernelConstraint: unitNorm([0, 1, 2, 3]), biasConstraint: 'nonNeg' }),
      CUBE,
    ),
  'conv3d transpose': () =>
    image(
      l.conv3dTranspose({
        filters: 2,
        kernelSize: 2,
        kernelConstraint: maxNorm(0.5, [0, 1, 2]),
        biasConstraint: 'nonNeg',
      }),
      [2, 2, 2, 2],
    ),
  'dense last axis': () =>
    chain(
      [3],
      l.dense({
        units: 4,
        kernelConstraint: c.minMaxNorm({ minValue: 0.6, maxValue: 0.9, rate: 0.7, axis: -1 }),
        biasConstraint: maxNorm(0.3, -1),
      }),
    ),
  'bidirectional gru': () =>
    chain(SEQ, l.bidirectional({ layer: l.gru({ units: 2, ...gates, ...bounds() }), mergeMode: 'sum' })),
  'time distributed conv2d': () =>
    image(each(l.conv2d({ filters: 2, kernelSize: 2, kernelConstraint: maxNorm(0.4, [0, 1, 2]) })), [2, 4, 4, 1]),
  'time distributed model': () => chain(SEQ, each(chain([2], l.dense({ units: 2, kernelConstraint: 'nonNeg' })))),
  cells: () =>
    chain(
      SEQ,
      l.rnn({
        cell: [
          l.lstmCell({ units: 2, ...gates, ...bounds() }),
          l.gruCell({ units: 3, ...gates, ...bounds() }),
          l.simpleRNNCell({ units: 2, ...bounds() }),
        ],
      }) as Layer,
    ),
  'conv lstm norms': () =>
    image(
      l.convLstm2d({
        filters: 2,
        kernelSize: 2,
        kernelConstraint: maxNorm(0.4, [0, 1, 2]),
        recurrentConstraint: unitNorm(2),
        biasConstraint: 'nonNeg',
        ...gates,
      }),
      [2, 4, 4, 1],
    ),
  shared: () =>
    functional(
      (x) => {
        const both = l.dense({ units: 3, kernelConstraint: unitNorm(), biasConstraint: 'nonNeg' });
        return apply(dense(1), apply(both, apply(both, x as SymbolicTensor)));
      },
      [3],
    ),
  'two bounded layers': () =>
    chain(
      [3],
      l.dense({ units: 4, kernelConstraint: maxNorm(0.7), biasConstraint: 'nonNeg' }),
      l.dense({ units: 4, kernelConstraint: unitNorm() }),
    ),

  'regularised simple rnn': () => chain(SEQ, l.simpleRNN({ units: 2, ...penalised() })),
  'regularised gru': () => chain(SEQ, l.gru({ units: 2, ...gates, ...penalised() })),
  'regularised lstm': () => chain(SEQ, l.lstm({ units: 2, ...gates, ...penalised() })),
  'regularised bidirectional': () =>
    chain(SEQ, l.bidirectional({ layer: l.lstm({ units: 1, ...gates, ...penalised() }), mergeMode: 'concat' })),
  'regularised time distributed': () => chain(SEQ, each(l.dense({ units: 2, kernelRegularizer: l2() }))),
  'regularised shared': () =>
    functional(
      (one, other) => {
        const both = l.dense({ units: 2, kernelRegularizer: l2() });
        return apply(
          dense(1),
          apply(l.concatenate(), [apply(both, one as SymbolicTensor), apply(both, other as SymbolicTensor)]),
        );
      },
      [3],
      [3],
    ),
  'regularised frozen': () =>
    chain([3], frozen(l.dense({ units: 2, kernelRegularizer: l2() })), l.dense({ units: 1, kernelRegularizer: l2() })),
  'regularised nested': () => chain([3], chain([3], l.dense({ units: 2, kernelRegularizer: l2() })), dense(1)),
  'regularised conv1d': () => image(l.conv1d({ filters: 2, kernelSize: 2, ...every('kernel', 'bias') }), SEQ),
  'regularised conv2d': () => image(l.conv2d({ filters: 2, kernelSize: 2, ...every('kernel', 'bias') }), [4, 4, 2]),
  'regularised conv3d': () => image(l.conv3d({ filters: 2, kernelSize: 2, ...every('kernel', 'bias') }), CUBE),
  'regularised conv2d transpose': () =>
    image(l.conv2dTranspose({ filters: 2, kernelSize: 2, ...every('kernel', 'bias') }), [4, 4, 2]),
  'regularised depthwise conv2d': () =>
    image(l.depthwiseConv2d({ kernelSize: 2, ...every('depthwise', 'bias') }), [4, 4, 2]),
  'regularised separable conv2d': () =>
    image(l.separableConv2d({ filters: 2, kernelSize: 2, ...every('depthwise', 'pointwise', 'bias') }), [4, 4, 2]),
  'regularised batch normalization': () =>
    image(l.batchNormalization({ momentum: 0.9, ...every('gamma', 'beta') }), [4, 4, 2]),
  'regularised layer normalization': () => chain([3], l.layerNormalization(every('gamma', 'beta')), dense(1)),
  'regularised prelu': () => chain([3], l.prelu(every('alpha')), dense(1)),
  'regularised conv lstm': () =>
    image(l.convLstm2d({ filters: 2, kernelSize: 2, ...gates, ...every('kernel', 'recurrent', 'bias') }), [2, 4, 4, 1]),
  'regularised cells': () =>
    chain(
      SEQ,
      l.rnn({
        cell: [l.lstmCell({ units: 2, ...gates, ...penalised() }), l.simpleRNNCell({ units: 2, ...penalised() })],
      }) as Layer,
      dense(1),
    ),
  'regularised time distributed model': () =>
    image(each(chain([2], l.dense({ units: 2, ...every('kernel', 'bias') }))), SEQ),
  'regularised bidirectional in time': () =>
    image(
      each(l.bidirectional({ layer: l.simpleRNN({ units: 2, ...penalised() }), mergeMode: 'concat' }) as Layer),
      [2, 3, 2],
    ),
  'regularised embedding': () => image(l.embedding({ inputDim: 6, outputDim: 3, ...every('embeddings') }), [4]),
  'regularised model used twice': () =>
    functional(
      (x) => {
        const part = chain(
          [3],
          l.dense({ units: 3, kernelRegularizer: r.l1({ l1: 0.1 }), biasRegularizer: r.l2({ l2: 0.1 }) }),
        );
        return apply(dense(1), apply(part, apply(part, x as SymbolicTensor)));
      },
      [3],
    ),

  ...FROZEN_MODELS,
  ...MASKED_MODELS,
  ...MASKED_SEQUENCE_MODELS,
};

/** Every weight, layer by layer, those within models and `timeDistributed` in their place. */
export function leafWeights(model: { layers: Layer[] }): tf.Variable[] {
  return model.layers.flatMap((layer) => {
    const { layers, layer: inner } = layer as unknown as { layers?: Layer[]; layer: Layer };
    if (layer.getClassName() === 'TimeDistributed') return leafWeights({ layers: [inner] });
    return layers ? leafWeights({ layers }) : layer.weights.map((weight) => weight.read() as tf.Variable);
  });
}

/** Puts weights in place, as plain assignments. */
export function setLeafWeights(model: LayersModel, values: readonly (readonly number[])[]): void {
  for (const [i, variable] of leafWeights(model).entries())
    tf.tidy(() => variable.assign(tf.tensor(values[i] as number[], variable.shape, 'float32')));
}
