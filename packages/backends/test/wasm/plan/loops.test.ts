import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../../src/node/index.js';
import { broadcastOf } from '../../../src/trace/broadcast.js';
import { compiledFunction } from '../../../src/trace/compiled-function.js';
import { wasmCompiler } from '../../../src/wasm/plan/compile.js';
import { ELEMENTWISE } from '../../../src/wasm/plan/elementwise.js';
import { liveTensors } from '../../support/check.js';
import { type Random, randomSource } from '../../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

const SPECIAL = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1e-40,
  -1e-40,
  3e38,
  1,
  -1,
  0.5,
];
const ATTRIBUTES: Record<string, object> = {
  ClipByValue: { clipValueMin: -0.75, clipValueMax: 1.5 },
  ClipByValueGrad: { clipValueMin: -0.75, clipValueMax: 1 },
  LeakyRelu: { alpha: 0.3 },
  Step: { alpha: 0.25 },
};

const run = (kernelName: string, inputs: Record<string, tf.Tensor>) =>
  tf.engine().runKernel(kernelName, inputs as never, (ATTRIBUTES[kernelName] ?? {}) as never) as tf.Tensor;

/** The results of a function once it runs compiled, and of running it eagerly. */
function compiledAndEager(fn: (inputs: readonly tf.Tensor[]) => tf.Tensor[], inputs: tf.Tensor[]) {
  const compiled = compiledFunction(fn, [], wasmCompiler);
  const expected = tf.tidy(() => fn(inputs).map((tensor) => tensor.dataSync()) as never) as tf.TypedArray[];
  let actual: tf.Tensor[] = [];
  for (let i = 0; i < 5; i++) {
    tf.dispose(actual);
    actual = compiled.call(inputs);
  }
  expect(compiled.problems).toEqual([]);
  expect(compiled.compiled).toBe(true);
  const values = actual.map((tensor) => tensor.dataSync());
  tf.dispose(actual);
  compiled.dispose();
  return { expected, values };
}

/** Equal numbers; zeros of either sign are equal, and NaN is NaN. */
const plain = (values: ArrayLike<number>) => Array.from(values, (value) => (value === 0 ? 0 : value));

test.each(Object.keys(ELEMENTWISE))(
  '%s in a loop gives the bits of its kernel, also for NaN, infinities and zeros',
  (name) => {
    const { inputs } = ELEMENTWISE[name] as { inputs: readonly string[] };
    const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const));
    const operands = inputs.map((_, i) => tf.tensor1d(pairs.map((pair) => pair[i as 0 | 1])));
    // Two calls, so that the loop fuses something.
    const fn = (tensors: readonly tf.Tensor[]) => {
      const once = run(name, Object.fromEntries(inputs.map((input, i) => [input, tensors[i] as tf.Tensor])));
      return [once, tf.neg(once)];
    };
    const { expected, values } = compiledAndEager(fn, operands);
    expect(values.map(plain)).toEqual(expected.map(plain));
    tf.dispose(operands);
  },
);

/** The operands of a kernel by name. A gradient has the shape of its tensor. */
function operandsOf(name: string, first: tf.Tensor, second: tf.Tensor): Record<string, tf.Tensor> {
  const names = ELEMENTWISE[name]?.inputs as readonly string[];
  const other = names[0] === 'dy' && !tf.util.arraysEqual(first.shape, second.shape) ? first : second;
  return Object.fromEntries(names.map((input, i) => [input, i === 0 ? first : other]));
}

/** A random function of elementwise kernels over arrays with every kind of broadcast, with some sums among them. */
function randomProgram(random: Random) {
  const [rows, columns] = [random.integer(1, 5), random.integer(1, 9)];
  const shapes = [[rows, columns], [columns], [rows, 1], [], [1, columns], [1, 1], [2, rows, columns], [2, 1, 1]];
  const inputs = Array.from({ length: random.integer(2, 5) }, () => {
    const shape = random.pick(shapes);
    return tf.tensor(random.normals(tf.util.sizeFromShape(shape)), shape);
  });
  const picks = Array.from({ length: random.integer(3, 20) }, () => ({
    name: random.integer(0, 9) === 0 ? 'Sum' : random.pick(Object.keys(ELEMENTWISE)),
    a: random.integer(0, 1000),
    b: random.integer(0, 1000),
    kept: random.integer(0, 3) === 0,
  }));
  const fn = (tensors: readonly tf.Tensor[]) => {
    const values = [...tensors];
    const results: tf.Tensor[] = [];
    for (const { name, a, b, kept } of picks) {
      const first = values[a % values.length] as tf.Tensor;
      const second = values[b % values.length] as tf.Tensor;
      if (name === 'Sum') values.push(tf.reshape(tf.sum(first, -1, true), first.shape.slice(0, -1)));
      else values.push(run(name, operandsOf(name, first, second)));
      if (kept) results.push(values.at(-1) as tf.Tensor);
    }
    return [...results, values.at(-1) as tf.Tensor];
  };
  return { fn, inputs };
}

test('random programs of elementwise kernels give the same bits in loops as one by one, and leak nothing', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { fn, inputs } = randomProgram(randomSource(seed));
    let fits = true;
    try {
      tf.tidy(() => void fn(inputs));
    } catch {
      fits = false; // Shapes that do not broadcast together.
    }
    if (fits) {
      const before = liveTensors();
      const { expected, values } = compiledAndEager(fn, inputs);
      expect(values.map(plain), `seed ${seed}`).toEqual(expected.map(plain));
      expect(liveTensors(), `seed ${seed}`).toEqual(before);
    }
    tf.dispose(inputs);
  }
});

test.each([
  { operand: [3, 4], output: [3, 4], expected: { broadcast: 'none', columns: undefined } },
  { operand: [1, 4], output: [4], expected: { broadcast: 'none', columns: undefined } },
  { operand: [], output: [3, 4], expected: { broadcast: 'scalar', columns: undefined } },
  { operand: [4], output: [3, 4], expected: { broadcast: 'row', columns: 4 } },
  { operand: [3, 4], output: [2, 3, 4], expected: { broadcast: 'row', columns: 12 } },
  { operand: [3, 1], output: [3, 4], expected: { broadcast: 'column', columns: 4 } },
  { operand: [2, 1, 1], output: [2, 3, 4], expected: { broadcast: 'column', columns: 12 } },
  { operand: [2, 1, 4], output: [2, 3, 4], expected: undefined },
])('$operand within $output is broadcast as $expected', ({ operand, output, expected }) => {
  expect(broadcastOf(operand, output)).toEqual(expected);
});
