import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { compiledFunction } from '../../src/trace/compiled-function.js';
import { wasmCompiler } from '../../src/wasm/plan/compile.js';
import { liveTensors } from '../support/check.js';

type Fn = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

let before: ReturnType<typeof liveTensors>;

beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  before = liveTensors();
});
afterEach(() => expect(liveTensors()).toEqual(before));

/** The first number of the first output of each call, and how the last call ran. */
function callMany(fn: Fn, inputs: tf.Tensor[][], variables: tf.Variable[] = []) {
  const compiled = compiledFunction(fn, variables, wasmCompiler);
  const results = inputs.map((one) => {
    const outputs = compiled.call(one);
    const value = outputs[0]?.dataSync()[0];
    tf.dispose(outputs);
    return value;
  });
  const { problems, compiled: ran } = compiled;
  compiled.dispose();
  return { results, problems, ran };
}

/** A variable whose initial tensor is disposed. */
const variableOf = (start: () => tf.Tensor) => tf.tidy(() => tf.variable(start(), false));

const scalars = (...values: number[]) => values.map((value) => [tf.scalar(value)]);

test('a pure function runs compiled from the fifth call on, with the arguments of each call', () => {
  const inputs = scalars(1, 2, 3, 4, 5, 6, 7);
  const { results, problems, ran } = callMany(([x]) => [tf.add(tf.square(x as tf.Tensor), 1)], inputs);
  expect(results).toEqual([2, 5, 10, 17, 26, 37, 50]);
  expect(problems).toEqual([]);
  expect(ran).toBe(true);
  tf.dispose(inputs as never);
});

test('a function that is known to be pure is traced once, and runs eagerly twice for the two checks of wasm', () => {
  let runs = 0;
  const total = variableOf(() => tf.scalar(0));
  const fn: Fn = ([x]) => {
    runs += 1;
    total.assign(tf.add(total, x as tf.Tensor));
    return [tf.mul(total, 10)];
  };
  const compiled = compiledFunction(fn, [total], wasmCompiler, undefined, true);
  const inputs = scalars(1, 2, 3, 4, 5);
  const results = inputs.map((one) => tf.tidy(() => compiled.call(one)[0]?.dataSync()[0]));
  expect(results).toEqual([10, 30, 60, 100, 150]);
  expect(runs).toBe(2);
  expect(compiled.compiled).toBe(true);
  compiled.dispose();
  tf.dispose(inputs as never);
  total.dispose();
});

test('a function that is wrongly called pure is found out when its compiled result is compared a second time', () => {
  const state = counting();
  const compiled = compiledFunction(state, [], wasmCompiler, undefined, true);
  const inputs = scalars(1, 1, 1, 1);
  const results = inputs.map((one) => tf.tidy(() => compiled.call(one)[0]?.dataSync()[0]));
  expect(results).toEqual([1, 2, 3, 4]);
  expect(compiled.problems[0]).toMatch(/differed from the eager one/);
  compiled.dispose();
  tf.dispose(inputs as never);
});

test('calls continue from the current values of variables, also where the caller has changed them', () => {
  const total = variableOf(() => tf.scalar(0));
  const inputs = scalars(1, 2, 3, 4, 5, 6);
  const fn: Fn = ([x]) => {
    total.assign(tf.add(total, x as tf.Tensor));
    return [tf.mul(total, 10)];
  };
  const compiled = compiledFunction(fn, [total], wasmCompiler);
  const results = inputs.map((one, i) => {
    if (i === 5) tf.tidy(() => total.assign(tf.scalar(100)));
    return tf.tidy(() => compiled.call(one)[0]?.dataSync()[0]);
  });
  expect(results).toEqual([10, 30, 60, 100, 150, 1060]);
  expect(compiled.compiled).toBe(true);
  expect(total.dataSync()[0]).toBe(106);
  compiled.dispose();
  tf.dispose(inputs as never);
  total.dispose();
});

test('writing a variable in place does not change a clone of it', () => {
  const weight = variableOf(() => tf.tensor1d([1, 2, 3, 4, 5]));
  const compiled = compiledFunction(
    () => {
      weight.assign(tf.mul(weight, 2));
      return [];
    },
    [weight],
    wasmCompiler,
  );
  for (let i = 0; i < 6; i++) {
    const clone = weight.clone();
    const held = Array.from(clone.dataSync());
    compiled.call([]);
    expect(Array.from(clone.dataSync())).toEqual(held);
    expect(Array.from(weight.dataSync())).toEqual(held.map((value) => value * 2));
    clone.dispose();
  }
  expect(compiled.compiled).toBe(true);
  compiled.dispose();
  weight.dispose();
});

test('a product with a variable that is written in place uses the new values, not packed old ones', () => {
  const weight = variableOf(() => tf.ones([8, 8]));
  const x = tf.ones([4, 8]);
  const compiled = compiledFunction(
    () => {
      const product = tf.matMul(x, weight as tf.Tensor2D);
      weight.assign(tf.add(weight, 1));
      return [product];
    },
    [weight],
    wasmCompiler,
  );
  const results = [1, 2, 3, 4, 5, 6, 7].map(() => tf.tidy(() => compiled.call([])[0]?.dataSync()[0]));
  expect(results).toEqual([8, 16, 24, 32, 40, 48, 56]);
  expect(compiled.compiled).toBe(true);
  compiled.dispose();
  tf.dispose([weight, x]);
});

test('a captured tensor is read without a copy, and kept alive', () => {
  const table = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  const inputs = [0, 1, 0, 1, 0, 1].map((row) => [tf.tensor1d([row], 'int32')]);
  const compiled = compiledFunction(([rows]) => [tf.gather(table, rows as tf.Tensor1D)], [], wasmCompiler);
  const read = (one: tf.Tensor[]) => tf.tidy(() => compiled.call(one)[0]?.dataSync()[0]);
  expect(inputs.map(read)).toEqual([1, 3, 1, 3, 1, 3]);
  table.dispose();
  expect(read(inputs[1] as tf.Tensor[])).toBe(3);
  compiled.dispose();
  tf.dispose(inputs as never);
});

test('arguments of other shapes are compiled separately', () => {
  const compiled = compiledFunction(([x]) => [tf.sum(x as tf.Tensor)], [], wasmCompiler);
  for (const length of [2, 3, 2, 3, 2, 3, 2, 3, 2, 3]) {
    const x = tf.ones([length]);
    expect(tf.tidy(() => compiled.call([x])[0]?.dataSync()[0])).toBe(length);
    x.dispose();
  }
  expect(compiled.compiled).toBe(true);
  compiled.dispose();
});

test.each<[string, Fn, RegExp]>([
  ['draws random numbers in JavaScript', ([x]) => [tf.add(x as tf.Tensor, tf.randomUniform([3]))], /random numbers/],
  [
    'turns a value into a constant',
    ([x]) => [tf.mul(x as tf.Tensor, (x as tf.Tensor).dataSync()[0] as number)],
    /reads values back/,
  ],
  ['has state in JavaScript', counting(), /constant|operation/],
  ['does more the second time', growing(), /ran 1 operations the first time and 2 the second/],
])('a function that %s runs eagerly, and says why', (_, fn, reason) => {
  const inputs = scalars(1, 2, 3, 4, 5, 6);
  const { problems, ran } = callMany(fn, inputs);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(reason);
  expect(ran).toBe(false);
  tf.dispose(inputs as never);
});

function counting(): Fn {
  let calls = 0;
  return ([x]) => [tf.mul(x as tf.Tensor, ++calls)];
}

function growing(): Fn {
  let calls = 0;
  return ([x]) => {
    let y = x as tf.Tensor;
    calls += 1;
    for (let i = 0; i < calls; i++) y = tf.square(y);
    return [y];
  };
}

test('state in JavaScript that shows late is found when the compiled result is compared', () => {
  let calls = 0;
  const inputs = scalars(1, 1, 1, 1, 1, 1);
  const { results, problems } = callMany(([x]) => [tf.mul(x as tf.Tensor, ++calls > 2 ? 7 : 1)], inputs);
  expect(results).toEqual([1, 1, 7, 7, 7, 7]);
  expect(problems[0]).toMatch(/differed from the eager one/);
  tf.dispose(inputs as never);
});

test('an error reaches the caller, and the kernels are restored', () => {
  const x = tf.ones([2, 3]);
  const kernel = tf.getKernel('BatchMatMul', 'wasm').kernelFunc;
  const compiled = compiledFunction(() => [tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)], [], wasmCompiler);
  expect(() => compiled.call([])).toThrow(/inner shapes/);
  expect(tf.getKernel('BatchMatMul', 'wasm').kernelFunc).toBe(kernel);
  expect(Object.hasOwn(tf.backend(), 'write')).toBe(false);
  compiled.dispose();
  x.dispose();
});
