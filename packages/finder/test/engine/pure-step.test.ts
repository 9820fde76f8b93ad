import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { LAYER_CASES } from '../../../backends/test/layer-cases.js';
import { penaltiesOf } from '../../src/engine/penalties.js';
import { isPureStep } from '../../src/engine/pure-step.js';
import { lossFunction, lossNamed, lossNames } from '../../src/losses/registry.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { backend } from '../backend.js';

await useBackend(backend);

const squares = lossFunction(lossNamed('meanSquaredError'));

/** Whether a step of a model with these layers is pure. */
function isPure(parts: layers.Layer[], { losses = [squares], change = (_: LayersModel) => {} } = {}): boolean {
  const model = sequential({ layers: parts });
  change(model);
  const all = layersWithin(model);
  const trained = new Set(model.trainableWeights.map((weight) => weight.read() as tf.Variable));
  const pure = isPureStep({ layers: all, losses, penalties: penaltiesOf(all, trained) });
  model.dispose();
  return pure;
}

/** Doubles its input. */
class Doubling extends layers.Layer {
  static readonly className = 'Doubling';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0] as tf.Tensor, 2);
  }
}

const dense = () => layers.dense({ units: 2, activation: 'relu', inputShape: [3] });

test('layers of TensorFlow.js, with their activations and constraints, make a pure step', () => {
  expect(
    isPure([
      layers.dense({ units: 4, activation: 'relu', kernelConstraint: constraints.maxNorm({}), inputShape: [3] }),
      layers.dropout({ rate: 0.2 }),
      layers.batchNormalization(),
      sequential({ layers: [layers.dense({ units: 2, activation: 'softmax', inputShape: [4] })] }),
    ]),
  ).toBe(true);
});

test('recurrent layers and wrappers are pure with the layers in them, unless they keep a state between batches', () => {
  const wrapped = (inner: layers.Layer) =>
    isPure([layers.timeDistributed({ layer: inner as never, inputShape: [4, 3] } as never)]);
  expect(wrapped(layers.dense({ units: 2 }))).toBe(true);
  expect(wrapped(new Doubling({}))).toBe(false);
  const recurrent = (stateful: boolean) => isPure([layers.lstm({ units: 2, stateful, batchInputShape: [2, 4, 3] })]);
  expect(recurrent(false)).toBe(true);
  expect(recurrent(true)).toBe(false);
});

test('every loss of the table is known, also with parameters', () => {
  for (const name of [...lossNames, 'huber(delta=0.5)', 'mse(reduction=sum)'])
    expect(isPure([dense()], { losses: [lossFunction(lossNamed(name))] }), name).toBe(true);
});

test("a function of the caller's as a loss needs two traces, also in the form of an entry of the table", () => {
  const own = (target: tf.Tensor, prediction: tf.Tensor) => tf.mean(tf.squaredDifference(target, prediction));
  expect(isPure([dense()], { losses: [own] })).toBe(false);
  const entry = { name: 'own', target: 'number', compute: own } as const;
  expect(isPure([dense()], { losses: [lossFunction(entry)] })).toBe(false);
});

test("a layer, a constraint and a cell of the caller's need two traces", () => {
  expect(isPure([dense(), new Doubling({})])).toBe(false);
  const nothing = Object.assign(Object.create(constraints.nonNeg()), {
    constructor: class Own {},
    apply: (weight: tf.Tensor) => weight,
  });
  expect(isPure([layers.dense({ units: 2, kernelConstraint: nothing, inputShape: [3] })])).toBe(false);
});

test('a subclass of a layer and a replaced method need two traces', () => {
  const Dense = dense().constructor as unknown as new (given: object) => layers.Layer;
  class Own extends Dense {}
  expect(isPure([new Own({ units: 2, inputShape: [3] })])).toBe(false);
  const replaced = dense();
  const call = replaced.call.bind(replaced);
  replaced.call = (...given) => tf.tidy(() => tf.add(call(...given) as tf.Tensor, tf.randomUniform([1])));
  expect(isPure([replaced])).toBe(false);
  const hooked = dense();
  (hooked as unknown as { setCallHook(hook: () => void): void }).setCallHook(() => {});
  expect(isPure([hooked])).toBe(false);
  const change = (model: LayersModel) => {
    model.call = (inputs) => inputs;
  };
  expect(isPure([dense()], { change })).toBe(false);
});

test('a regulariser and addLoss need two traces, because what they call cannot be seen', () => {
  const regularised = layers.dense({ units: 2, kernelRegularizer: regularizers.l2(), inputShape: [3] });
  expect(isPure([regularised])).toBe(false);
  const penalised = dense();
  (penalised as unknown as { addLoss(loss: () => tf.Scalar): void }).addLoss(() => tf.scalar(Math.random()));
  expect(isPure([penalised])).toBe(false);
});

test('every layer of TensorFlow.js is known but that whose width is drawn in JavaScript, and softmax, which holds a function', () => {
  // TensorFlow.js refuses it.
  const { 'elu, alpha 0.5': _, ...cases } = LAYER_CASES;
  const unknown = Object.entries(cases).filter(([, [, make]]) => {
    const parts = [make()].flat().filter((part) => part instanceof layers.Layer);
    return !parts.every((part) => isPureStep({ layers: layersWithin(part), losses: [], penalties: [] }));
  });
  const names = unknown.map(([name]) => name);
  expect(names.filter((name) => !name.includes('softmax'))).toEqual(['randomWidth']);
});
