import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  constraints,
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { serializeModel } from '../../src/model/formats/tfjs/save.js';
import { buildModel, initialiser, topologyOf } from '../../src/model/initial-weights.js';
import { copyWeights } from '../../src/model/weights.js';
import { readModelText } from './model-text.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** The model that is read from the files of a saved one. */
async function saved(model: LayersModel): Promise<LayersModel> {
  const { topology, weights } = await serializeModel(model, 'weights.bin');
  return (await readModelText(topology, { 'weights.bin': weights })).model;
}

const rebuilt = (model: LayersModel) => buildModel(topologyOf(model), seededRandom(0, 'weights'));

const alone = (layer: object) => sequential({ layers: [layer as layers.Layer] });
const kernel = { filters: 2, kernelSize: 2 };

describe("what TensorFlow.js's description of a layer lacks is in a saved model, and in one that draws initial weights", () => {
  const cases: [string, () => LayersModel, (layer: object) => unknown, unknown][] = [
    [
      'conv1d: dataFormat',
      () => alone(layers.conv1d({ ...kernel, dataFormat: 'channelsFirst', inputShape: [3, 5] })),
      (layer) => (layer as { dataFormat: string }).dataFormat,
      'channelsFirst',
    ],
    [
      'conv2dTranspose: dilationRate',
      () => alone(layers.conv2dTranspose({ ...kernel, dilationRate: 2, inputShape: [5, 5, 1] } as never)),
      (layer) => (layer as { dilationRate: number[] }).dilationRate,
      [2, 2],
    ],
    [
      'separableConv2d: depthMultiplier',
      () => alone(layers.separableConv2d({ ...kernel, depthMultiplier: 3, inputShape: [5, 5, 2] })),
      (layer) => (layer as layers.Layer).weights.map(({ shape }) => shape),
      [[2, 2, 2, 3], [1, 1, 6, 2], [2]],
    ],
    [
      'depthwiseConv2d: depthwiseConstraint',
      () =>
        alone(
          layers.depthwiseConv2d({
            kernelSize: 2,
            inputShape: [5, 5, 2],
            depthwiseConstraint: constraints.maxNorm({ maxValue: 1.5, axis: 1 }),
          }),
        ),
      (layer) => {
        const { depthwiseConstraint: constraint } = layer as { depthwiseConstraint: tf.serialization.Serializable };
        return [constraint.getClassName(), constraint.getConfig()];
      },
      ['MaxNorm', { maxValue: 1.5, axis: 1 }],
    ],
  ];
  test.each(cases)('%s', async (_, build, property, wanted) => {
    const model = build();
    for (const copy of [model, await saved(model), await rebuilt(model)])
      expect(property(copy.layers[0] as object)).toEqual(wanted);
  });
});

const names = (model: LayersModel) => model.trainableWeights.map(({ originalName }) => originalName);

describe('a model within a model that is frozen', () => {
  const base = (): [layers.Layer, layers.Layer] => [
    layers.dense({ units: 2, inputShape: [2], name: 'first' }),
    layers.dense({ units: 2, kernelInitializer: 'zeros', name: 'second' }),
  ];
  const sequentialBase = () => sequential({ layers: base(), name: 'base' });
  const functionalBase = () => {
    const inputs = input({ shape: [2], name: 'in' });
    const [first, second] = base();
    return functional({ inputs, outputs: second.apply(first.apply(inputs)) as SymbolicTensor, name: 'base' });
  };

  test.each([
    ['sequential', sequentialBase],
    ['functional', functionalBase],
  ])('is frozen in the saved model too: %s', async (_, build) => {
    const inner = build();
    inner.trainable = false;
    const model = sequential({ layers: [inner, layers.dense({ units: 2, name: 'out' })] });
    const copy = await saved(model);
    expect(names(copy)).toEqual(['out/kernel', 'out/bias']);
    expect(copy.layers[0]?.trainable).toBe(false);
    expect(copy.getWeights().map((weight) => [...weight.dataSync()])).toEqual(
      model.getWeights().map((weight) => [...weight.dataSync()]),
    );
  });

  test('draws its initial weights from its own initialisers: all weights have the same shape', async () => {
    const inner = sequentialBase();
    inner.trainable = false;
    const out = layers.dense({ units: 2, kernelInitializer: 'ones', name: 'out' });
    const model = sequential({ layers: [inner, out] });
    const given = copyWeights(model);
    await (await initialiser(model, given, 'drawn'))(1);
    tf.dispose(given);
    const kernels = model.weights.filter(({ originalName }) => originalName.endsWith('kernel'));
    const values = Object.fromEntries(
      kernels.map((weight) => [weight.originalName, [...(weight.read() as tf.Tensor).dataSync()]]),
    );
    expect(values['out/kernel']).toEqual([1, 1, 1, 1]);
    expect(values['second/kernel']).toEqual([0, 0, 0, 0]);
    expect(values['first/kernel']?.every((value) => value !== 0 && value !== 1)).toBe(true);
  });
});

test('separableConv2d draws its pointwise kernel from its own initialiser', async () => {
  const config = { filters: 2, kernel_size: 2, depthwise_initializer: 'zeros', pointwise_initializer: 'ones' };
  const layer = { class_name: 'SeparableConv2D', config: { name: 's', ...config, batch_input_shape: [null, 3, 3, 1] } };
  const modelTopology = { class_name: 'Sequential', config: { name: 'm', layers: [layer] } };
  const { model } = await readModelText(JSON.stringify({ modelTopology }));
  for (const each of [model, await rebuilt(model)])
    expect(each.getWeights().map((weight) => [...weight.dataSync()].slice(0, 2))).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
});
