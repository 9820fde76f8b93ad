import { readFileSync } from 'node:fs';
import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { refuseFormats } from '../../src/model/formats/refused-formats.js';

const messageOf = (name: string, bytes: Uint8Array, isKnown = false): string | undefined => {
  try {
    refuseFormats(name, bytes, isKnown);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
};
const base64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const file = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const zip = (member: string) =>
  latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(member.length)}\0\0\0${member}`);

// Whatever the name says: onnx.helper.make_model with and without a producer, pickle.dumps, a SavedModel of TensorFlow's.
test.each([
  [
    'onnx',
    base64(
      'CA4SB3B5dG9yY2gaAzIuMTo7CgwKAXgSAXkiBFJlbHUSAWdaEwoBeBIOCgwIARIICgIIAQoCCAJiEwoBeRIOCgwIARIICgIIAQoCCAJCAhAc',
    ),
    /is an ONNX model/,
  ],
  ['onnx without a producer', base64('CA46OwoMCgF4EgF5IgRSZWx1EgFnWhMKAXgSDgoMCAESCAoCCAEKAggC'), /is an ONNX model/],
  [
    'SavedModel',
    file('../../../backends/test/tensorflow/saved-model/saved_model.pb'),
    /is a TensorFlow SavedModel or frozen graph: load it in Keras/,
  ],
  ['pickle', base64('gASVEAAAAAAAAAB9lIwBYZRdlChLAUsCZXMu'), /is a pickle of Python's/],
  ['PyTorch', zip('archive/data.pkl'), /is a PyTorch file/],
  ['older PyTorch', latin1('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'), /is a PyTorch file/],
  ['TensorFlow Lite', latin1('\x1c\0\0\0TFL3\x14\0'), /is a TensorFlow Lite model/],
  [
    'safetensors',
    file('../../../../fixtures/weights/f32.safetensors'),
    /is a safetensors file, which holds weights without their model: .* --weights/,
  ],
  ['GGUF', latin1('GGUF\x03\0\0\0'), /is a GGUF file/],
])('%s is recognised by its content', (_, bytes, message) => {
  expect(messageOf('model.json', bytes)).toMatch(message);
});

test.each([
  ['net.onnx', /ONNX/],
  ['net.pt', /PyTorch/],
  ['net.PTH', /PyTorch/],
  ['net.joblib', /pickle/],
  ['net.tflite', /TensorFlow Lite/],
  ['saved_model.pb', /SavedModel/],
  ['weights.bin', /name the model\.json next to it/],
  ['train.py', /code in Python/],
])('%s is recognised by its name where the content says nothing', (name, message) => {
  expect(messageOf(name, latin1('x^k`\x99\xca\xc5'))).toMatch(message);
  // What is known by its content is read, whatever it is called; so is JSON.
  expect(messageOf(name, latin1('\x89HDF\r\n\x1a\n'), true)).toBeUndefined();
  expect(messageOf(name, latin1(' {"a": 1}'))).toBeUndefined();
});

test.each([
  ['model.json', latin1('{"format": "layers-model"}')],
  ['model.json', new Uint8Array()],
  ['model.json', latin1('\xef\xbb\xbf{"a": 1}')],
])('%s is not refused here', (name, bytes) => {
  expect(messageOf(name, bytes)).toBeUndefined();
});
