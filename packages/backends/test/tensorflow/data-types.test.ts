import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import type { Binding } from '../../src/tensorflow/binding.js';
import { DataType, type Values } from '../../src/tensorflow/data-types.js';
import { describeTensorFlow } from '../support/tensorflow.js';
import { openBinding, string, text } from './binding.js';

const LONG = 'a string that does not fit into the 24 bytes of its place '.repeat(50);

const CASES: [name: keyof typeof DataType, shape: number[], values: Values][] = [
  ['float32', [2, 2], Float32Array.of(1.5, Number.NaN, Number.NEGATIVE_INFINITY, -0)],
  ['float32', [], Float32Array.of(7)],
  ['float32', [0, 3], new Float32Array(0)],
  ['int32', [3], Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1)],
  ['int64', [2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ['uint8', [1, 3], Uint8Array.of(0, 128, 255)],
  ['bool', [2], Uint8Array.of(1, 0)],
  ['complex64', [2], Float32Array.of(1, -2, 3, 4.5)],
  ['string', [2, 2], ['', 'ω', 'nul \0 within', LONG].map(text)],
  ['string', [0], []],
];

/** The values of a tensor, and of a copy that an operation makes. */
function roundTrip(binding: Binding, shape: number[], dtype: number, values: Values): [Values, Values] {
  const id = binding.createTensor(shape, dtype, values);
  const [copy] = binding.executeOp('DeepCopy', [], [id], 1);
  expect(copy).toMatchObject({ shape, dtype });
  const read: [Values, Values] = [binding.tensorDataSync(id), binding.tensorDataSync(copy?.id as number)];
  binding.deleteTensor(id);
  binding.deleteTensor(copy?.id as number);
  return read;
}

describeTensorFlow('tensors', () => {
  test.each(CASES)('of type %s and shape %j keep their values', (name, shape, values) => {
    const binding = openBinding();
    const [before, after] = roundTrip(binding, shape, DataType[name], values);
    expect(before).toEqual(values);
    expect(after).toEqual(values);
    expect(binding.getNumOfTensors()).toBe(0);
  });

  test('of type int64 can be made from pairs of int32, low half first', () => {
    const [values] = roundTrip(openBinding(), [2], DataType.int64, Int32Array.of(5, 0, -5, -1));
    expect(values).toEqual(BigInt64Array.of(5n, -5n));
  });

  test('take a part of an array, and are copies of it', () => {
    const binding = openBinding();
    const numbers = Float32Array.of(1, 2, 3, 4);
    const id = binding.createTensor([2], DataType.float32, numbers.subarray(1, 3));
    numbers.fill(0);
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(2, 3));
    (binding.tensorDataSync(id) as Float32Array).fill(9);
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(2, 3));
    binding.dispose();
    expect(binding.getNumOfTensors()).toBe(0);
  });

  test('of strings outlive the one that they were computed from', () => {
    const binding = openBinding();
    const first = binding.createTensor([1], DataType.string, [text(LONG)]);
    const [second] = binding.executeOp('Identity', [], [first], 1);
    binding.deleteTensor(first);
    expect(binding.createTensor([1], DataType.string, [text('x'.repeat(LONG.length))])).toBeGreaterThan(first);
    expect((binding.tensorDataSync(second?.id as number) as Uint8Array[]).map(string)).toEqual([LONG]);
    binding.dispose();
  });

  test('that are resources go from operation to operation', () => {
    const binding = openBinding();
    const type = { name: 'dtype', type: binding.TF_ATTR_TYPE, value: DataType.float32 };
    const shape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [2] };
    const variable = binding.executeOp('VarHandleOp', [type, shape], [], 1)[0];
    expect(variable).toMatchObject({ shape: [], dtype: DataType.resource });
    const id = variable?.id as number;
    const value = binding.createTensor([2], DataType.float32, Float32Array.of(5, 6));
    expect(binding.executeOp('AssignVariableOp', [type], [id, value], 0)).toEqual([]);
    const read = binding.executeOp('ReadVariableOp', [type], [id], 1)[0];
    expect(binding.tensorDataSync(read?.id as number)).toEqual(Float32Array.of(5, 6));
    expect(() => binding.tensorDataSync(id)).toThrow(TypeError);
    binding.dispose();
  });

  test("keep their values as TensorFlow.js's own", async () => {
    await useBackend('tensorflow');
    expect([...tf.tensor1d(['', 'ω', LONG]).dataSync()]).toEqual(['', 'ω', LONG]);
    expect([...tf.tensor1d([true, false]).dataSync()]).toEqual([1, 0]);
    expect([...tf.neg(tf.tensor1d([1, -2], 'int32')).dataSync()]).toEqual([-1, 2]);
    const complex = tf.complex([1, 2], [3, 4]);
    expect([...tf.imag(tf.mul(complex, complex)).dataSync()]).toEqual([6, 16]);
    expect(tf.cast(tf.tensor1d([1.7, -1.7]), 'int32').arraySync()).toEqual([1, -1]);
  });
});
