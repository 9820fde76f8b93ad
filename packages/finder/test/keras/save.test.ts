import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useBackend } from '@lrfind/backends';
import { InputError, seededRandom } from '@lrfind/core';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KerasFileFormat, serializeForKeras } from '../../src/model/formats/keras/save/file.js';
import { readModel } from '../../src/model/formats/registry.js';
import { buildModel } from '../../src/model/initial-weights.js';
import { registerKerasClasses } from '../../src/model/layers/registered-classes.js';
import { translateKerasLayer } from '../../src/model/layers/translate-keras-layer.js';

let folder: string;
beforeAll(async () => {
  await useBackend('wasm');
  registerKerasClasses();
  folder = mkdtempSync(join(tmpdir(), 'lrfind-keras-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A model of layers as Keras 3 describes them. */
function fromKeras(shape: readonly (number | null)[], ...list: readonly [string, object][]): Promise<LayersModel> {
  const translated = list.map(([class_name, config], i) =>
    translateKerasLayer({ class_name, config: { name: `l${i}`, ...config } }, 3, 'layer'),
  );
  const [first, ...rest] = translated as [{ class_name: string; config: object }];
  const all = [{ ...first, config: { ...first.config, batch_input_shape: shape } }, ...rest];
  return buildModel(
    { modelTopology: { class_name: 'Sequential', config: { name: 'm', layers: all } } },
    seededRandom(1, 'keras'),
  );
}

const dense = (units: number, config: object = {}) => layers.dense({ units, ...config });
const apply = (layer: layers.Layer, ...x: SymbolicTensor[]) =>
  layer.apply(x.length === 1 ? (x[0] as SymbolicTensor) : x) as SymbolicTensor;

/** A functional model of one input whose entries come one after the other: `[name, class, configuration, tensors it gets]`. */
function graph(
  shape: readonly number[],
  entries: readonly (readonly [string, string, object, readonly string[]])[],
): Promise<LayersModel> {
  const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, ...shape], dtype: 'float32' } };
  const layersOf = entries.map(([name, class_name, config, from]) => ({
    class_name,
    name,
    config: { ...config, name },
    inbound_nodes: [from.map((each) => [each, 0, 0, {}])],
  }));
  const [last] = entries.at(-1) as readonly [string, string, object, readonly string[]];
  const config = {
    name: 'graph',
    layers: [{ ...input, name: 'x', config: { ...input.config, name: 'x' }, inbound_nodes: [] }, ...layersOf],
    input_layers: [['x', 0, 0]],
    output_layers: [[last, 0, 0]],
  };
  return buildModel({ modelTopology: { class_name: 'Functional', config } }, seededRandom(1, 'keras'));
}

const operation = (operation: string, constants: readonly (number | null)[] = [null], options: object = {}) => ({
  operation,
  constants,
  options,
});

/** A model of a file of Keras. */
const ofFile = async (name: string) =>
  (await readModel(fileSource(fileURLToPath(new URL(`../../../../fixtures/keras-files/${name}`, import.meta.url)))))
    .model;

/** Models that both versions of Keras have. */
const models: Readonly<Record<string, () => LayersModel | Promise<LayersModel>>> = {
  'dense, normalised': () =>
    sequential({
      name: 'first',
      layers: [
        dense(5, {
          inputShape: [4],
          activation: 'tanh',
          kernelRegularizer: 'l1l2',
          biasConstraint: 'maxNorm',
          kernelInitializer: 'heNormal',
        }),
        layers.dropout({ rate: 0.5 }),
        layers.leakyReLU({ alpha: 0.1 }),
        layers.activation({ activation: 'swish' }),
        dense(3, { activation: 'softmax', useBias: false }),
      ],
    }),
  recurrent: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 10, outputDim: 4, inputLength: 5, maskZero: true }),
        layers.lstm({ units: 3, returnSequences: true, recurrentActivation: 'sigmoid' }),
        layers.bidirectional({
          layer: layers.gru({ units: 2, recurrentActivation: 'sigmoid', returnSequences: true }) as never,
          mergeMode: 'sum',
        }),
        layers.timeDistributed({ layer: dense(2) }),
        layers.simpleRNN({ units: 2 }),
      ],
    }),
  'two inputs, a shared layer, two outputs': () => {
    const a = input({ shape: [3], name: 'a' });
    const b = input({ shape: [3], name: 'b' });
    const shared = dense(4, { name: 'shared', activation: 'relu' });
    const joined = apply(layers.concatenate({ name: 'cat' }), apply(shared, a), apply(shared, b));
    const sum = apply(layers.add(), apply(shared, a), apply(shared, b));
    return functional({ inputs: [a, b], outputs: [apply(dense(2), joined), apply(dense(1), sum)], name: 'two' });
  },
  'a model in a model in a row': () =>
    sequential({
      name: 'rows',
      layers: [
        sequential({ name: 'part', layers: [dense(3, { inputShape: [2], name: 'p' })] }),
        dense(1, { name: 'q' }),
      ],
    }),
  'layers of every simple kind': () =>
    sequential({
      layers: [
        layers.reshape({ targetShape: [2, 3], inputShape: [6] }),
        layers.permute({ dims: [2, 1] }),
        layers.flatten(),
        layers.elu({ alpha: 1 }),
        layers.prelu({}),
        layers.repeatVector({ n: 2 }),
        layers.softmax({ axis: -1 }),
        layers.flatten(),
        layers.reLU({ maxValue: 0.5 }),
      ],
    }),
  'convolutions, pooled and normalised': () =>
    sequential({
      layers: [
        layers.conv2d({
          inputShape: [9, 8, 2],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          activation: 'relu',
        }),
        layers.batchNormalization({ momentum: 0.9, epsilon: 1e-4 }),
        layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 }),
        layers.separableConv2d({ filters: 3, kernelSize: 2, padding: 'same', useBias: false }),
        layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 }),
        layers.layerNormalization({ axis: -1 }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.upSampling2d({ size: [2, 1] }),
        layers.zeroPadding2d({ padding: 1 }),
        layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' }),
        layers.globalAveragePooling2d({}),
        dense(2),
      ],
    }),
  'a series, convolved': () =>
    sequential({
      layers: [
        layers.conv1d({ inputShape: [12, 3], filters: 4, kernelSize: 3, padding: 'same', dilationRate: 2 }),
        layers.batchNormalization({ scale: true, center: true }),
        layers.maxPooling1d({ poolSize: 2 }),
        layers.averagePooling1d({ poolSize: 2 }),
        layers.globalMaxPooling1d({}),
        dense(1),
      ],
    }),
  'volumes, convolved': () =>
    sequential({
      layers: [
        layers.conv3d({ inputShape: [4, 5, 4, 1], filters: 2, kernelSize: 2 }),
        layers.maxPooling3d({ poolSize: 2 }),
        layers.flatten(),
        dense(1),
      ],
    }),
  'layers that TensorFlow.js lacks': () =>
    fromKeras(
      [null, 8, 4],
      ['Conv1D', { filters: 4, kernel_size: 3, padding: 'causal', dilation_rate: 2 }],
      ['GroupNormalization', { groups: 2 }],
      ['DepthwiseConv1D', { kernel_size: 2 }],
      ['UpSampling1D', { size: 2 }],
      ['GlobalAveragePooling1D', { keepdims: true }],
      ['BatchNormalization', { scale: false }],
      ['Flatten', {}],
      ['Dense', { units: 2 }],
    ),
  'a GRU as Keras has it': () =>
    fromKeras(
      [null, 4, 3],
      ['GRU', { units: 3, recurrent_activation: 'sigmoid' }],
      ['Dense', { units: 2, activation: 'selu' }],
    ),
  'operations that are layers in .h5': () =>
    graph(
      [3, 4],
      [
        ['a', 'KerasOperation', operation('Multiply', [null, 2]), ['x']],
        ['b', 'KerasOperation', operation('Add', [0.5, null]), ['a']],
        ['c', 'KerasOperation', operation('Subtract', [1, null]), ['b']],
        ['d', 'KerasOperation', operation('TrueDivide', [null, 3]), ['c']],
        ['e', 'KerasOperation', operation('Relu6'), ['b']],
        ['f', 'KerasOperation', operation('Multiply', [null, null]), ['d', 'e']],
        ['g', 'KerasOperation', operation('Silu'), ['f']],
        ['h', 'KerasOperation', operation('Transpose', [null], { axes: [0, 2, 1] }), ['g']],
        ['i', 'KerasOperation', operation('Concatenate', [null, null], { axis: -1 }), ['h', 'h']],
        ['j', 'KerasOperation', operation('Softmax', [null], { axis: 1 }), ['i']],
        ['k', 'KerasOperation', operation('Reshape', [null], { newshape: [-1, 12, 2] }), ['j']],
        ['l', 'KerasOperation', operation('Negative'), ['k']],
        ['m', 'Flatten', {}, ['l']],
        ['n', 'Dense', { units: 2 }, ['m']],
      ],
    ),
  'Normalization, Rescaling': () =>
    fromKeras([null, 3], ['Rescaling', { scale: 2, offset: 1 }], ['Normalization', {}], ['Dense', { units: 2 }]),
};

/** Keras 3 cannot read such a graph from .h5 files of Keras 2, whose calls it counts otherwise. */
const graphsOfModels: typeof models = {
  'models within the model, one of them used twice, one frozen': () => {
    const inner = sequential({
      name: 'inner',
      layers: [dense(3, { inputShape: [3], name: 'd' })],
    });
    const x = input({ shape: [3], name: 'x' });
    const other = functional({ inputs: x, outputs: apply(dense(3, { name: 'e' }), x), name: 'other' });
    other.trainable = false;
    const y = input({ shape: [3], name: 'y' });
    const twice = apply(inner, apply(inner, y));
    return functional({
      inputs: y,
      outputs: apply(dense(1, { name: 'out' }), apply(layers.add(), apply(other, y), twice)),
      name: 'nested',
    });
  },
  'a model that ends in a model': () => {
    const x = input({ shape: [3], name: 'x' });
    const last = functional({ inputs: x, outputs: apply(dense(2, { name: 'e' }), x), name: 'last' });
    const y = input({ shape: [3], name: 'y' });
    const [first, second] = [apply(last, y), apply(last, apply(dense(3, { name: 'before' }), y))];
    return functional({ inputs: y, outputs: [second, first], name: 'ends' });
  },
};

/** Models that Keras 3 alone has. */
const modelsOf3: typeof models = {
  'operations on shapes': () => ofFile('operations-keras-3/model.keras'),
  'operations with options': () =>
    graph(
      [3, 4],
      [
        ['a', 'KerasOperation', operation('Clip', [null], { x_max: 0.2 }), ['x']],
        ['b', 'KerasOperation', operation('Gelu', [null], { approximate: false }), ['x']],
        ['c', 'KerasOperation', operation('Greater', [null, 0]), ['x']],
        ['d', 'KerasOperation', operation('Where', [null, null, 0.5]), ['c', 'a']],
        ['e', 'KerasOperation', operation('Cast', [null], { dtype: 'float32' }), ['c']],
        ['f', 'KerasOperation', operation('Multiply', [null, null]), ['e', 'b']],
        ['g', 'KerasOperation', operation('Einsum', [null, null], { subscripts: 'abc,adc->abd' }), ['d', 'f']],
        [
          'h',
          'KerasOperation',
          operation('Pad', [null], {
            pad_width: [
              [0, 0],
              [1, 0],
              [0, 2],
            ],
          }),
          ['g'],
        ],
        ['i', 'KerasOperation', operation('Var', [null], { axis: 1, keepdims: false }), ['h']],
        ['n', 'Dense', { units: 2 }, ['i']],
      ],
    ),
  'layers of keras.applications': () =>
    fromKeras(
      [null, 4, 4, 3],
      ['LayerScale', { init_values: 0.1, projection_dim: 3 }],
      ['StochasticDepth', { drop_path_rate: 0.2 }],
      ['Conv2D', { filters: 6, kernel_size: 3, groups: 3 }],
      ['Flatten', {}],
      ['Dense', { units: 2 }],
    ),
  'first states': () => {
    const x = input({ shape: [4, 3], name: 'x' });
    const [sequence, ...states] = layers
      .lstm({ units: 2, returnSequences: true, returnState: true, recurrentActivation: 'sigmoid' })
      .apply(x) as SymbolicTensor[];
    const decoded = layers
      .lstm({ units: 2, recurrentActivation: 'sigmoid' })
      .apply(sequence as SymbolicTensor, { initialState: states } as never) as SymbolicTensor;
    return functional({ inputs: x, outputs: apply(dense(1), decoded), name: 'states' });
  },
  'activations of Keras 3': () =>
    fromKeras(
      [null, 6],
      ['Dense', { units: 5, activation: 'hard_sigmoid' }],
      ['Dense', { units: 5, activation: 'leaky_relu' }],
      ['ReLU', { negative_slope: 0.2, threshold: 0.1 }],
      ['Dense', { units: 5, activation: 'hard_silu' }],
      ['ELU', { alpha: 0.5 }],
      ['Softmax', { axis: 1 }],
    ),
};

/** Every weight gets numbers of its own, positive where they are variances. */
function fill(model: LayersModel): void {
  let count = 0;
  for (const weight of model.weights) {
    const size = weight.shape.reduce<number>((product, each) => product * (each ?? 1), 1);
    const values = Float32Array.from({ length: size }, () => 0.3 + 0.4 * Math.sin(count++));
    const positive = /variance/.test(weight.originalName) ? values.map((value) => Math.abs(value) + 0.1) : values;
    tf.tidy(() => (weight.read() as tf.Variable).assign(tf.tensor(positive, weight.shape as number[])));
  }
}

interface Case {
  readonly title: string;
  readonly path: string;
  readonly inputs: readonly { readonly values: number[]; readonly shape: number[]; readonly dtype: string }[];
  readonly outputs: number[][];
  readonly trained: number;
  readonly name: string;
}

async function caseOf(
  title: string,
  build: () => LayersModel | Promise<LayersModel>,
  format: KerasFileFormat,
): Promise<Case> {
  const model = await build();
  fill(model);
  const before = tf.memory().numTensors;
  const bytes = await serializeForKeras(model, format);
  expect(tf.memory().numTensors).toBe(before);
  const path = join(folder, `${title.replaceAll(/\W+/g, '-')}.${format}`);
  writeFileSync(path, bytes);
  const ids = model.layers.some((layer) => layer.getClassName() === 'Embedding');
  const inputs = model.inputs.map(({ shape }, i) => {
    const [, ...row] = shape as number[];
    const size = 2 * row.reduce((product, each) => product * each, 1);
    const values = Array.from({ length: size }, (_, j) => (ids ? (3 * j) % 10 : Math.cos(j + 7 * i)));
    return { values, shape: [2, ...row], dtype: ids ? 'int32' : 'float32' };
  });
  const tensors = inputs.map(({ values, shape }) => tf.tensor(values, shape));
  const predicted = [model.predict(tensors.length === 1 ? (tensors[0] as tf.Tensor) : tensors)].flat();
  const outputs = predicted.map((each) => [...each.dataSync()]);
  const trained = model.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
  return { title, path, inputs, outputs, trained, name: model.name };
}

type Result = {
  readonly error?: string;
  readonly outputs?: number[][];
  readonly trained?: number;
  readonly name?: string;
};

/** What Keras says of the cases. */
async function asked(python: string, cases: readonly Case[]): Promise<{ version: string; results: Result[] }> {
  const list = join(folder, 'cases.json');
  writeFileSync(list, JSON.stringify(cases));
  const script = fileURLToPath(new URL('predict.py', import.meta.url));
  const { stdout } = await promisify(execFile)(python, [script, list], { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

const python = process.env.LRFIND_KERAS_PYTHON;
if (!python && process.env.LRFIND_REQUIRE_KERAS === '1')
  throw new Error('LRFIND_REQUIRE_KERAS is 1, but LRFIND_KERAS_PYTHON names no Python with Keras');

// LRFIND_KERAS_PYTHON=…/bin/python names one with Keras; LRFIND_KERAS_2_PYTHON one with Keras 2, which reads .h5 alone.
describe.each([
  [
    'Keras 3 loads .keras and .h5',
    python,
    [
      ['keras', { ...models, ...graphsOfModels, ...modelsOf3 }],
      ['h5', models],
    ],
  ],
  ['Keras 2 loads .h5', process.env.LRFIND_KERAS_2_PYTHON, [['h5', { ...models, ...graphsOfModels }]]],
] as const)('%s, with equal outputs', (_, interpreter, formats) => {
  test.skipIf(!interpreter)('every model', async () => {
    const cases: Case[] = [];
    for (const [format, list] of formats)
      for (const [title, build] of Object.entries(list)) cases.push(await caseOf(title, build, format));
    const { results } = await asked(interpreter as string, cases);
    for (const [i, { title, path, outputs, trained, name }] of cases.entries()) {
      const result = results[i] as Result;
      expect({ title, path, error: result.error }).toEqual({ title, path, error: undefined });
      expect({ title, trained: result.trained, name: result.name }).toEqual({ title, trained, name });
      const differences = outputs.flatMap((output, j) =>
        output.map((value, k) => Math.abs(value - (result.outputs?.[j]?.[k] ?? Number.NaN))),
      );
      expect({ title, path, difference: Math.max(...differences) < 2e-6 }).toEqual({ title, path, difference: true });
    }
  });
});

describe('a model that Keras does not have is refused by its layer', () => {
  test.each<[string, KerasFileFormat, () => LayersModel | Promise<LayersModel>, RegExp]>([
    [
      'hard_sigmoid',
      'keras',
      () => sequential({ layers: [layers.lstm({ units: 1, inputShape: [2, 1], name: 'r' })] }),
      /layer "r" \(LSTM\): recurrent_activation hard_sigmoid cannot be saved for Keras 3, whose function of this name has other numbers/,
    ],
    [
      'thresholdedReLU',
      'keras',
      () => sequential({ layers: [layers.thresholdedReLU({ inputShape: [2], name: 't' })] }),
      /layer "t" \(ThresholdedReLU\) cannot be saved for Keras 3/,
    ],
    [
      'an activation of Keras 3',
      'h5',
      () => fromKeras([null, 2], ['Dense', { units: 1, activation: 'hard_silu' }]),
      /layer "l0" \(Dense\): activation hard_silu cannot be saved for Keras 2/,
    ],
    [
      'an operation that no layer is, as .h5',
      'h5',
      () => graph([3], [['s', 'KerasOperation', operation('Sqrt'), ['x']]]),
      /layer "s" \(Sqrt\) cannot be saved as \.h5, .*save as \.keras/,
    ],
    [
      'a name with a slash',
      'keras',
      () => sequential({ layers: [dense(1, { inputShape: [2], name: 'a/b' })] }),
      /the name of layer "a\/b" must have no slash/,
    ],
  ])('%s', async (_title, format, build, message) => {
    const error = await serializeForKeras(await build(), format).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  });
});
