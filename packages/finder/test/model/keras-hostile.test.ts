import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readModel } from '../../src/model/formats/registry.js';
import { zipFile } from './zip-file.js';

await useBackend('wasm');

const hostile = fileURLToPath(new URL('../../../../fixtures/keras-files/hostile/', import.meta.url));
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(hostile, name)));

const layer = (class_name: string, config: object, others: object = {}) => ({
  module: 'keras.layers',
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
  registered_name: null,
  ...others,
});
const input = (config: object = {}) => layer('InputLayer', { batch_shape: [null, 4], dtype: 'float32', ...config });
const dense = (config: object = {}) => layer('Dense', { units: 3, ...config });
const sequential = (...layers: object[]) => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { name: 'small', layers },
  registered_name: null,
});
const small = sequential(input(), dense());

function sourceOf(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    async *stream() {
      yield { bytes, fraction: 1 };
    },
    size: async () => bytes.length,
    slice: async (start, end) => bytes.slice(start, end),
    sibling: (other) => {
      throw new InputError(`no such file: ${other}`);
    },
  };
}

const textBytes = (text: string) => new TextEncoder().encode(text);

/** The model of the JSON with the weights of a file. */
const withWeights = (weights: Uint8Array, model: object = small) =>
  readModel(sourceOf('m.json', textBytes(JSON.stringify(model))), { weights: sourceOf('w.h5', weights) });

/** A zip file whose members may lie. */
const zip = (members: Parameters<typeof zipFile>[0]) => new Uint8Array(zipFile(members));

const kerasFile = (members: Parameters<typeof zip>[0]) => readModel(sourceOf('m.keras', zip(members)));
const config = ['config.json', JSON.stringify(small)] as const;
const metadata = ['metadata.json', '{"keras_version": "3.15.1"}'] as const;
let good: readonly [string, Uint8Array];
beforeAll(() => {
  good = ['model.weights.h5', bytesOf('good.h5')];
});

/** Refused with a message, and nothing is left behind. */
async function refused(read: () => Promise<unknown>, message: RegExp): Promise<void> {
  const before = tf.memory().numTensors;
  const error = await read().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(message);
  expect(tf.memory().numTensors).toBe(before);
}

/** What `hostile.py` writes: i / 8 − 0.5. */
const kernel = Array.from({ length: 12 }, (_, i) => i / 8 - 0.5);

describe('HDF5', () => {
  test.each([
    'good.h5',
    'big-endian.h5',
    'doubles.h5',
    'halves.h5',
    'chunked.h5',
    'user-block.h5',
    'latest.h5',
    'scattered-attribute.h5',
  ])('%s is read to the last bit', async (name) => {
    const { model } = await withWeights(bytesOf(name));
    const [k, b] = model.getWeights().map((each) => [...each.dataSync()]);
    expect(k).toEqual(kernel);
    expect(b).toEqual([0.25, -0.5, 1]);
    model.dispose();
  });

  test.each([
    ['external.h5', /w\.h5: "layers\/dense\/vars\/0" cannot be read/],
    ['device.h5', /"layers\/dense\/vars\/0" cannot be read/],
    ['virtual.h5', /must hold its numbers itself; got a virtual dataset/],
    ['giant.h5', /must have at most .* got the shape \[1048576, 1048576\]/],
    ['packed.h5', /layer "dense" \(Dense\) must have the shape \[4, 3\] for ".*0"; got \[3000, 3000\]/],
    ['soft-link.h5', /"layers\/dense\/vars\/0" must be a group or a dataset of the file itself; got a link/],
    ['external-link.h5', /got a link/],
    ['loop.h5', /"layers\/dense\/vars\/0" must be a dataset; got none/],
    ['text.h5', /must hold numbers/],
    ['infinite.h5', /must be finite; got Infinity at position 5/],
    ['left-over.h5', /model "small"|"small" \(Sequential\) must have a layer for "layers\/dense_1"; got none/],
    ['third.h5', /layer "dense" \(Dense\) must have 2 weights; got "layers\/dense\/vars\/2" too/],
    ['missing.h5', /layer "dense" \(Dense\) must have 2 weights; got no "layers\/dense\/vars\/1"/],
  ])('%s is refused', (name, message) => refused(() => withWeights(bytesOf(name)), message));

  test.each([100, 600, 2000, 5000, 7000])('cut off after %i bytes it is refused', (length) =>
    refused(() => withWeights(bytesOf('good.h5').slice(0, length)), /damaged HDF5 file|cannot be read|w\.h5/),
  );

  test('a byte changed anywhere gives a message or the same shapes, never a crash', async () => {
    const bytes = bytesOf('good.h5');
    for (let at = 0; at < bytes.length; at += 97) {
      const changed = bytes.slice();
      changed[at] = 255 - (changed[at] as number);
      const outcome = await withWeights(changed).then(
        ({ model }) => {
          model.dispose();
          return 'read';
        },
        (error: unknown) => (error instanceof InputError ? 'refused' : error),
      );
      expect(['read', 'refused'], `byte ${at}`).toContain(outcome);
    }
  });

  test('with weights alone it says what to give', () =>
    refused(
      () => readModel(sourceOf('w.h5', bytesOf('good.h5'))),
      /w\.h5 holds weights without their model: give the JSON of model\.to_json\(\)/,
    ));

  test('a text as file of weights is refused', () =>
    refused(() => withWeights(textBytes('{}')), /w\.h5 must be .* got another kind of file/));
});

describe('a .keras file', () => {
  test('is read whatever its name is, and whether or not it is packed', async () => {
    const members = [metadata, [config[0], config[1], { deflate: true }], good] as Parameters<typeof zip>[0];
    const { model } = await readModel(sourceOf('model.bin', zip(members)));
    expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual(kernel);
    model.dispose();
  });

  test.each<[string, () => Parameters<typeof zip>[0], RegExp]>([
    ['without a configuration', () => [metadata, good], /m\.keras is no model of Keras: it must have config\.json/],
    ['without weights', () => [metadata, config], /it must have model\.weights\.h5; got none/],
    ['with a member twice', () => [metadata, config, config, good], /each member once; got "config\.json" twice/],
    ['with a name outside', () => [config, good, ['../../x', 'x']], /members within the file; got "\.\.\/\.\.\/x"/],
    ['with an absolute name', () => [config, good, ['/etc/x', 'x']], /members within the file; got "\/etc\/x"/],
    ['encrypted', () => [[...config, { flags: 1 }], good], /config\.json.* must not be encrypted/],
    ['whose size is a lie', () => [[...config, { size: 100 }], good], /damaged zip archive/],
    ['that unpacks to a gigabyte', () => [[...config, { size: 2 ** 30 }], good], /config\.json must have at most 6\d/],
    [
      'of too many members',
      () => [config, good, ...Array.from({ length: 5000 }, (_, i) => [`a${i}`, ''] as const)],
      /at most 4096 members/,
    ],
    ['with shards of weights', () => [config, ['model.weights.json', '{}']], /got weights in shards/],
    ['whose configuration is no JSON', () => [['config.json', '{'], good], /m\.keras: config\.json is not JSON/],
    ['nested too deep', () => [['config.json', '['.repeat(5000) + ']'.repeat(5000)], good], /at most 200 deep/],
    [
      'whose configuration is a list',
      () => [['config.json', '[]'], good],
      /must be an object with class_name and config/,
    ],
    ['whose weights are no HDF5', () => [metadata, config, ['model.weights.h5', 'PK']], /damaged HDF5 file/],
  ])('%s is refused', (_, members, message) => refused(() => kerasFile(members()), message));

  test('cut off is refused', () =>
    refused(
      () => readModel(sourceOf('m.keras', zip([metadata, config, good]).slice(0, 3000))),
      /m\.keras is a damaged zip archive/,
    ));
});

describe('a layer that cannot be read is named with its class, and with what to do', () => {
  const read = (...layers: object[]) => readModel(sourceOf('m.json', textBytes(JSON.stringify(sequential(...layers)))));
  const own = { module: 'mine', registered_name: 'pack>Scaled' };

  test.each<[string, object[], RegExp]>([
    [
      'Lambda',
      [input(), layer('Lambda', { name: 'doubler' })],
      /layer "doubler" \(Lambda\) .*Python code.*: replace it/,
    ],
    ['strings', [input(), layer('StringLookup', { name: 'words' })], /layer "words" \(StringLookup\) works on strings/],
    [
      'a string input',
      [input({ dtype: 'string', name: 'text' }), dense()],
      /layer "text" \(InputLayer\) takes strings/,
    ],
    ['sparse', [input({ sparse: true }), dense()], /takes sparse tensors/],
    ["the user's own", [input(), layer('Scaled', { name: 's' }, own)], /layer "s" \(Scaled\) .*pack>Scaled.*register/],
    [
      "the user's own with the name of one of Keras's",
      [input(), { ...dense(), ...own, registered_name: 'pack>Dense' }],
      /layer "dense" \(Dense\) is of the user's own class pack>Dense, which has the name of one of Keras's/,
    ],
    [
      'of another module',
      [input(), { ...dense(), module: 'mine' }],
      /layer "dense" \(Dense\) is of the user's own class Dense, which has the name of one of Keras's/,
    ],
    [
      'quantised',
      [
        input(),
        dense({ dtype: { class_name: 'QuantizedDTypePolicy', config: { mode: 'int8', source_name: 'float32' } } }),
      ],
      /layer "dense" \(Dense\) is quantised \(int8\).*before quantize\(\)/,
    ],
    [
      'within a wrapper',
      [input({ batch_shape: [null, 2, 4] }), layer('TimeDistributed', { layer: layer('Lambda', { name: 'inner' }) })],
      /layer "inner" \(Lambda\)/,
    ],
    ['unknown', [input(), layer('Densest', { name: 'd' })], /layer "d" \(Densest\)/],
    [
      'named like a method',
      [input(), layer('constructor', { name: '__proto__' })],
      /layer "__proto__" \(constructor\)/,
    ],
    [
      'too large',
      [input(), dense({ units: 1e9 })],
      /"dense" must (leave the model|give) .*1000000000|at most \d+ weights/,
    ],
    ['of impossible size', [input(), dense({ units: -3 })], /units must be a whole number at least 1.*-3/],
    ['with Infinity', [input(), layer('ReLU', { max_value: 'Infinity' })], /max_value must be .*"Infinity"/],
    [
      'of no type',
      [input(), dense({ dtype: { a: 1 } })],
      /layer "dense" \(Dense\): dtype must be the name of a type, or a policy with one; got \{"a":1\}/,
    ],
    ['whose name is none', [input(), dense({ name: {} })], /a layer \(Dense\): name must be text; got \{\}/],
    [
      'that is a model without layers',
      [input(), layer('Functional', { name: 'base', LAYERS: [] })],
      /layer "base" \(Functional\): layers must be a list of layers; got null/,
    ],
    ...(['TimeDistributed', 'Bidirectional', 'RNN'] as const).map((name): [string, object[], RegExp] => [
      `around nothing: ${name}`,
      [input({ batch_shape: [null, 2, 4] }), layer(name, { name: 'around', layer: null })],
      new RegExp(`layer "around" \\(${name}\\): (layer|cell) must be an object with class_name and config; got null`),
    ]),
    [
      'with margins that are no pair',
      [input({ batch_shape: [null, 6, 6, 1] }), layer('Cropping2D', { cropping: [[1], [1, 1]] })],
      /cropping must be a whole number at least 0, or a list of them or of pairs; got \[\[1\],\[1,1\]\]/,
    ],
  ])('%s', (_, layers, message) => refused(() => read(...layers), message));

  test('a number of Python that JSON does not have is no number', () =>
    refused(
      () => readModel(sourceOf('m.json', textBytes(JSON.stringify(small).replace('"units":3', '"units":Infinity')))),
      /units must be .*got "Infinity"/,
    ));

  const called = (first: object, second: object) => ({
    module: 'keras',
    class_name: 'Functional',
    registered_name: null,
    config: {
      name: 'graph',
      layers: [
        { ...input({ name: 'in', batch_shape: [null, 2, 4] }), name: 'in', inbound_nodes: [] },
        { ...first, name: 'first', inbound_nodes: [{ args: [of('in')], kwargs: {} }] },
        { ...second, name: 'second', inbound_nodes: [{ args: [of('first'), of('in')], kwargs: {} }] },
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['second', 0, 0]],
    },
  });
  const of = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 2, 4], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  test.each<[string, object, RegExp]>([
    [
      'of one input that is called with two tensors',
      layer('GlobalAveragePooling1D', { name: 'second' }),
      /layer "second" \(GlobalAveragePooling1D\): inbound_nodes\/0 must be a call with at most 1 tensor; got 2/,
    ],
    [
      'of one input that TensorFlow.js lacks',
      layer('UnitNormalization', { name: 'second' }),
      /layer "second" .*: inbound_nodes\/0 must be a call with at most 1 tensor; got 2/,
    ],
    [
      'that is called with one state of two',
      layer('LSTM', { units: 3, name: 'second' }),
      /An initialState was passed that is not compatible with cell\.stateSize\. cell\.stateSize is 3,3/,
    ],
  ])('a layer %s', (_, second, message) =>
    refused(
      () =>
        readModel(sourceOf('m.json', textBytes(JSON.stringify(called(dense({ name: 'first', units: 4 }), second))))),
      message,
    ),
  );

  test('a reference to a tensor that names no layer', () =>
    refused(() => {
      const text = JSON.stringify(called(dense({ name: 'first', units: 4 }), layer('Add', { name: 'second' })));
      return readModel(
        sourceOf('m.json', textBytes(text.replace('"keras_history":["first",0,0]', '"keras_history":["first"]'))),
      );
    }, /layer "second" \(Add\): inbound_nodes\/0: keras_history must be \[layer, call, tensor\].*got \["first"\]/));

  test("a model of the user's own class that is called Sequential", () =>
    refused(
      () =>
        readModel(
          sourceOf(
            'm.json',
            textBytes(JSON.stringify({ ...small, module: 'mine', registered_name: 'mine>Sequential' })),
          ),
        ),
      /"small" \(Sequential\) is of the user's own class mine>Sequential, which has the name of one of Keras's/,
    ));

  test('a stateful layer without a batch size, in one line', () =>
    refused(
      () => read(input({ batch_shape: [null, 2, 4] }), layer('LSTM', { units: 2, stateful: true })),
      /it needs to know its batch size\. Specify the batch size of your input tensors$/,
    ));

  test('an implementation that older files have is read without a word', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { model } = await read(input({ batch_shape: [null, 2, 4] }), layer('LSTM', { units: 2, implementation: 0 }));
    model.dispose();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('a subclassed model', () =>
    refused(
      () =>
        readModel(
          sourceOf(
            'm.json',
            textBytes(JSON.stringify({ ...layer('TwoDense', { units: 4 }), registered_name: 'zoo>TwoDense' })),
          ),
        ),
      /TwoDense.* does not hold what it computes: build it as a Sequential or functional model/,
    ));
});
