import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { kerasParts } from '../../src/model/layers/keras-parts.js';
import { backend } from '../backend.js';
import { readModelText } from './model-text.js';

beforeAll(async () => {
  await useBackend(backend);
});

/** From Keras itself: fixtures/keras-parts/golden.py. */
const golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/keras-parts/golden.json', import.meta.url), 'utf8'),
) as {
  x: number[];
  activations: Record<string, number[]>;
  matrix: number[][];
  regularizers: { class_name: string; config: object; value: number }[];
  shape: [number, number];
  initializers: {
    class_name: string;
    config: object;
    mean: number;
    deviation: number;
    meanAbsolute: number;
    furthest: number;
  }[];
};

/** A dense layer as Keras writes it, with these parts. */
const dense = ([rows, units]: readonly number[], parts: object) => ({
  class_name: 'Sequential',
  config: {
    name: 'model',
    layers: [
      { class_name: 'InputLayer', config: { batch_input_shape: [null, rows], name: 'in' } },
      { class_name: 'Dense', config: { name: 'd', units, use_bias: false, ...parts } },
    ],
  },
});

async function withModel<Result>(topology: object, use: (model: LayersModel) => Result): Promise<Result> {
  const { model } = await readModelText(JSON.stringify(topology));
  try {
    return use(model);
  } finally {
    model.dispose();
  }
}

describe("activations have Keras's values", () => {
  const { x } = golden;
  const activate = (name: string) =>
    withModel(dense([x.length, x.length], { activation: name, kernel_initializer: 'identity' }), (model) =>
      tf.tidy(() => [...(model.apply(tf.tensor2d([x])) as tf.Tensor).dataSync()]),
    );

  test.each(Object.entries(golden.activations))('%s', async (name, values) => {
    for (const [i, value] of (await activate(name)).entries()) expect(value).toBeCloseTo(values[i] as number, 4);
  });

  test('swish is silu, and hard_sigmoid is that of Keras 2: 0.2 x + 0.5 between 0 and 1', async () => {
    expect(await activate('swish')).toEqual(await activate('silu'));
    const expected = x.map((each) => Math.min(1, Math.max(0, 0.2 * each + 0.5)));
    for (const [i, value] of (await activate('hard_sigmoid')).entries())
      expect(value).toBeCloseTo(expected[i] as number, 5);
  });

  // keras-layers.test.ts has that of Keras 3.
  test('every one in the table is proved here', () => {
    expect(Object.keys(kerasParts.activation).toSorted()).toEqual(
      [...Object.keys(golden.activations), 'swish', 'hard_sigmoid', 'keras3_hard_sigmoid'].toSorted(),
    );
  });
});

describe("regularisers have Keras's penalties", () => {
  const penalty = (regularizer: unknown) =>
    withModel(dense([3, 4], { kernel_regularizer: regularizer }), (model) =>
      tf.tidy(() => {
        model.setWeights([tf.tensor2d(golden.matrix)]);
        return (model.calculateLosses()[0] as tf.Scalar).dataSync()[0] as number;
      }),
    );

  test.each(golden.regularizers)('$class_name $config', async ({ class_name, config, value }) => {
    expect(await penalty({ class_name, config })).toBeCloseTo(value, 5);
  });

  // By hand: the absolute values of the matrix add up to 11, their squares to 14.725.
  test.each([
    ['l1', 0.01 * 11],
    ['l2', 0.01 * 14.725],
    ['l1_l2', 0.01 * (11 + 14.725)],
    [{ class_name: 'L1', config: {} }, 0.01 * 11],
    [{ class_name: 'L1L2', config: { l1: 0.1 } }, 0.1 * 11],
    [{ class_name: 'L1L2', config: { l1: null, l2: 0.1 } }, 0.1 * 14.725],
  ])("what is left out has Keras's default: %j", async (regularizer, value) => {
    const squares = golden.matrix.flat().reduce((sum, each) => sum + each * each, 0);
    const absolutes = golden.matrix.flat().reduce((sum, each) => sum + Math.abs(each), 0);
    expect([absolutes, squares]).toEqual([expect.closeTo(11, 9), expect.closeTo(14.725, 9)]);
    expect(await penalty(regularizer)).toBeCloseTo(value, 5);
  });
});

describe("initialisers have Keras's distributions", () => {
  async function drawn(initializer: unknown) {
    const values = await withModel(dense(golden.shape, { kernel_initializer: initializer }), (model) =>
      Float64Array.from(tf.tidy(() => (model.weights[0] as { read(): tf.Tensor }).read().dataSync())),
    );
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const off = values.map((each) => Math.abs(each - mean));
    return {
      mean,
      deviation: Math.sqrt(off.reduce((sum, each) => sum + each * each, 0) / values.length),
      meanAbsolute: off.reduce((sum, each) => sum + each, 0) / values.length,
      furthest: off.reduce((most, each) => Math.max(most, each), 0),
    };
  }

  test.each(golden.initializers)('$class_name $config', async ({ class_name, config, ...wanted }) => {
    const got = await drawn({ class_name, config: { ...config, seed: null } });
    // Of 360,000 draws: the standard error of the mean is 0.17 % of the deviation, that of the deviation 0.12 %.
    expect(Math.abs(got.mean - wanted.mean) / wanted.deviation).toBeLessThan(0.01);
    expect(got.deviation / wanted.deviation).toBeCloseTo(1, 2);
    // Tells a normal distribution (0.798) from a truncated one (0.82) and a uniform one (0.866).
    expect(got.meanAbsolute / got.deviation).toBeCloseTo(wanted.meanAbsolute / wanted.deviation, 2);
    if (wanted.furthest / wanted.deviation < 3) expect(got.furthest / wanted.furthest).toBeCloseTo(1, 2);
    else expect(got.furthest / wanted.deviation).toBeGreaterThan(4);
  });

  test.each([
    ['glorot_normal', 'GlorotNormal'],
    ['he_uniform', 'HeUniform'],
    ['lecun_normal', 'LecunNormal'],
    [{ class_name: 'LeCunNormal', config: { seed: 3 } }, 'LecunNormal'],
  ])('%j is another name of %s', async (name, class_name) => {
    const { deviation } = golden.initializers.find((each) => each.class_name === class_name) as { deviation: number };
    expect((await drawn(name)).deviation / deviation).toBeCloseTo(1, 2);
  });

  test("VarianceScaling with TensorFlow.js's own distribution stays TensorFlow.js's", async () => {
    const config = { scale: 1, mode: 'fan_in', distribution: 'normal' };
    const { deviation } = await drawn({ class_name: 'VarianceScaling', config });
    // Truncated at two deviations without Keras's correction: the deviation shrinks to 0.87963.
    expect(deviation / (0.87963 * Math.sqrt(1 / (golden.shape[0] as number)))).toBeCloseTo(1, 2);
  });
});

describe('what Keras 2 writes around a name is read', () => {
  const described = (name: string) => [
    { class_name: 'function', config: name },
    { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' },
  ];
  test.each([...described('silu'), ...described('swish')])('the activation %j', async (activation) => {
    const topology = dense([2, 2], { activation, kernel_initializer: 'identity' });
    const values = await withModel(topology, (model) =>
      tf.tidy(() => [...(model.apply(tf.tensor2d([[1, -2]])) as tf.Tensor).dataSync()]),
    );
    // x / (1 + e^-x)
    expect(values[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(values[1]).toBeCloseTo(-2 / (1 + Math.exp(2)), 5);
  });

  test('the policy float32 as the type of a layer', async () => {
    const policy = { module: 'keras.mixed_precision', class_name: 'Policy', config: { name: 'float32' } };
    const types = await withModel(dense([2, 3], { dtype: policy }), (model) =>
      model.weights.map((weight) => (weight as unknown as { dtype: string }).dtype),
    );
    expect(types).toEqual(['float32']);
  });

  test.each([[[3]], [[-1]], [3], [-1], [undefined], [null]])('the axis %j of batch normalisation', async (axis) => {
    const images = {
      class_name: 'Sequential',
      config: {
        name: 'model',
        layers: [
          { class_name: 'InputLayer', config: { batch_input_shape: [null, 2, 2, 3], name: 'in' } },
          { class_name: 'BatchNormalization', config: { name: 'b', axis, epsilon: 0 } },
        ],
      },
    };
    await withModel(images, (model) => {
      expect(model.getWeights().map(({ shape }) => shape)).toEqual([[3], [3], [3], [3]]);
      const x = tf.reshape(tf.range(0, 12), [1, 2, 2, 3]);
      // The moving mean is 0 and the moving variance 1.
      const values = tf.tidy(() => [...(model.apply(x) as tf.Tensor).dataSync()]);
      expect(values.map(Math.round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      x.dispose();
    });
  });
});

describe('a name that is not known, and parameters that are impossible, are refused with what is known', () => {
  test.each<[object, RegExp]>([
    [
      { activation: 'rellu' },
      /layer "d" \(Dense\): activation must be one of linear, relu, .*; got "rellu"; did you mean relu\?$/,
    ],
    [{ activation: { class_name: 'LeakyReLU', config: {} } }, /activation must be one of .*; got "LeakyReLU"/],
    [{ kernel_initializer: 'HeNormall' }, /kernel_initializer must be one of Zeros, .*; did you mean HeNormal\?$/],
    [{ kernel_initializer: { class_name: 'Dense', config: {} } }, /kernel_initializer must be one of .*; got "Dense"$/],
    [
      { kernel_regularizer: { class_name: 'Zeros', config: {} } },
      /kernel_regularizer must be one of L1, L2, .*; got "Zeros"$/,
    ],
    [
      { kernel_constraint: 'RadialConstraint' },
      /kernel_constraint must be one of MaxNorm, NonNeg, .*; got "RadialConstraint"$/,
    ],
    [{ kernel_initializer: 5 }, /kernel_initializer must be a name, or an object with class_name and config; got 5$/],
    ...[-1, 0, 'NaN', '1', true, [], 1e39].map((scale): [object, RegExp] => [
      { kernel_initializer: { class_name: 'VarianceScaling', config: { scale } } },
      /kernel_initializer \(VarianceScaling\): scale must be a number above 0; got /,
    ]),
    [
      { kernelInitializer: { className: 'VarianceScaling', config: { scale: 'NaN' } } },
      /kernel_initializer \(VarianceScaling\): scale must be a number above 0; got "NaN"$/,
    ],
    [
      { kernel_initializer: { class_name: 'TruncatedNormal', config: { stddev: -0.1 } } },
      /\(TruncatedNormal\): stddev must be a number at least 0; got -0.1$/,
    ],
    [
      { kernel_initializer: { class_name: 'RandomUniform', config: { minval: 1, maxval: 0 } } },
      /\(RandomUniform\): minval must be at most maxval, 0; got 1$/,
    ],
    [
      { kernel_initializer: { class_name: 'VarianceScaling', config: { mode: 'fan' } } },
      /mode must be one of fan_in, fan_out, fan_avg; got "fan"$/,
    ],
    [
      { kernel_regularizer: { class_name: 'L1L2', config: { l1: 'NaN' } } },
      /\(L1L2\): l1 must be a number at least 0; got "NaN"$/,
    ],
    [
      { kernel_regularizer: { class_name: 'L2', config: { l2: -1 } } },
      /\(L2\): l2 must be a number at least 0; got -1$/,
    ],
    [
      { activation: { module: 'builtins', class_name: 'function', config: 'mine', registered_name: 'mine' } },
      /activation must be one of linear, relu, .*; got "mine"; did you mean mish\?$/,
    ],
    [
      { activation: { class_name: 'LeakyReLU', config: { name: 'l', alpha: 0.3 } } },
      /activation must be one of .*; got "LeakyReLU", a layer: put it behind this one$/,
    ],
    [
      { dtype: { class_name: 'Policy', config: { name: 'mixed_float16' } } },
      /"d" \(Dense\): dtype must be float32, in which TensorFlow.js computes; got the policy mixed_float16: build the model/,
    ],
    [
      { dtype: { class_name: 'Policy', config: { name: 'float64' } } },
      /dtype must be one of float32, .*; got "float64"$/,
    ],
    [
      { kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 'a' } } },
      /\(MaxNorm\): max_value must be a number at least 0; got "a"$/,
    ],
    [
      { kernel_constraint: { class_name: 'MinMaxNorm', config: { min_value: 2, max_value: 1 } } },
      /\(MinMaxNorm\): min_value must be at most max_value, 1; got 2$/,
    ],
  ])('%j', async (parts, message) => {
    const before = tf.memory().numTensors;
    const error = await readModelText(JSON.stringify(dense([2, 3], parts))).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
