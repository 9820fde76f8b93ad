import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { InputError, seededRandom } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { withBatchNorm } from '../../src/engine/batch-norm.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import type { MaskedTensor } from '../../src/engine/mask-rules.js';
import { runLayer } from '../../src/engine/masks.js';
import { trainingStep } from '../../src/engine/training-step.js';
import type { LossFunction } from '../../src/losses/loss.js';
import { buildModel, topologyOf } from '../../src/model/initial-weights.js';
import { registerKerasClasses } from '../../src/model/layers/registered-classes.js';
import { kerasLayers } from '../../src/model/layers/table.js';
import { kerasWeights, translateKerasLayer } from '../../src/model/layers/translate-keras-layer.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend } from '../backend.js';

/** From Keras itself: fixtures/keras-layers/golden.py. */
interface Case {
  readonly name: string;
  readonly layer: { class_name: string; config: Record<string, unknown>; build_config?: object };
  readonly inputs: number[][];
  readonly output: Packed;
  readonly weights: { shape: number[]; path: string; trainable: boolean; values?: Packed }[];
  readonly ints?: number;
  readonly masks?: (number[][] | null)[];
  readonly mask?: number[][];
  readonly training?: boolean;
  readonly ties?: boolean;
  readonly call?: string;
  readonly kwargs?: Record<string, unknown>;
  readonly after?: Packed[];
  readonly gradients?: { weights: Packed[]; inputs: Packed[] };
  readonly losses?: number[];
}

interface Packed {
  readonly shape: number[];
  readonly base64: string;
}

const cases = JSON.parse(
  readFileSync(new URL('../../../../fixtures/keras-layers/golden.json', import.meta.url), 'utf8'),
) as Case[];

/** The numbers that golden.py gives to inputs and weights of a shape. */
function values(shape: readonly number[], offset: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, (_, i) => (((i * i * 71 + i * 379 + offset * 131) % 1009) / 1009) * 2 - 1);
}

function unpacked({ base64 }: Packed): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Lists of plain objects: what Keras wraps numbers and types in is taken off. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { class_name, config } = value as { class_name?: string; config?: { name?: string } };
  if (class_name === 'DTypePolicy') return config?.name;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function inputsOf({ inputs, ints, ties }: Case): tf.Tensor[] {
  return inputs.map((shape, n) => {
    let numbers = values(shape, n + 1);
    if (ints) numbers = numbers.map((x) => Math.floor(((x + 1) / 2) * ints));
    if (ties) numbers = numbers.map((x) => halfToEven(x * 2) / 2);
    return tf.tensor(numbers, shape);
  });
}

/** NumPy rounds a half to the even neighbour. */
function halfToEven(x: number): number {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (Math.abs(low) % 2) : Math.round(x);
}

async function modelOf(one: Case): Promise<{ model: LayersModel; layer: layers.Layer }> {
  const { class_name, config, build_config } = plain(one.layer) as Case['layer'];
  const own = { ...config, ...one.kwargs };
  const translated = translateKerasLayer({ class_name, config: own, build_config } as never, 3, 'layer');
  const ends = one.inputs.map((shape, n) => [`in${n}`, shape] as const);
  const inputs = ends.map(([name, [, ...row]]) => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_input_shape: [null, ...row], dtype: 'float32' },
    inbound_nodes: [],
  }));
  const given = ends.map(([name]) => [name, 0, 0, {}]);
  const { name } = translated.config as { name: string };
  const topology = {
    class_name: 'Model',
    config: {
      name: 'model',
      layers: [...inputs, { ...translated, name, inbound_nodes: [one.call === 'self' ? [given[0], given[0]] : given] }],
      input_layers: ends.map(([each]) => [each, 0, 0]),
      output_layers: [[name, 0, 0]],
    },
  };
  const model = await buildModel({ modelTopology: topology }, seededRandom(0, 'test'));
  const layer = model.getLayer(name);
  const weights = kerasWeights(layer);
  expect(weights.map(({ weight }) => weight.shape)).toEqual(one.weights.map(({ shape }) => shape));
  tf.tidy(() => {
    for (const [n, { weight }] of weights.entries()) {
      const { shape, path, values: kept } = one.weights[n] as Case['weights'][0];
      const drawn = values(shape, 20 + n).map((x) => x * 0.7);
      const isFactor = path.includes('variance') || path.includes('gamma');
      const numbers = kept ? unpacked(kept) : isFactor ? drawn.map((x) => 1 + x / 2) : drawn;
      weight.write(tf.tensor(numbers, shape) as never);
    }
  });
  return { model, layer };
}

/** The largest difference, relative where numbers are above 1. */
function difference(actual: tf.Tensor, expected: Packed): number {
  expect(actual.shape).toEqual(expected.shape);
  const numbers = actual.dataSync();
  return unpacked(expected).reduce(
    (worst, x, i) =>
      Math.max(
        worst,
        Number.isFinite(numbers[i]) ? Math.abs((numbers[i] as number) - x) / Math.max(1, Math.abs(x)) : Infinity,
      ),
    0,
  );
}

beforeAll(async () => {
  await useBackend(backend);
  registerKerasClasses();
});

/** The outputs of a layer with masks, as the training step computes them. */
function run(layer: layers.Layer, one: Case, inputs: readonly tf.Tensor[]): MaskedTensor {
  const given = one.call === 'self' ? [inputs[0], inputs[0]] : inputs;
  const masked = given.map((value, i) => {
    const mask = one.masks?.[i];
    return {
      value: value as tf.Tensor,
      mask: mask ? tf.tensor(mask.flat(), [mask.length, mask[0]?.length ?? 0], 'bool') : null,
    };
  });
  return withBatchNorm(layersWithin(layer), () => runLayer(layer, masked, one.training ?? false)[0] as MaskedTensor);
}

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  test('has the outputs, the mask, the moved statistics and the gradients of Keras', async () => {
    const { model, layer } = await modelOf(one);
    const live = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = inputsOf(one);
      const { value, mask } = run(layer, one, inputs);
      expect(difference(value, one.output)).toBeLessThan(1e-5);
      if (one.masks) expect(mask?.arraySync() ?? null).toEqual(one.mask ?? null);
      const moved = kerasWeights(layer).filter((__, n) => !one.weights[n]?.trainable);
      for (const [n, packed] of (one.after ?? []).entries())
        expect(difference(moved[n]?.weight.read() as tf.Tensor, packed)).toBeLessThan(1e-5);
    });
    const { gradients } = one;
    // TensorFlow's own kernel gives equal maxima of a volume all of the gradient each, also in Keras on TensorFlow.
    const sharesTies = !(backend === 'tensorflow' && one.name === 'MaxPooling3D ties');
    if (gradients && sharesTies) {
      tf.tidy(() => {
        const inputs = inputsOf(one);
        const weights = tf.tensor(values(one.output.shape, 7), one.output.shape);
        const functional = (...given: tf.Tensor[]) =>
          tf.sum(tf.mul(run(layer, one, given).value, weights)) as tf.Scalar;
        if (gradients.inputs.length > 0)
          for (const [n, gradient] of tf.grads(functional)(inputs).entries())
            expect(difference(gradient, gradients.inputs[n] as Packed)).toBeLessThan(1e-4);
        const trained = kerasWeights(layer)
          .filter((__, n) => one.weights[n]?.trainable)
          .map(({ weight }) => weight.read() as tf.Variable);
        if (trained.length === 0) return;
        const { grads } = tf.variableGrads(() => functional(...inputs), trained);
        for (const [n, variable] of trained.entries())
          expect(difference(grads[variable.name] as tf.Tensor, gradients.weights[n] as Packed)).toBeLessThan(1e-4);
      });
    }
    expect(tf.memory().numTensors).toBe(live);
    const twin = await buildModel(topologyOf(model), seededRandom(0, 'twin'));
    const same = twin.getLayer(layer.name);
    expect(same.getClassName()).toBe(layer.getClassName());
    expect(twin.outputs[0]?.shape).toEqual(model.outputs[0]?.shape);
    expect(kerasWeights(same).map(({ path }) => path)).toEqual(kerasWeights(layer).map(({ path }) => path));
    twin.dispose();
    model.dispose();
  });

  test.runIf(one.losses)('has five losses of Keras', async () => {
    const { model } = await modelOf(one);
    const rows = one.inputs[0]?.[0] as number;
    const asArrays = (tensors: readonly tf.Tensor[]) =>
      tensors.map((each) => ({ shape: each.shape.slice(1), values: each.dataSync() as Float32Array }));
    const inputs = tf.tidy(() => asArrays(inputsOf(one)));
    const targets = tf.tidy(() => asArrays([tf.zeros(one.output.shape)]));
    const dataset = uploadDataset({ rows, inputs, targets, notes: [] });
    const live = tf.memory().numTensors;
    const { rule } = resolveOptimizer('sgd');
    const step = trainingStep({ model, dataset, losses: [squares], rule, rescaleVelocity: false, calls: 5 });
    step.reset(1);
    for (const expected of one.losses as number[]) {
      const loss = step.train(
        Int32Array.from({ length: rows }, (__, i) => i),
        0.1,
      );
      expect(Math.abs((loss.dataSync()[0] as number) - expected)).toBeLessThan(1e-4 * Math.max(1, expected));
      loss.dispose();
    }
    expect(step.notes).toEqual([]);
    step.dispose();
    expect(tf.memory().numTensors).toBe(live);
    model.dispose();
    dataset.dispose();
  });
});

/** A layer as Keras writes it, translated, on one input of a shape. */
async function outputsOf(class_name: string, config: object, input: number[][]): Promise<unknown> {
  const translated = translateKerasLayer({ class_name, config: { name: 'own', ...config } }, 3, 'layer');
  const given = { ...translated.config, batch_input_shape: [null, input[0]?.length ?? 0] };
  const topology = { class_name: 'Sequential', config: { name: 'm', layers: [{ ...translated, config: given }] } };
  const model = await buildModel({ modelTopology: topology }, seededRandom(0, 'test'));
  const output = tf.tidy(() => (model.predict(tf.tensor2d(input)) as tf.Tensor).arraySync());
  model.dispose();
  return output;
}

describe('integers are looked up as Keras does, by hand', () => {
  test.each([
    [{ vocabulary: [5, 7] }, [[5, 7, 9]], [[1, 2, 0]]],
    [{ vocabulary: [5, 7], num_oov_indices: 0 }, [[5, 7, 5]], [[0, 1, 0]]],
    [{ vocabulary: [5, 7], num_oov_indices: 2 }, [[5, 8, 9]], [[2, 0, 1]]],
    [{ vocabulary: [5, 7], mask_token: 0 }, [[0, 5, 9]], [[0, 2, 1]]],
    [{ vocabulary: [5, 7], output_mode: 'multi_hot' }, [[5, 9, 9]], [[1, 1, 0]]],
    [{ vocabulary: [5, 7], output_mode: 'count' }, [[5, 9, 9]], [[2, 1, 0]]],
  ])('%s', async (config, input, expected) => {
    expect(await outputsOf('IntegerLookup', config, input)).toEqual(expected);
  });
});

describe('the table', () => {
  const proved = new Set(cases.flatMap(({ layer: { class_name, config } }) => [class_name, ...innerClasses(config)]));
  // Read by hand above, of Keras 2 alone, or augmentation, which is the same for all.
  const others = /^(IntegerLookup|ThresholdedReLU|AugMix|CutMix|MixUp|RandAugment|Random\w+)$/;

  test('has no class that is not proved here', () => {
    expect(Object.keys(kerasLayers).filter((name) => !proved.has(name) && !others.test(name))).toEqual([]);
  });

  const read = (class_name: string, config: object) => () =>
    translateKerasLayer({ class_name, config: { name: 'a', ...config } }, 3, 'layer 0');

  test.each([
    ['Lambda', {}, 'layer "a" (Lambda) cannot be read: it holds Python code'],
    ['RandomCrop', { height: 2, width: 2 }, 'use CenterCrop or Resizing'],
    ['StringLookup', {}, 'layer "a" (StringLookup) cannot be read: TensorFlow.js has no text'],
    ['Dence', { units: 2 }, 'layer "a" (Dence): its class must be one of'],
    ['Dense', {}, 'layer "a" (Dense) must have units: a whole number at least 1'],
    ['Dense', { units: 1.5 }, 'layer "a" (Dense): units must be a whole number at least 1; got 1.5'],
    ['Dense', { units: 2, lora_rank: 4 }, 'layer "a" (Dense) has lora_rank 4, which cannot be kept'],
    ['Dense', { units: 2, activity_regularizer: 'l2' }, 'put a layer ActivityRegularization behind it'],
    ['Conv2D', { filters: 1, kernel_size: 2, strides: 2, dilation_rate: 2 }, 'got both above'],
    ['Discretization', {}, 'must have bin_boundaries; got none'],
    ['BatchNormalization', { renorm: true }, 'must not have renorm'],
    ['constructor', {}, 'layer "a" (constructor): its class must be one of'],
  ])('refuses %s with %s', (name, config, message) => {
    expect(read(name, config)).toThrow(message);
    expect(read(name, config)).toThrow(InputError);
  });
});

/** The classes of the layers within a layer. */
function innerClasses(config: unknown): string[] {
  if (Array.isArray(config)) return config.flatMap(innerClasses);
  if (typeof config !== 'object' || config === null) return [];
  const { class_name } = config as { class_name?: string };
  return [...(class_name ? [class_name] : []), ...Object.values(config).flatMap(innerClasses)];
}

/** The mean of the squares of everything. */
const squares: LossFunction = (target, prediction) => tf.mean(tf.square(tf.sub(target, prediction)));
