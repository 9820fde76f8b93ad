import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { readModelText } from './model-text.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** The message of the InputError with which a model is refused, after which no tensor is left. */
async function refused(document: unknown, weights: Readonly<Record<string, Uint8Array>> = {}): Promise<string> {
  const before = tf.memory().numTensors;
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const error = await readModelText(text, weights).then(
    ({ model }) => model.dispose(),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(tf.memory().numTensors).toBe(before);
  return (error as InputError).message;
}

const input = (name: string, shape: unknown = [null, 2]) => ({
  name,
  class_name: 'InputLayer',
  config: { name, batch_input_shape: shape },
  inbound_nodes: [],
});
type Tensor = [layer: unknown, call: unknown, tensor: unknown, options?: unknown];
const dense = (name: string, calls: readonly (readonly Tensor[])[], config: object = {}) => ({
  name,
  class_name: 'Dense',
  config: { name, units: 2, ...config },
  inbound_nodes: calls,
});
const graph = (inner: readonly object[], out: Tensor = ['out', 0, 0], ends: object = {}) => ({
  class_name: 'Model',
  config: { name: 'm', layers: inner, input_layers: [['in', 0, 0]], output_layers: [out], ...ends },
});
const stack = (...inner: { class_name: string; config: object }[]) => ({
  class_name: 'Sequential',
  config: {
    name: 's',
    layers: [{ class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 2] } }, ...inner],
  },
});

describe("a graph on which TensorFlow.js's loader would never end", () => {
  const cases: [string, object, RegExp][] = [
    [
      'a layer that is not there',
      graph([input('in'), dense('out', [[['inn', 0, 0]]])]),
      /layer "out" \(Dense\): inbound_nodes must name a layer of model "m"; got "inn"; did you mean in\?$/,
    ],
    [
      'a layer that takes itself',
      graph([input('in'), dense('out', [[['out', 0, 0]]])]),
      /must have no cycle; got "out" → "out"$/,
    ],
    [
      'two layers that take each other',
      graph([input('in'), dense('a', [[['b', 0, 0]]]), dense('b', [[['a', 0, 0]]]), dense('out', [[['b', 0, 0]]])]),
      /must have no cycle; got ("a" → "b" → "a"|"b" → "a" → "b")$/,
    ],
    [
      'a call that a shared layer does not have',
      graph([input('in'), dense('a', [[['in', 0, 0]]]), dense('out', [[['a', 1, 0]]])]),
      /layer "out" \(Dense\): inbound_nodes: the call of "a" must be at most 0, its last; got 1$/,
    ],
    [
      'a layer that is never called',
      graph([input('in'), dense('a', []), dense('out', [[['a', 0, 0]]])]),
      /layer "out" \(Dense\): inbound_nodes: "a" must have inbound_nodes, its calls; got none$/,
    ],
    [
      'a tensor that a layer does not give',
      graph([input('in'), dense('a', [[['in', 0, 0]]]), dense('out', [[['a', 0, 1]]])]),
      /layer "out" \(Dense\): inbound_nodes: the tensor of "a" must be at most 0; got 1$/,
    ],
    [
      'the call of a model on its own inputs',
      graph([
        input('in'),
        {
          name: 'part',
          ...graph([input('in'), dense('out', [[['in', 0, 0]]])], undefined, { name: 'part' }),
          inbound_nodes: [[['in', 0, 0]]],
        },
        dense('out', [[['part', 0, 0]]]),
      ]),
      /the call of "part" must be at least 1, since a model has its own call before; got 0$/,
    ],
    [
      'an input of the model that is another layer',
      graph([input('in'), dense('a', [[['in', 0, 0]]]), dense('out', [[['a', 0, 0]]])], undefined, {
        input_layers: [['a', 0, 0]],
      }),
      /model "m": input_layers must name layers of the class InputLayer; got "a" \(Dense\)$/,
    ],
    [
      'an input that the model does not name',
      graph([input('in'), input('other'), dense('out', [[['other', 0, 0]]])]),
      /model "m": input_layers must name "other", which its outputs need$/,
    ],
    [
      'an option of a call that would be ignored',
      graph([input('in'), dense('out', [[['in', 0, 0, { mask: ['in', 0, 0] }]]])]),
      /inbound_nodes\/0\/0: the option mask of the call must be null, since TensorFlow\.js does not have it; got \["in",0,0\]$/,
    ],
    [
      'a wrapper without a layer',
      stack({ class_name: 'TimeDistributed', config: { name: 'each', layer: null } }),
      /layer "each" \(TimeDistributed\): layer must be an object with class_name and config; got null$/,
    ],
    [
      'two layers of one name',
      graph([input('in'), dense('out', [[['in', 0, 0]]]), dense('out', [[['in', 0, 0]]])]),
      /model "m": each layer must have its own name; got "out" twice$/,
    ],
    [
      'two layers of one name in a Sequential model',
      stack(
        { class_name: 'Dense', config: { name: 'd', units: 2 } },
        { class_name: 'Dense', config: { name: 'd', units: 2 } },
      ),
      /model "s": each layer must have its own name; got "d" twice$/,
    ],
    [
      'another name beside the configuration than in it',
      graph([input('in'), { ...dense('out', [[['in', 0, 0]]]), name: 'other' }], ['other', 0, 0]),
      /layer "out" \(Dense\): config.name must be "other", as the name beside it; got "out"$/,
    ],
    [
      'a name of JavaScript',
      graph([input('in'), dense('constructor', [[['in', 0, 0]]])]),
      /must be a text of its own; got "constructor"$/,
    ],
    [
      'an output that is not there',
      graph([input('in'), dense('a', [[['in', 0, 0]]])]),
      /model "m": output_layers must name a layer of model "m"; got "out"/,
    ],
    [
      'no outputs',
      graph([input('in')], ['in', 0, 0], { output_layers: [] }),
      /output_layers must be a list of \[layer, call, tensor\]; got \[\]$/,
    ],
    [
      'one output twice',
      graph([input('in'), dense('out', [[['in', 0, 0]]])], ['out', 0, 0], {
        output_layers: [
          ['out', 0, 0],
          ['out', 0, 0],
        ],
      }),
      /output_layers must name each tensor once; got \["out",0,0\] twice$/,
    ],
    ...[5, ['in', 0], ['in', -1, 0], ['in', '0', 0], ['in', 0, 0.5], ['in', 0, 0, 'x'], [null, 0, 0]].map(
      (tensor): [string, object, RegExp] => [
        `${JSON.stringify(tensor)} as a tensor`,
        graph([input('in'), dense('out', [[tensor as Tensor]])]),
        /inbound_nodes\/0\/0 must be \[layer, call, tensor\], the last two counted from 0; got /,
      ],
    ),
    [
      'a call that takes nothing',
      graph([input('in'), dense('a', [[]]), dense('out', [[['a', 0, 0]]])]),
      /layer "a" \(Dense\): inbound_nodes\/0 must be a list of \[layer, call, tensor, options\]; got \[\]$/,
    ],
    [
      'a call with more tensors than the layer takes, of which it would compute with the first alone',
      graph([
        input('in'),
        dense('a', [[['in', 0, 0]]]),
        dense('out', [
          [
            ['a', 0, 0],
            ['in', 0, 0],
          ],
        ]),
      ]),
      /layer "out" \(Dense\): inbound_nodes\/0 must be a call with at most 1 tensor; got 2$/,
    ],
    [
      'calls that are no list',
      graph([input('in'), { ...dense('out', []), inbound_nodes: { a: 1 } }]),
      /inbound_nodes must be a list of calls; got \{"a":1\}$/,
    ],
  ];
  test.each(cases)('%s', async (_, topology, message) => {
    expect(await refused({ modelTopology: topology })).toMatch(message);
    // The same within another model, functional and Sequential.
    const nested = { ...(topology as object), config: { ...(topology as { config: object }).config, name: 'inner' } };
    const within = stack(nested as never, { class_name: 'Dense', config: { name: 'last', units: 1 } });
    expect(await refused({ modelTopology: within })).toMatch(
      new RegExp(message.source.replaceAll('"m"', '"inner"').replaceAll('"s"', '"inner"')),
    );
    const inside = { ...nested, name: 'inner', inbound_nodes: [[['in', 0, 0]]] };
    expect(await refused({ modelTopology: graph([input('in'), inside], ['inner', 1, 0]) })).toMatch(
      new RegExp(message.source.replaceAll('"m"', '"inner"').replaceAll('"s"', '"inner"')),
    );
  });

  test('a shared layer, a shared model, and one name at two levels are read', async () => {
    const inner = {
      name: 'inner',
      class_name: 'Functional',
      config: {
        name: 'inner',
        layers: [input('in'), dense('a', [[['in', 0, 0]]])],
        input_layers: [['in', 0, 0]],
        output_layers: [['a', 0, 0]],
      },
      // A model's own call on its inputs is number 0.
      inbound_nodes: [[['a', 0, 0, {}]], [['inner', 1, 0, {}]]],
    };
    // The layers stand in an order in which none can be called when it comes first.
    const topology = graph([
      dense('out', [[['inner', 2, 0]]]),
      inner,
      dense('a', [[['in', 0, 0]], [['a', 0, 0]]]),
      input('in'),
    ]);
    const { model } = await readModelText(JSON.stringify({ modelTopology: topology }));
    // Three dense layers of 2 × 2 weights and 2 biases.
    expect(model.countParams()).toBe(18);
    model.dispose();
  });
});

test('the calls of a shared layer keep their numbers, whatever the order of the layers', async () => {
  // "shared" first takes "late", and TensorFlow.js comes to it before "late" is there: it would make its second call first.
  const shared = dense('shared', [[['late', 0, 0]], [['in', 0, 0]]], { units: 1, use_bias: false });
  const late = dense('late', [[['in', 0, 0]]], { units: 1, use_bias: false });
  const ends = {
    output_layers: [
      ['shared', 0, 0],
      ['shared', 1, 0],
    ],
  };
  const topology = graph([input('in', [null, 1]), shared, late], undefined, ends);
  const { model } = await readModelText(JSON.stringify({ modelTopology: topology }));
  tf.tidy(() => {
    model.getLayer('shared').setWeights([tf.tensor2d([[2]])]);
    model.getLayer('late').setWeights([tf.tensor2d([[3]])]);
    const outputs = model.predict(tf.tensor2d([[1]])) as tf.Tensor[];
    expect(outputs.map((output) => output.dataSync()[0])).toEqual([6, 2]);
  });
  model.dispose();
});

describe('documents that are too deep', () => {
  test('a chain of more layers than TensorFlow.js can visit', async () => {
    const chain = (length: number) =>
      stack(...Array.from({ length }, (_, i) => ({ class_name: 'Dense', config: { name: `d${i}`, units: 1 } })));
    expect(await refused({ modelTopology: chain(5000) })).toMatch(
      /model "s" must be at most 3000 layers deep; got 5001$/,
    );
    const long = graph([
      input('in'),
      ...Array.from({ length: 5000 }, (_, i) => dense(`d${i}`, [[[i === 0 ? 'in' : `d${i - 1}`, 0, 0]]])),
    ]);
    long.config.output_layers = [['d4999', 0, 0]];
    expect(await refused({ modelTopology: long })).toMatch(/model "m" must be at most 3000 layers deep; got 5001$/);
    const { model } = await readModelText(JSON.stringify({ modelTopology: chain(1500) }));
    expect(model.layers.length).toBe(1501);
    model.dispose();
  });

  test.each([
    ['lists', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['objects', `${'{"config":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    [
      'models within models',
      JSON.stringify(Array.from({ length: 100 }).reduce((inner) => stack(inner as never), dense('d', []))),
    ],
  ])('%s', async (_, text) => {
    expect(await refused(text)).toBe('model.json must have lists and objects at most 200 deep; got more');
  });
});

describe('shapes that no machine holds are refused before anything is allocated', () => {
  const layer = (class_name: string, config: object) => stack({ class_name, config: { name: 'big', ...config } });
  const image = (class_name: string, config: object) => ({
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [{ class_name, config: { name: 'big', batch_input_shape: [null, 8, 8, 3], ...config } }],
    },
  });
  test.each<[object, RegExp]>([
    [
      layer('Dense', { units: 1e9 }),
      /layer "big" must leave the model with at most 268435456 weights; got 2000000000 with its kernel of \[2, 1000000000\]$/,
    ],
    [
      stack(
        ...['a', 'b', 'c'].map((name) => ({
          class_name: 'Dense',
          config: { name, units: 12_000, kernel_initializer: 'zeros' },
        })),
      ),
      /layer "c" must leave the model with at most 268435456 weights; got 288048000 with its kernel of \[12000, 12000\]$/,
    ],
    [layer('Embedding', { input_dim: 1e9, output_dim: 1000 }), /got 1000000000000 with its embeddings of/],
    [
      layer('RepeatVector', { n: 1e9 }),
      /layer "big" must give at most 268435456 values for a row; got 2000000000 of shape \[1000000000, 2\]$/,
    ],
    [
      image('Conv2D', { filters: 1e9, kernel_size: [3, 3] }),
      /got 27000000000 with its kernel of \[3, 3, 3, 1000000000\]$/,
    ],
    [image('UpSampling2D', { size: [1e5, 1e5] }), /must give at most 268435456 values for a row; got/],
    [image('ZeroPadding2D', { padding: 1e9 }), /must give at most 268435456 values for a row; got/],
    [
      {
        class_name: 'Sequential',
        config: {
          name: 's',
          layers: [{ class_name: 'LSTM', config: { name: 'big', units: 1e6, batch_input_shape: [null, 5, 2] } }],
        },
      },
      /got 4000008000000 with its recurrent_kernel of|with its recurrent_kernel of/,
    ],
    [
      image('MaxPooling2D', { pool_size: [9, 9] }),
      /layer "big" must leave at least one value along each axis; got the shape \[0, 0, 3\]: its input is too small$/,
    ],
  ])('%j', async (topology, message) => {
    const before = process.memoryUsage().rss;
    expect(await refused({ modelTopology: topology })).toMatch(message);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
  });
});

describe('parameters out of their range', () => {
  test.each<[string, object, string]>([
    ['Dropout', { rate: 1.5 }, 'rate must be a number at least 0 and below 1; got 1.5'],
    ['Dropout', { rate: 1 }, 'rate must be a number at least 0 and below 1; got 1'],
    ['Dropout', { rate: '0.5' }, 'rate must be a number at least 0 and below 1; got "0.5"'],
    ['Dropout', {}, 'must have rate: a number at least 0 and below 1'],
    ['Dense', { units: -3 }, 'units must be a whole number at least 1; got -3'],
    ['Dense', { units: 0 }, 'units must be a whole number at least 1; got 0'],
    ['Dense', { units: 2.5 }, 'units must be a whole number at least 1; got 2.5'],
    ['Dense', { units: null }, 'must have units: a whole number at least 1'],
    ['Dense', { units: 2, use_bias: 'yes' }, 'use_bias must be true or false; got "yes"'],
    ['Dense', { units: 2, trainable: 1 }, 'trainable must be true or false; got 1'],
    ['GaussianNoise', { stddev: -1 }, 'stddev must be a number at least 0; got -1'],
    ['BatchNormalization', { momentum: 1.2 }, 'momentum must be a number at least 0 and at most 1; got 1.2'],
    ['BatchNormalization', { epsilon: 1e39 }, 'epsilon must be a number at least 0; got 1e+39'],
    ['LeakyReLU', { alpha: -0.1 }, 'alpha must be a number at least 0; got -0.1'],
    ['Reshape', { target_shape: [-2] }, 'target_shape must be a list, each −1 or a whole number at least 1; got [-2]'],
    ['LSTM', { units: 2, recurrent_dropout: 2 }, 'recurrent_dropout must be a number at least 0 and below 1; got 2'],
    ['Activation', {}, 'must have activation: text'],
  ])('%s %j', async (class_name, config, message) => {
    expect(await refused({ modelTopology: stack({ class_name, config: { name: 'odd', ...config } }) })).toBe(
      `model.json describes a model that TensorFlow.js cannot build: layer "odd" (${class_name})${message.startsWith('must have') ? '' : ':'} ${message}`,
    );
  });

  test.each<[number[], string]>([
    [[3, 2], '[3, 2]'],
    [[-1, 4], '[-1, 4]'],
    [[-1, -1], '[-1, -1]'],
  ])('a target shape that does not hold the values: %j', async (target_shape, shown) => {
    const reshape = { class_name: 'Reshape', config: { name: 'odd', target_shape } };
    expect(await refused({ modelTopology: stack(reshape) })).toMatch(
      `layer "odd": target_shape must hold the 2 values of [2], with at most one −1; got ${shown}`,
    );
  });

  test('a class that nobody knows, with the nearest', async () => {
    const topology = stack({ class_name: 'Dence', config: { name: 'odd' } });
    expect(await refused({ modelTopology: topology })).toMatch(
      /layer "odd" \(Dence\): its class must be one of .*; got "Dence"; did you mean Dense\?$/,
    );
  });
});

describe('weight manifests', () => {
  const topology = stack({ class_name: 'Dense', config: { name: 'd', units: 2, use_bias: false } });
  const weight = { name: 'd/kernel', shape: [2, 2], dtype: 'float32' };
  const group = (over: object = {}) => [{ paths: ['w.bin'], weights: [{ ...weight, ...over }] }];
  const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const said = (weightsManifest: unknown, shard = bytes(1, 2, 3, 4)) =>
    refused({ modelTopology: topology, weightsManifest }, { 'w.bin': shard });

  test.each<[string, unknown, string]>([
    ['an object', { a: 1 }, ' must be a list, each an object; got {"a":1}'],
    ['a number in the list', [5], '/0 must be an object; got 5'],
    ['no paths', [{ weights: [weight] }], '/0 must have paths: a list, each text'],
    ['paths as text', [{ paths: 'w.bin', weights: [weight] }], '/0/paths must be a list, each text; got "w.bin"'],
    ['a path that is none', [{ paths: [7], weights: [weight] }], '/0/paths/0 must be text; got 7'],
    ['no weights', [{ paths: ['w.bin'] }], '/0 must have weights: a list, each an object'],
    ['no shape', group({ shape: undefined }), '/0/weights/0 must have shape: a list, each a whole number at least 0'],
    [
      'a shape as text',
      group({ shape: '2,2' }),
      '/0/weights/0/shape must be a list, each a whole number at least 0; got "2,2"',
    ],
    ['a negative length', group({ shape: [-2, 2] }), '/0/weights/0/shape/0 must be a whole number at least 0; got -2'],
    ['a broken length', group({ shape: [2, 1.5] }), '/0/weights/0/shape/1 must be a whole number at least 0; got 1.5'],
    ['no dtype', group({ dtype: undefined }), '/0/weights/0 must have dtype: one of float32, int32, bool'],
    [
      'an odd dtype',
      group({ dtype: 'float31' }),
      '/0/weights/0/dtype must be one of float32, int32, bool; got "float31"',
    ],
    ['no name', group({ name: null }), '/0/weights/0/name must be text; got null'],
    ['quantization null', group({ quantization: null }), '/0/weights/0/quantization must be an object; got null'],
    [
      'a scale as text',
      group({ quantization: { dtype: 'uint8', scale: 'a', min: 0 } }),
      '/0/weights/0/quantization/scale must be a number within float32; got "a"',
    ],
    [
      'a scale of null',
      group({ quantization: { dtype: 'uint8', scale: null, min: 0 } }),
      '/0/weights/0/quantization/scale must be a number within float32; got null',
    ],
    [
      'no scale',
      group({ quantization: { dtype: 'uint8', min: 0 } }),
      '/0/weights/0/quantization must have scale: a number within float32',
    ],
    [
      'a type that no weight is stored in',
      group({ quantization: { dtype: 'int7', scale: 1, min: 0 } }),
      '/0/weights/0/quantization/dtype must be one of uint8, uint16, float16; got "int7"',
    ],
    ['a name twice', [...group(), ...group()], '/1/weights/0/name must be a name of its own; got "d/kernel"'],
    [
      'a half float of a whole number',
      group({ dtype: 'int32', quantization: { dtype: 'float16' } }),
      '/0/weights/0/quantization/dtype must be a type in which int32 can be stored; got "float16"',
    ],
  ])('%s', async (_, manifest, message) => {
    expect(await said(manifest)).toBe(`model.json: /weightsManifest${message}`);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a weight of %d is named', async (value) => {
    expect(await said(group(), bytes(1, 2, value, 4))).toBe(
      `model.json: the weight "d/kernel" must be finite; got ${value} at position 2`,
    );
    const model = sequential({
      layers: [layers.dense({ units: 2, useBias: false, inputShape: [2], name: 'd' })],
      name: 'given',
    });
    model.setWeights([tf.tensor2d([1, value, 3, 4], [2, 2])]);
    await expect(findLearningRate(model, { xs: [[1, 2]], ys: [[1, 2]] }, { batchSize: 1 })).rejects.toThrow(
      `model "given": the weight "d/kernel" must be finite; got ${value} at position 1`,
    );
    model.dispose();
  });

  test("the state of an optimizer among the weights is left out, as TensorFlow.js's loader does", async () => {
    const state = { name: 'd/kernel/m', shape: [2, 2], dtype: 'float32', group: 'optimizer' };
    const manifest = [
      { paths: ['w.bin'], weights: [{ name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' }, weight, state] },
    ];
    const before = tf.memory().numTensors;
    const text = JSON.stringify({ modelTopology: topology, weightsManifest: manifest });
    const { model, hasWeights } = await readModelText(text, { 'w.bin': bytes(0, 1, 2, 3, 4, 9, 9, 9, 9) });
    expect(hasWeights).toBe(true);
    expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual([1, 2, 3, 4]);
    expect(tf.memory().numTensors - before).toBe(1);
    model.dispose();
  });

  test('quantised weights come back as scale · number + min', async () => {
    const manifest = group({ quantization: { dtype: 'uint8', scale: 0.5, min: -1, original_dtype: 'float32' } });
    const text = JSON.stringify({ modelTopology: topology, weightsManifest: manifest });
    const { model } = await readModelText(text, { 'w.bin': Uint8Array.of(0, 1, 2, 255) });
    expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual([-1, -0.5, 0, 126.5]);
    model.dispose();
  });
});

describe('input shapes that Keras writes elsewhere', () => {
  const layer = (name: string, units: number) => ({ class_name: 'Dense', config: { name, units } });
  const built = (inner: object[], config: object = {}) => ({
    class_name: 'Sequential',
    config: { name: 's', layers: inner, ...config },
  });

  test.each<[string, object, number]>([
    [
      'build_input_shape of the model',
      built([layer('a', 8), layer('b', 3)], { build_input_shape: [null, 4] }),
      4 * 8 + 8 + 8 * 3 + 3,
    ],
    [
      'the InputLayer before a model within the model',
      built([
        { class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 4] } },
        { ...built([layer('a', 8), layer('b', 3)]), config: { name: 'inner', layers: [layer('a', 8), layer('b', 3)] } },
      ]),
      4 * 8 + 8 + 8 * 3 + 3,
    ],
    [
      'the layer before a model within the model',
      built(
        [
          layer('first', 5),
          { class_name: 'Sequential', config: { name: 'inner', layers: [layer('a', 8)] } },
          layer('b', 3),
        ],
        { build_input_shape: [null, 4] },
      ),
      4 * 5 + 5 + 5 * 8 + 8 + 8 * 3 + 3,
    ],
    [
      'build_input_shape for a model that comes first within the model',
      built([{ class_name: 'Sequential', config: { name: 'inner', layers: [layer('a', 8)] } }, layer('b', 3)], {
        build_input_shape: [null, 4],
      }),
      4 * 8 + 8 + 8 * 3 + 3,
    ],
  ])('%s', async (_, topology, weights) => {
    const before = tf.memory().numTensors;
    const { model } = await readModelText(JSON.stringify({ modelTopology: topology }));
    expect(model.inputs[0]?.shape).toEqual([null, 4]);
    expect(model.countParams()).toBe(weights);
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    model.dispose();
  });

  test('a model without any is refused, with what it could have', async () => {
    expect(await refused({ modelTopology: built([layer('a', 8)]) })).toMatch(
      /model "s" must have an input shape: an InputLayer, batch_input_shape in its first layer, or build_input_shape; got none$/,
    );
  });
});
