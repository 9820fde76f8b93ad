import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { modelShape } from '../../src/model/describe.js';
import { readModel } from '../../src/model/formats/registry.js';

let folder: string;
beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const build = () =>
  sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], activation: 'tanh', kernelInitializer: 'glorotNormal' }),
      layers.batchNormalization(),
      layers.dense({ units: 1, useBias: false }),
    ],
  });

/** Writes a model as TensorFlow.js does, its weights cut into shards of at most `shardBytes` bytes. */
async function save(model: ReturnType<typeof build>, shardBytes = 1 << 20): Promise<string> {
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = Buffer.from(tf.io.concatenateArrayBuffers([weightData as ArrayBuffer].flat()));
      const paths: string[] = [];
      for (let start = 0; start < bytes.length; start += shardBytes) {
        paths.push(`shard${paths.length}.bin`);
        writeFileSync(join(folder, paths.at(-1) as string), bytes.subarray(start, start + shardBytes));
      }
      const json = { modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] };
      writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return join(folder, 'model.json');
}

test('weights come back bit for bit, from one shard or from many', async () => {
  const original = build();
  for (const shardBytes of [1 << 20, 7]) {
    const { model, hasWeights } = await readModel(fileSource(await save(original, shardBytes)));
    expect(hasWeights).toBe(true);
    const [left, right] = [original, model].map((each) => each.getWeights().map((weight) => [...weight.dataSync()]));
    expect(right).toEqual(left);
  }
});

test('weights lie in folders below, in several groups, under the names that converters give them', async () => {
  const original = build();
  const json = JSON.parse(readFileSync(await save(original), 'utf8'));
  const bytes = readFileSync(join(folder, 'shard0.bin'));
  const { weights } = json.weightsManifest[0];
  mkdirSync(join(folder, 'w', 'deep'), { recursive: true });
  let at = 0;
  // The order of the layers is another one, the name of the model comes first, and an output's number last.
  const groups = weights.map((weight: { name: string; shape: number[] }, i: number) => {
    const length = 4 * weight.shape.reduce((size, each) => size * each, 1);
    writeFileSync(join(folder, 'w', 'deep', `${i}.bin`), bytes.subarray(at, at + length));
    at += length;
    return { paths: [`./w/deep/${i}.bin`], weights: [{ ...weight, name: `sequential/${weight.name}:0` }] };
  });
  writeFileSync(join(folder, 'converted.json'), JSON.stringify({ ...json, weightsManifest: groups.reverse() }));
  const { model } = await readModel(fileSource(join(folder, 'converted.json')));
  const [left, right] = [original, model].map((each) => each.getWeights().map((weight) => [...weight.dataSync()]));
  expect(right).toEqual(left);
});

test('weights that a handler of model.save got are not left out silently', async () => {
  const modelTopology = build().toJSON(null, false);
  for (const extra of [{ weightSpecs: [] }, { weightData: {} }]) {
    writeFileSync(join(folder, 'dumped.json'), JSON.stringify({ modelTopology, ...extra }));
    await expect(readModel(fileSource(join(folder, 'dumped.json')))).rejects.toThrow(
      /dumped\.json must have a weightsManifest, which names the files of its weights; it has weightSpecs or weightData/,
    );
  }
});

test('weights beyond their constraint come back as they are in the file, and the constraint stays', async () => {
  const constrained = () =>
    sequential({
      layers: [layers.dense({ units: 2, inputShape: [2], kernelConstraint: 'nonNeg', biasConstraint: 'maxNorm' })],
    });
  const original = constrained();
  const values = [-1, 2, -3, 4];
  const [kernel] = original.weights.map((weight) => weight.read() as tf.Variable) as [tf.Variable, tf.Variable];
  tf.tidy(() => kernel.assign(tf.tensor2d(values, [2, 2])));
  const { model } = await readModel(fileSource(await save(original)));
  expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual(values);
  // TensorFlow.js applies it to weights that the caller sets.
  model.setWeights([tf.tensor2d(values, [2, 2]), tf.zeros([2])]);
  expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual([0, 2, 0, 4]);
});

test("constraints of a file are those of its layers, in Keras's spelling", async () => {
  const constraint = (class_name: string, config = {}) => ({ class_name, config });
  const config = {
    name: 'a',
    units: 2,
    batch_input_shape: [null, 2],
    kernel_constraint: constraint('MaxNorm', { max_value: 0.5, axis: 1 }),
    bias_constraint: constraint('MinMaxNorm', { min_value: 0.25, max_value: 2, rate: 0.5, axis: 0 }),
  };
  const json = { class_name: 'Sequential', config: { name: 'bound', layers: [{ class_name: 'Dense', config }] } };
  writeFileSync(join(folder, 'bound.json'), JSON.stringify(json));
  const { model } = await readModel(fileSource(join(folder, 'bound.json')));
  expect(model.weights.map((weight) => (weight as unknown as { constraint: unknown }).constraint)).toMatchObject([
    { maxValue: 0.5, axis: 1 },
    { minValue: 0.25, maxValue: 2, rate: 0.5, axis: 0 },
  ]);
});

test('a model within the model that the file says is frozen is not trained', async () => {
  const dense = (name: string) => ({ class_name: 'Dense', config: { name, units: 2, trainable: true } });
  const input = { class_name: 'InputLayer', config: { name: 'inner_input', batch_input_shape: [null, 3] } };
  for (const trainable of [true, false]) {
    const base = { class_name: 'Sequential', config: { name: 'base', trainable, layers: [input, dense('a')] } };
    const outer = { ...input, config: { ...input.config, name: 'outer_input' } };
    const config = { name: 'whole', layers: [outer, base, dense('b')] };
    writeFileSync(join(folder, 'nested.json'), JSON.stringify({ class_name: 'Sequential', config }));
    const { model } = await readModel(fileSource(join(folder, 'nested.json')));
    expect(model.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      [...(trainable ? ['a/kernel', 'a/bias'] : []), 'b/kernel', 'b/bias'].map((name) => expect.stringContaining(name)),
    );
  }
});

test('reading leaves nothing behind but the weights of the model', async () => {
  const path = await save(build());
  const before = tf.memory().numTensors;
  const { model } = await readModel(fileSource(path));
  expect(tf.memory().numTensors - before).toBe(model.weights.length);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("a bare topology is a model without weights, as Keras 2's to_json writes it too", async () => {
  const topology = build().toJSON(null, false);
  for (const contents of [{ modelTopology: topology }, topology, { modelTopology: { model_config: topology } }]) {
    writeFileSync(join(folder, 'bare.json'), JSON.stringify(contents));
    expect(await readModel(fileSource(join(folder, 'bare.json')))).toMatchObject({
      hasWeights: false,
      trainingConfig: null,
    });
  }
});

test('seeds fixed in the initialisers do not make all repetitions start alike', async () => {
  const topology = JSON.stringify(build().toJSON(null, false)).replaceAll('"seed":null', '"seed":7');
  writeFileSync(join(folder, 'seeded.json'), `{"modelTopology":${topology}}`);
  const { model } = await readModel(fileSource(join(folder, 'seeded.json')));
  const data = {
    xs: [
      [1, 2],
      [3, 4],
    ],
    ys: [1, 2],
  };
  const options = { steps: 3, repeats: 2, batchSize: 2, initialWeights: 'drawn' } as const;
  const { sweeps } = await findLearningRate(model, data, options);
  expect(sweeps[0]?.points[0]?.loss).not.toBe(sweeps[1]?.points[0]?.loss);
});

const fixture = (name: string) => fileURLToPath(new URL(`../../../../fixtures/keras-2/${name}.json`, import.meta.url));

/** A file with a topology, changed as text. */
function written(topology: unknown, change: (text: string) => string = (text) => text): string {
  const path = join(folder, 'model.json');
  writeFileSync(path, change(JSON.stringify(topology)));
  return path;
}

/** A model as Keras 2 writes it, of these layers; the last may be wrapped or nested. */
const kerasModel = (...inner: { class_name: string; config: object }[]) => ({
  class_name: 'Sequential',
  config: {
    name: 'model',
    layers: [{ class_name: 'InputLayer', config: { batch_input_shape: [null, 6, 4], name: 'in' } }, ...inner],
  },
});

describe("Keras's files", () => {
  test.each([
    ['images', [2 * 9 + 2, 2 + 2 + 2 + 2, 2 * 2 * 2 * 3 + 3]],
    // 4 · 4 gates of an input of 3, a state of 4 and a bias.
    ['two_inputs', [10 * 3, 4 * 4 * (3 + 4 + 1), 2 * 4 + 4, 8 + 1]],
  ])('Keras 2.15 is read, though it writes module and registered_name: %s', async (name, counts) => {
    expect(readFileSync(fixture(name), 'utf8')).toContain('"registered_name"');
    const { model, hasWeights } = await readModel(fileSource(fixture(name)));
    expect(hasWeights).toBe(false);
    expect(model.layers.map((layer) => layer.countParams()).filter((count) => count > 0)).toEqual(counts);
    model.dispose();
  });

  test.each([
    ['an input with batch_shape', (text: string) => text.replace('batch_input_shape', 'batch_shape')],
    [
      'a dtype policy',
      (text: string) => text.replace('"name":"in"', '"name":"in","dtype":{"class_name":"DTypePolicy","config":{}}'),
    ],
    ['its version', (text: string) => text.replace('{', '{"keras_version":"3.5.0",')],
  ])('Keras 3 is recognised by %s', async (_, change) => {
    await expect(readModel(fileSource(written(kerasModel(), change)))).rejects.toThrow('was written by Keras 3');
  });

  test('a layer that is only called like a part of Keras 3 is none', async () => {
    const flat = { class_name: 'Flatten', config: { name: 'batch_shape' } };
    const { model } = await readModel(fileSource(written(kerasModel(flat))));
    expect(model.layers.at(-1)?.name).toBe('batch_shape');
    model.dispose();
  });
});

describe('a layer that TensorFlow.js does not have, or not like that, is named', () => {
  const elu = { class_name: 'ELU', config: { name: 'bend', alpha: 0.5 } };
  const gru = { class_name: 'GRU', config: { name: 'gates', units: 2, reset_after: true } };
  const attention = { class_name: 'MultiHeadAttention', config: { name: 'look' } };
  const nested = { class_name: 'Sequential', config: { name: 'deep', layers: [elu] } };
  test.each([
    [[elu], /layer "bend" \(ELU\): .*alpha value \(0\.5\) is not supported/],
    [[gru], /layer "gates" \(GRU\): .*reset_after/],
    [[{ class_name: 'Bidirectional', config: { name: 'both', layer: gru } }], /layer "gates" \(GRU\)/],
    [[{ class_name: 'TimeDistributed', config: { name: 'each', layer: attention } }], /layer "look" \(MultiHead/],
    [[nested], /layer "bend" \(ELU\)/],
  ])('%j', async (inner, message) => {
    const path = written(kerasModel(...inner));
    await expect(readModel(fileSource(path))).rejects.toThrow(InputError);
    await expect(readModel(fileSource(path))).rejects.toThrow(message);
  });

  test('an error that no layer has alone names no layer', async () => {
    const flat = { class_name: 'Flatten', config: { name: 'flat' } };
    const pool = { class_name: 'MaxPooling1D', config: { name: 'pool' } };
    await expect(readModel(fileSource(written(kerasModel(flat, pool))))).rejects.toThrow(
      /cannot build: Input 0 .*pool/,
    );
  });

  test.each([
    [
      'Conv1D',
      { filters: 2, kernel_size: [2], groups: 2 },
      'has groups 2, which TensorFlow.js does not have; allowed: 1',
    ],
    ['GlobalAveragePooling1D', { keepdims: true }, 'has keepdims true'],
    ['ReLU', { negative_slope: 0.1 }, 'has negative_slope 0.1'],
    ['ReLU', { threshold: 1 }, 'has threshold 1'],
    ['Conv2DTranspose', { filters: 1, kernel_size: [2, 2], output_padding: [1, 1] }, 'has output_padding [1,1]'],
    [
      'Dense',
      { units: 1, activity_regularizer: { class_name: 'L1L2', config: { l1: 0.01, l2: 0 } } },
      'has activity_regularizer {"class_name":"L1L2"',
    ],
    [
      'LSTM',
      { units: 1, activity_regularizer: { class_name: 'L1L2', config: { l1: 0.01, l2: 0 } } },
      'has activity_regularizer {"class_name":"L1L2"',
    ],
    [
      'LayerNormalization',
      { gamma_constraint: { class_name: 'NonNeg', config: {} } },
      'has gamma_constraint {"class_name":"NonNeg","config":{}}, which TensorFlow.js does not have; allowed: null',
    ],
    ['LSTM', { units: 1, zero_output_for_mask: true }, 'has zero_output_for_mask true'],
    ['BatchNormalization', { renorm: true }, 'has renorm true'],
    ['Dense', { units: 1, lr_multiplier: 0.1 }, 'has lr_multiplier 0.1, which TensorFlow.js does not have; allowed: 1'],
    ['Dense', { units: 1, kernel_learning_rate_multiplier: 2 }, 'has kernel_learning_rate_multiplier 2'],
  ])('an option that would be left out: %s %j', async (class_name, config, message) => {
    const layer = { class_name, config: { name: 'odd', ...config } };
    await expect(readModel(fileSource(written(kerasModel(layer))))).rejects.toThrow(
      `layer "odd" (${class_name}) ${message}`,
    );
  });
});

test.each([
  null,
  { class_name: 'L1L2', config: { l1: 0, l2: 0 } },
  { class_name: 'L1L2', config: {} },
  { class_name: 'L2', config: { l2: 0 } },
  { module: 'keras.regularizers', class_name: 'L1', config: { l1: 0 }, registered_name: null },
])('an activity regulariser that adds nothing is left out: %j', async (activity_regularizer) => {
  for (const class_name of ['Dense', 'LSTM', 'Conv1D']) {
    const config = { name: 'even', activity_regularizer, units: 1, filters: 1, kernel_size: [1] };
    const { model } = await readModel(fileSource(written(kerasModel({ class_name, config }))));
    const { activityRegularizer } = model.getLayer('even') as { activityRegularizer?: unknown };
    expect(activityRegularizer ?? null).toBe(null);
  }
});

describe('the shapes of a table for a model', () => {
  test('shapes and the last activation, through layers that do not change values', async () => {
    const model = sequential({
      layers: [
        layers.reshape({ targetShape: [4], inputShape: [2, 2, 1] }),
        layers.dense({ units: 6 }),
        layers.activation({ activation: 'softmax' }),
        layers.reshape({ targetShape: [2, 3] }),
      ],
    });
    const { inputs, outputs } = modelShape(model);
    expect(inputs.map(({ shape }) => shape)).toEqual([[2, 2, 1]]);
    expect(outputs).toMatchObject([{ shape: [2, 3], activation: 'softmax' }]);
  });

  test('an open dimension is refused', () => {
    const model = sequential({ layers: [layers.simpleRNN({ units: 2, inputShape: [null, 3] as never })] });
    expect(() => modelShape(model)).toThrow(/must be fixed for a table; got \[null, 3\]$/);
  });
});
