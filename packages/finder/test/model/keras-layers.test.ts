import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { withBatchNorm } from '../../src/engine/batch-norm.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import type { MaskedTensor } from '../../src/engine/mask-rules.js';
import { runLayer } from '../../src/engine/masks.js';
import { trainingStep } from '../../src/engine/training-step.js';
import type { LossFunction } from '../../src/losses/loss.js';
import { buildModel } from '../../src/model/initial-weights.js';
import { registerKerasClasses } from '../../src/model/layers/registered-classes.js';
import { kerasLayer, kerasWeights, translateKerasLayer } from '../../src/model/layers/translate-keras-layer.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend } from '../backend.js';

/** From Keras itself: fixtures/keras-layers/golden.py. */
interface Case {
  readonly name: string;
  readonly layer: { class_name: string; config: Record<string, unknown> };
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
).filter((one: Case) => kerasLayer(one.layer.class_name)) as Case[];

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
  const { class_name, config } = plain(one.layer) as Case['layer'];
  const own = { ...config, ...one.kwargs };
  const translated = translateKerasLayer({ class_name, config: own }, 3, 'layer');
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
    if (gradients) {
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

/** The mean of the squares of everything. */
const squares: LossFunction = (target, prediction) => tf.mean(tf.square(tf.sub(target, prediction)));
