import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DataType } from '../../src/tensorflow/data-types.js';
import { describeTensorFlow } from '../support/tensorflow.js';
import { openBinding, string, text } from './binding.js';

// Made by make-saved-model.py: y = x·[[1, 2], [3, 4]] + [10, 20], greeting = "hello, " + name.
const MODEL = fileURLToPath(new URL('saved-model', import.meta.url));
const INPUTS = 'serving_default_x:0,serving_default_name';
const OUTPUTS = 'StatefulPartitionedCall:1,StatefulPartitionedCall:0';

describeTensorFlow('a saved model', () => {
  test('computes with its weights, as often as it is run', () => {
    const binding = openBinding();
    const model = binding.loadSavedModel(MODEL, 'serve');
    expect(binding.getNumOfSavedModels()).toBe(1);
    const name = binding.createTensor([1], DataType.string, [text('ω')]);
    for (const times of [1, 2]) {
      const x = binding.createTensor([1, 2], DataType.float32, Float32Array.of(times, 1));
      const [y, greeting] = binding.runSavedModel(model, [x, name], INPUTS, OUTPUTS);
      expect(y).toMatchObject({ shape: [1, 2], dtype: DataType.float32 });
      expect(binding.tensorDataSync(y?.id as number)).toEqual(Float32Array.of(times + 3 + 10, 2 * times + 4 + 20));
      expect((binding.tensorDataSync(greeting?.id as number) as Uint8Array[]).map(string)).toEqual(['hello, ω']);
    }
    // A name, two inputs and two outputs of each kind.
    expect(binding.getNumOfTensors()).toBe(1 + 2 + 4);
    binding.deleteSavedModel(model);
    expect(binding.getNumOfSavedModels()).toBe(0);
    expect(() => binding.runSavedModel(model, [], '', OUTPUTS)).toThrow(`there is no saved model ${model}`);
    expect(() => binding.deleteSavedModel(model)).toThrow(`there is no saved model ${model}`);
    binding.dispose();
  });

  test('that is run wrongly is an Error, and can be run again', () => {
    const binding = openBinding();
    const model = binding.loadSavedModel(MODEL, 'serve');
    const name = binding.createTensor([1], DataType.string, [text('x')]);
    const wide = binding.createTensor([1, 3], DataType.float32, new Float32Array(3));
    expect(() => binding.runSavedModel(model, [wide, name], INPUTS, OUTPUTS)).toThrow(/Matrix size-incompatible|shape/);
    expect(() => binding.runSavedModel(model, [wide], INPUTS, OUTPUTS)).toThrow(
      /^tensors must be as many as the 2 inputs .*; got 1$/,
    );
    expect(() => binding.runSavedModel(model, [name], 'nothing', OUTPUTS)).toThrow('no tensor nothing');
    for (const output of ['StatefulPartitionedCall:7', 'StatefulPartitionedCall:-1', 'StatefulPartitionedCall:x']) {
      expect(() => binding.runSavedModel(model, [name], 'serving_default_name', output)).toThrow(`no tensor ${output}`);
    }
    const x = binding.createTensor([1, 2], DataType.float32, new Float32Array(2));
    const y = binding.runSavedModel(model, [x, name], INPUTS, OUTPUTS)[0];
    expect(binding.tensorDataSync(y?.id as number)).toEqual(Float32Array.of(10, 20));
    expect(binding.getNumOfTensors()).toBe(5);
    binding.dispose();
    expect(binding.getNumOfSavedModels()).toBe(0);
  });

  test('that is not there, or not with these tags, is an Error', () => {
    const binding = openBinding();
    expect(() => binding.loadSavedModel('no/such/folder', 'serve')).toThrow(/no\/such\/folder/);
    expect(() => binding.loadSavedModel(MODEL, 'serve,gpu')).toThrow(/tags/);
    expect(binding.getNumOfSavedModels()).toBe(0);
  });
});
