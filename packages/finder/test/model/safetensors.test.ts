import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
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
import { beforeAll, describe, expect, test } from 'vitest';
import { loadWeightFile } from '../../src/model/formats/named-weights.js';
import { readModel } from '../../src/model/formats/registry.js';
import { readSafetensors } from '../../src/model/formats/safetensors/read.js';

beforeAll(async () => {
  await useBackend('wasm');
});

const fixture = (name: string) => fileURLToPath(new URL(`../../../../fixtures/weights/${name}`, import.meta.url));
const golden: { inputs: number[][]; outputs: number[][] } = JSON.parse(readFileSync(fixture('golden.json'), 'utf8'));

/** A file in memory. */
function inMemory(bytes: Uint8Array, name = 'w.safetensors'): ByteSource {
  return {
    name,
    async *stream() {
      yield { bytes, fraction: 1 };
    },
    slice: async (start = 0, end = bytes.length) => bytes.slice(start, end),
    size: async () => bytes.length,
    sibling: () => {
      throw new InputError('none');
    },
  };
}

type Entry = { readonly dtype?: unknown; readonly shape?: unknown; readonly data_offsets?: unknown };

/** A safetensors file, written as its specification says. */
function safetensors(header: object | string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Weights of one number for each place of their shapes, counted through all of them. */
function named(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const header: Record<string, Entry> = {};
  let count = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((product, each) => product * each, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [4 * count, 4 * (count + size)] };
    count += size;
  }
  return safetensors(header, new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer));
}

const messageOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
};

describe('a model with weights of safetensors', () => {
  test.each(['f32', 'f16', 'bf16', 'f64', 'keras-2'])("gives Keras's outputs: %s", async (name) => {
    const weights = fileSource(fixture(`${name}.safetensors`));
    const before = tf.memory().numTensors;
    const { model, hasWeights } = await readModel(fileSource(fixture('small.json')), { weights });
    expect(hasWeights).toBe(true);
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    const outputs = tf.tidy(() => (model.predict(tf.tensor2d(golden.inputs)) as tf.Tensor).dataSync());
    for (const [i, value] of golden.outputs.flat().entries()) expect(outputs[i]).toBeCloseTo(value, 6);
    model.dispose();
  });
});

describe('weights are matched by name', () => {
  const values = ({ weights }: LayersModel) => weights.map((weight) => [...weight.read().dataSync()]);
  const dense = (name: string) => layers.dense({ units: 1, name });

  test('in any order, with the names of models around or without', async () => {
    const inner = sequential({ name: 'inner', layers: [layers.dense({ units: 1, name: 'd', inputShape: [2] })] });
    const x = input({ shape: [2] });
    const outer = functional({
      inputs: x,
      outputs: dense('d2').apply(inner.apply(x)) as SymbolicTensor,
      name: 'outer',
    });
    const shapes = { 'outer/d2/bias:0': [1], 'd/kernel': [2, 1], 'outer/d2/kernel:0': [1, 1], 'inner/d/bias': [1] };
    await loadWeightFile(inMemory(named(shapes)), outer);
    expect(values(outer)).toEqual([[1, 2], [4], [3], [0]]);
  });

  test('layers of one name in two models within a model are told apart by the models', async () => {
    const part = (name: string) =>
      sequential({ name, layers: [layers.dense({ units: 1, name: 'same', useBias: false, inputShape: [1] })] });
    const whole = sequential({ name: 'whole', layers: [part('a'), part('b')] });
    await loadWeightFile(inMemory(named({ 'b/same/kernel': [1, 1], 'a/same/kernel': [1, 1] })), whole);
    expect(values(whole)).toEqual([[1], [0]]);
    expect(await messageOf(loadWeightFile(inMemory(named({ 'same/kernel': [1, 1] })), whole))).toMatch(
      /the name "same\/kernel" must fit one weight of the model; it fits "whole\/a\/same\/kernel" and "whole\/b\/same\/kernel"/,
    );
  });

  test('the cell of a recurrent layer does not count', async () => {
    const model = sequential({ layers: [layers.gru({ units: 1, name: 'g', inputShape: [2, 1] })] });
    const shapes = { 'g/gru_cell/kernel': [1, 3], 'g/gru_cell/recurrent_kernel': [1, 3], 'g/gru_cell_4/bias': [3] };
    await loadWeightFile(inMemory(named(shapes)), model);
    expect(values(model)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  const model = () => sequential({ name: 'm', layers: [layers.dense({ units: 2, name: 'd', inputShape: [3] })] });
  test.each([
    [{ 'd/kernel': [3, 2], 'e/bias': [2] }, /the model has no "e\/bias"; the file has no "m\/d\/bias"/],
    [{ 'd/kernel': [3, 2] }, /the file has no "m\/d\/bias"/],
    [{ 'd/kernel': [3, 2], 'd/bias': [2], 'd/other': [1] }, /the model has no "d\/other"/],
    [
      { 'd/kernel': [3, 2], 'd/bias': [2], 'm/d/bias': [2] },
      /each weight of the model must have one name; "m\/d\/bias" fits "d\/bias" and "m\/d\/bias"/,
    ],
    [{ 'd/kernel': [2, 3], 'd/bias': [2] }, /"d\/kernel" must have the shape \[3, 2\] of its layer; got \[2, 3\]/],
    [
      { kernel: [3, 2], bias: [2] },
      /the model has no "kernel" and "bias"; the file has no "m\/d\/kernel" and "m\/d\/bias"/,
    ],
    // As PyTorch names them.
    [{ 'd.weight': [2, 3], 'd.bias': [2] }, /the model has no "d\.weight" and "d\.bias"/],
  ])('%j is refused with both sides, and changes nothing', async (shapes, message) => {
    const built = model();
    const before = values(built);
    expect(await messageOf(loadWeightFile(inMemory(named(shapes as never)), built))).toMatch(message);
    expect(values(built)).toEqual(before);
  });

  test('a number that is not finite is refused by name', async () => {
    const entry = { dtype: 'F64', shape: [1, 1], data_offsets: [0, 8] };
    const one = sequential({ layers: [layers.dense({ units: 1, name: 'd', useBias: false, inputShape: [1] })] });
    for (const value of [1e300, Number.NaN]) {
      const bytes = safetensors({ 'd/kernel': entry }, new Uint8Array(Float64Array.of(value).buffer));
      expect(await messageOf(loadWeightFile(inMemory(bytes), one))).toMatch(
        /the weight "d\/kernel" must be finite; got (Infinity|NaN)/,
      );
    }
  });
});

test('float16 has Infinity, NaN, its smallest number and both zeros', async () => {
  const bits = Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x0001, 0x8000, 0x3c00, 0x7bff);
  const header = { a: { dtype: 'F16', shape: [7], data_offsets: [0, 14] } };
  const weights = await readSafetensors(inMemory(safetensors(header, new Uint8Array(bits.buffer))));
  const numbers = [...(weights.get('a')?.values ?? [])];
  expect(numbers).toEqual([Infinity, -Infinity, Number.NaN, 2 ** -24, -0, 1, 65504]);
});

describe('a damaged file is refused in one message', () => {
  const four = new Uint8Array(4);
  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /must be a safetensors file/],
    ['text', new TextEncoder().encode('not this, at all'), /must be a safetensors file/],
    [
      'a length beyond the file',
      safetensors({ a: entry }, four).slice(0, 30),
      /is cut off: its table of contents has \d+ bytes, the file 30/,
    ],
    ['an enormous length', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123), /must be a safetensors file/],
    ['broken JSON', safetensors('{"a": ', four), /is not JSON/],
    ['too deep', safetensors(`{"a":${'['.repeat(300)}${']'.repeat(300)}}`, four), /at most 200 deep/],
    [
      'another type',
      safetensors({ a: { ...entry, dtype: 'I32' } }, four),
      /"a": dtype must be one of F64, F32, F16, BF16; got "I32"/,
    ],
    [
      'a type of every object',
      safetensors({ a: { ...entry, dtype: 'constructor' } }, four),
      /"a": dtype must be one of/,
    ],
    ['no shape', safetensors({ a: { ...entry, shape: null } }, four), /"a": shape must be a list of whole numbers/],
    [
      'an enormous shape',
      safetensors({ a: { ...entry, shape: [2 ** 40] } }, four),
      /"a" must have 4398046511104 bytes .* got 4/,
    ],
    [
      'offsets beyond the end',
      safetensors({ a: { ...entry, data_offsets: [0, 8], shape: [2] } }, four),
      /data_offsets must be two whole numbers from 0 to 4, in order/,
    ],
    ['offsets backwards', safetensors({ a: { ...entry, data_offsets: [4, 0] } }, four), /data_offsets must be/],
    [
      'the same numbers twice',
      safetensors({ a: entry, b: entry }, four),
      /its weights must follow each other; got one at 0, where 4 was free/,
    ],
    ['numbers of nobody', safetensors({ a: entry }, new Uint8Array(8)), /its weights have 4 bytes; got 8/],
  ])('%s', async (_, bytes, message) => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    expect(await messageOf(loadWeightFile(inMemory(bytes), model))).toMatch(message);
  });
});
