import { layers as L } from '@tensorflow/tfjs-layers';

/**
 * One kind of layer, between an input and a dense output layer.
 *
 * @typedef {{ apply(x: any): any }} Applicable a layer, or several that belong together
 * @typedef {[shape: number[], make: () => Applicable | Applicable[], about?: 'ids' | number[]]} LayerCase the shape of
 *   one example; the layers in order, the first often dense so that a gradient must pass through the others; `ids`
 *   where the input consists of whole numbers from 0 to 3, or the correct shape of the output, where TensorFlow.js's
 *   may be wrong
 */

/** A dense layer with few units, before the layer under test. */
const dense = (units = 2) => L.dense({ units });

/** @param {() => any} merge @returns {Applicable} two dense branches, merged */
const branches = (merge) => ({ apply: (x) => merge().apply([dense(3).apply(x), dense(3).apply(x)]) });

/**
 * Every kind of layer that TensorFlow.js has, with the options that change what is computed. @type {Record<string,
 * LayerCase>}
 */
export const LAYER_CASES = {
  'activation, gelu': [[4], () => [dense(3), L.activation({ activation: 'gelu' })]],
  'activation, hardSigmoid': [[4], () => [dense(3), L.activation({ activation: 'hardSigmoid' })]],
  'activation, logSoftmax': [[4], () => [dense(3), L.activation({ activation: /** @type {any} */ ('logSoftmax') })]],
  'activation, mish': [[4], () => [dense(3), L.activation({ activation: 'mish' })]],
  'activation, relu6': [[4], () => [dense(3), L.activation({ activation: 'relu6' })]],
  'activation, selu': [[4], () => [dense(3), L.activation({ activation: 'selu' })]],
  'activation, softplus': [[4], () => [dense(3), L.activation({ activation: 'softplus' })]],
  'activation, softsign': [[4], () => [dense(3), L.activation({ activation: 'softsign' })]],
  'activation, swish': [[4], () => [dense(3), L.activation({ activation: 'swish' })]],
  add: [[4], () => branches(() => L.add())],
  alphaDropout: [[4], () => [dense(3), L.alphaDropout({ rate: 0.2 })]],
  average: [[4], () => branches(() => L.average())],
  'averagePooling1d, same': [[5, 2], () => [dense(), L.averagePooling1d({ poolSize: 2, padding: 'same' })]],
  averagePooling2d: [[4, 4, 2], () => [dense(), L.averagePooling2d({})]],
  'averagePooling2d, same': [[3, 3, 2], () => [dense(), L.averagePooling2d({ padding: 'same' })]],
  'averagePooling3d, same': [[3, 3, 3, 1], () => [dense(), L.averagePooling3d({ poolSize: 2, padding: 'same' })]],
  batchNormalization: [[4], () => [dense(3), L.batchNormalization({})]],
  'batchNormalization after a convolution': [
    [4, 4, 1],
    () => [L.conv2d({ filters: 2, kernelSize: 3 }), L.batchNormalization({})],
  ],
  'batchNormalization, axis 1 of 3': [[4, 5], () => [dense(3), L.batchNormalization({ axis: 1 })]],
  'batchNormalization, axis 1 of 4': [
    [2, 4, 5],
    () => [
      L.conv2d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst' }),
      L.batchNormalization({ axis: 1, gammaInitializer: 'randomNormal' }),
    ],
  ],
  'batchNormalization of 5 axes': [[2, 2, 2, 1], () => [dense(3), L.batchNormalization({})]],
  'batchNormalization without center': [[4], () => [dense(3), L.batchNormalization({ center: false })]],
  'batchNormalization without scale': [[4], () => [dense(3), L.batchNormalization({ scale: false })]],
  bidirectional: [
    [3, 2],
    () => L.bidirectional({ layer: /** @type {any} */ (L.gru({ units: 2 })), mergeMode: 'concat' }),
  ],
  'categoryEncoding on the input': [[3], () => L.categoryEncoding({ numTokens: 4, outputMode: 'count' }), 'ids'],
  centerCrop: [[5, 5, 1], () => [dense(), L.centerCrop({ height: 3, width: 2 })]],
  'centerCrop on the input': [[5, 5, 1], () => L.centerCrop({ height: 3, width: 2 })],
  concatenate: [[4], () => branches(() => L.concatenate())],
  conv1d: [[6, 2], () => L.conv1d({ filters: 3, kernelSize: 3, padding: 'same' })],
  'conv1d, causal': [[6, 2], () => L.conv1d({ filters: 3, kernelSize: 3, padding: 'causal' })],
  'conv1d, dilated': [[7, 2], () => [dense(), L.conv1d({ filters: 3, kernelSize: 3, dilationRate: 2 })]],
  conv2d: [[5, 5, 2], () => L.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' })],
  'conv2d, channels first': [[2, 5, 5], () => L.conv2d({ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst' })],
  'conv2d, dilated': [[6, 6, 2], () => [dense(), L.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2 })]],
  'conv2d, dilated, tanh': [
    [6, 6, 2],
    () => [dense(), L.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'tanh' })],
  ],
  'conv2d, dilated, relu, same': [
    [6, 7, 2],
    () => [
      dense(),
      L.conv2d({ filters: 3, kernelSize: [3, 2], dilationRate: [2, 3], padding: 'same', activation: 'relu' }),
    ],
  ],
  'conv2d, dilated, strides 2': [
    [8, 8, 2],
    () => L.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, strides: 2, activation: 'relu' }),
  ],
  'conv2d, strides 2, same': [
    [5, 6, 2],
    () => L.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, padding: 'same' }),
  ],
  conv2dTranspose: [[3, 3, 2], () => L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })],
  // (3 − 1) · stride + (2 − 1) · dilation + 1.
  'conv2dTranspose, dilated': [
    [3, 3, 2],
    () => [dense(), L.conv2dTranspose({ filters: 2, kernelSize: 2, dilationRate: 2 })],
    [5, 5, 2],
  ],
  conv3d: [[3, 4, 3, 2], () => L.conv3d({ filters: 2, kernelSize: 2, strides: 2 })],
  'conv3d, dilated': [[3, 4, 3, 2], () => [dense(), L.conv3d({ filters: 2, kernelSize: 2, dilationRate: 2 })]],
  conv3dTranspose: [[2, 2, 2, 1], () => L.conv3dTranspose({ filters: 2, kernelSize: 2 })],
  'conv3dTranspose, dilated': [
    [3, 3, 3, 1],
    () => [dense(), L.conv3dTranspose({ filters: 2, kernelSize: 2, dilationRate: 2 })],
    [5, 5, 5, 2],
  ],
  convLstm2d: [[2, 4, 4, 1], () => L.convLstm2d({ filters: 2, kernelSize: 2 })],
  'convLstm2d, dilated': [[2, 4, 4, 1], () => L.convLstm2d({ filters: 2, kernelSize: 2, dilationRate: 2 })],
  cropping2D: [
    [4, 4, 1],
    () => [
      dense(),
      L.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
    ],
  ],
  'dense, elu': [[4], () => L.dense({ units: 3, activation: 'elu' })],
  'dense on a sequence': [[3, 4], () => L.dense({ units: 3, activation: 'tanh' })],
  depthwiseConv2d: [[5, 5, 2], () => L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })],
  'depthwiseConv2d, dilated': [[6, 6, 2], () => [dense(), L.depthwiseConv2d({ kernelSize: 2, dilationRate: 2 })]],
  dot: [[4], () => branches(() => L.dot({ axes: 1 }))],
  dropout: [[4], () => [dense(6), L.dropout({ rate: 0.3 })]],
  'elu, alpha 1': [[4], () => [dense(3), L.elu({})]],
  'elu, alpha 0.5': [[4], () => [dense(3), L.elu({ alpha: 0.5 })]],
  embedding: [[3], () => L.embedding({ inputDim: 4, outputDim: 2 }), 'ids'],
  gaussianDropout: [[4], () => [dense(6), L.gaussianDropout({ rate: 0.3 })]],
  gaussianNoise: [[4], () => [dense(3), L.gaussianNoise({ stddev: 0.3 })]],
  globalAveragePooling1d: [[4, 2], () => [dense(3), L.globalAveragePooling1d({})]],
  globalAveragePooling2d: [[3, 3, 1], () => [dense(), L.globalAveragePooling2d({})]],
  globalMaxPooling1d: [[4, 2], () => [dense(3), L.globalMaxPooling1d({})]],
  globalMaxPooling2d: [[3, 3, 2], () => [dense(3), L.globalMaxPooling2d({})]],
  'gru, orthogonal': [[3, 2], () => L.gru({ units: 3 })],
  layerNormalization: [[4], () => [dense(3), L.layerNormalization({})]],
  'layerNormalization, axis 1 of 3': [[4, 3], () => [dense(3), L.layerNormalization({ axis: 1 })]],
  'layerNormalization of 5 axes': [[2, 2, 2, 1], () => [dense(3), L.layerNormalization({})]],
  'layerNormalization without center': [[4], () => [dense(3), L.layerNormalization({ center: false })]],
  'layerNormalization without scale': [[4], () => [dense(3), L.layerNormalization({ scale: false })]],
  leakyReLU: [[4], () => [dense(3), L.leakyReLU({})]],
  lstm: [[3, 2], () => L.lstm({ units: 3, returnSequences: true })],
  masking: [[3, 2], () => [L.masking({ maskValue: 0 }), L.simpleRNN({ units: 3 })]],
  maximum: [[4], () => branches(() => L.maximum())],
  maxPooling1d: [[6, 2], () => [dense(), L.maxPooling1d({ poolSize: 2 })]],
  'maxPooling2d behind a linear convolution': [
    [6, 6, 1],
    () => [L.conv2d({ filters: 2, kernelSize: 3 }), L.maxPooling2d({})],
  ],
  maxPooling3d: [[3, 4, 4, 1], () => [dense(), L.maxPooling3d({ poolSize: 2, padding: 'same' })]],
  minimum: [[4], () => branches(() => L.minimum())],
  multiply: [[4], () => branches(() => L.multiply())],
  permute: [[3, 2], () => [dense(), L.permute({ dims: [2, 1] })]],
  prelu: [[4], () => [dense(3), L.prelu({ alphaInitializer: 'ones' })]],
  randomWidth: [[3, 3, 1], () => [dense(), L.randomWidth({ factor: 0.5 })]],
  reLU: [[4], () => [dense(6), L.reLU({ maxValue: 1 })]],
  repeatVector: [[4], () => [dense(3), L.repeatVector({ n: 2 })]],
  rescaling: [[4], () => [dense(3), L.rescaling({ scale: 0.5, offset: 1 })]],
  reshape: [[4], () => [dense(6), L.reshape({ targetShape: [2, 3] })]],
  resizing: [[3, 3, 1], () => [dense(), L.resizing({ height: 2, width: 2 })]],
  rnn: [[3, 2], () => L.rnn({ cell: [L.gruCell({ units: 2 }), L.lstmCell({ units: 2 })] })],
  separableConv2d: [[5, 5, 2], () => L.separableConv2d({ filters: 3, kernelSize: 3 })],
  'separableConv2d, channels first': [
    [2, 5, 5],
    () => L.separableConv2d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst' }),
  ],
  'separableConv2d, channels first, no bias': [
    [2, 5, 5],
    () => L.separableConv2d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', useBias: false }),
  ],
  'separableConv2d, dilated': [[6, 6, 2], () => L.separableConv2d({ filters: 3, kernelSize: 2, dilationRate: 2 })],
  simpleRNN: [[3, 2], () => L.simpleRNN({ units: 3 })],
  softmax: [[4], () => [dense(3), L.softmax({})]],
  'softmax on a sequence, axis −1': [[4, 3], () => [dense(3), L.softmax({ axis: -1 })]],
  'softmax on a sequence, axes 1 and 2': [[4, 3], () => [dense(3), L.softmax({ axis: [1, 2] })]],
  'softmax on a sequence, default axis': [[4, 3], () => [dense(3), L.softmax({})]],
  spatialDropout1d: [[3, 4], () => [dense(6), L.spatialDropout1d({ rate: 0.3 })]],
  thresholdedReLU: [[4], () => [dense(6), L.thresholdedReLU({ theta: 0.1 })]],
  'timeDistributed, softmax': [[3, 4], () => [dense(3), L.timeDistributed({ layer: L.softmax({}) })]],
  timeDistributed: [[3, 4, 4, 1], () => L.timeDistributed({ layer: L.conv2d({ filters: 2, kernelSize: 2 }) })],
  'upSampling2d, bilinear': [[3, 3, 1], () => [dense(), L.upSampling2d({ interpolation: 'bilinear' })]],
  'upSampling2d, bilinear, not square': [[3, 4, 1], () => [dense(), L.upSampling2d({ interpolation: 'bilinear' })]],
  'upSampling2d, nearest': [[3, 3, 1], () => [dense(), L.upSampling2d({})]],
  'upSampling2d, nearest, on the input': [[3, 3, 1], () => L.upSampling2d({})],
  zeroPadding2d: [[3, 3, 1], () => [dense(), L.zeroPadding2d({})]],
};
