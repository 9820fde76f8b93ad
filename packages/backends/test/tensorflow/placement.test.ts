import { join } from 'node:path';
import koffi from 'koffi';
import { expect, test } from 'vitest';
import { Binding } from '../../src/tensorflow/binding.js';
import { configProto } from '../../src/tensorflow/config-proto.js';
import { createContext } from '../../src/tensorflow/context.js';
import { DataType } from '../../src/tensorflow/data-types.js';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { openTensorFlow } from '../../src/tensorflow/open.js';
import { describeTensorFlow, FOLDER } from '../support/tensorflow.js';

/** The field device_count of ConfigProto: { CPU: 2 }. */
const TWO_CPUS = [0x0a, 7, 0x0a, 3, ...Buffer.from('CPU'), 0x10, 2];

describeTensorFlow('with a second device in the place of a GPU', () => {
  test('tensors are put there, except whole numbers and strings, and read from there', () => {
    const { c } = openTensorFlow(FOLDER as string).all;
    const made = createContext(c, Uint8Array.from([...configProto(1), ...TWO_CPUS]));
    const devices = [0, 1].map((i) => ({ name: `/job:localhost/replica:0/task:0/device:CPU:${i}`, type: 'CPU' }));
    expect(made.devices).toEqual(devices);
    expect(made.gpu).toBeUndefined();
    const context = { ...made, gpu: devices[1] };
    const binding = new Binding(context);
    expect(binding.isUsingGpuDevice()).toBe(true);

    const library = koffi.load(join(FOLDER as string, LIBRARY_FILES[1]));
    const device = library.func('const char *TFE_TensorHandleBackingDeviceName(void *handle, void *status)');
    const deviceOf = (id: number) => device(binding.handleOf(id), context.status.pointer);

    const floats = binding.createTensor([2], DataType.float32, Float32Array.of(1, 2));
    const truths = binding.createTensor([2], DataType.bool, Uint8Array.of(1, 0));
    const integers = binding.createTensor([2], DataType.int32, Int32Array.of(3, 4));
    const strings = binding.createTensor([1], DataType.string, [Uint8Array.of(65)]);
    expect([floats, truths, integers, strings].map(deviceOf)).toEqual([1, 1, 0, 0].map((i) => devices[i]?.name));
    expect(binding.tensorDataSync(floats)).toEqual(Float32Array.of(1, 2));

    // What an operation needs on the other device is copied there.
    const sum = binding.executeOp('AddV2', [], [floats, floats], 1)[0]?.id as number;
    const tiled = binding.executeOp('Tile', [], [sum, binding.createTensor([1], DataType.int32, Int32Array.of(2))], 1);
    expect(binding.tensorDataSync(tiled[0]?.id as number)).toEqual(Float32Array.of(2, 4, 2, 4));
    binding.dispose();
    expect(binding.getNumOfTensors()).toBe(0);
  });
});
