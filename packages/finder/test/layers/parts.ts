import {
  input,
  type LayersModel,
  layers as l,
  model as makeModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';

export type Layer = l.Layer;
export type Build = (...inputs: SymbolicTensor[]) => SymbolicTensor | SymbolicTensor[];

export function chain(inputShape: number[], ...layers: Layer[]) {
  return sequential({ layers: [l.inputLayer({ inputShape }), ...layers] });
}

export function functional(build: Build, ...shapes: number[][]): LayersModel {
  const inputs = shapes.map((shape) => input({ shape }));
  return makeModel({ inputs, outputs: build(...inputs) });
}

export function apply(layer: Layer, inputs: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(inputs) as SymbolicTensor;
}

export function frozen<Kind extends Layer>(layer: Kind): Kind {
  layer.trainable = false;
  return layer;
}

export const SEQ = [5, 2];
const IMAGE = [5, 5, 2];
export const dense = (units: number, activation?: 'softmax' | 'sigmoid' | 'softplus') =>
  l.dense({ units, ...(activation && { activation }) });
/** Keras's default; TensorFlow.js approximates the sigmoid. */
export const gates = { recurrentActivation: 'sigmoid' } as const;
export const image = (layer: Layer, shape = IMAGE) => chain(shape, layer, l.flatten(), dense(1));
export const normalised = () => l.batchNormalization({ momentum: 0.9 });
export const batchNormalised = () => chain([3], dense(3), normalised(), l.activation({ activation: 'tanh' }));
export const lstm = (units: number, returnSequences = false) => l.lstm({ units, returnSequences, ...gates });
export const gru = (units: number, returnSequences = false) => l.gru({ units, returnSequences, ...gates });
export const each = (layer: Layer) => l.timeDistributed({ layer });

export const words = (...after: Layer[]) =>
  chain([5], l.embedding({ inputDim: 7, outputDim: 3, maskZero: true }), ...after);
export const masked = (...after: Layer[]) => chain(SEQ, l.masking(), ...after);
