import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { directConvolution } from '../../src/wasm/direct-convolution.js';
import { runTfjsKernel } from '../../src/wasm/tfjs-kernel.js';
import { convWindows2D, type Windows } from '../../src/wasm/windows.js';
import { at } from '../support/naive.js';
import { testOnWasm } from '../support/on-wasm.js';
import { randomSource } from '../support/random.js';

testOnWasm();

const backend = () => tf.backend() as BackendWasm;
const register = (info: tf.TensorInfo) => tf.engine().makeTensorFromTensorInfo(info);

/** The sums term by term in float32: first the bias, then by rows, columns and channels of the filter. */
function inOrder(x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor, windows: Windows): number[] {
  const [xs, weights, start] = [x, filter, bias].map((tensor) => tensor.dataSync()) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const { batch, channels, outChannels, stride, before } = windows;
  const [, height, width] = windows.input;
  const [, filterHeight, filterWidth] = windows.filter;
  const result: number[] = [];
  for (let image = 0; image < batch; image++)
    for (let oy = 0; oy < windows.output[1]; oy++)
      for (let ox = 0; ox < windows.output[2]; ox++)
        for (let o = 0; o < outChannels; o++) {
          let sum = at(start, o);
          for (let i = 0; i < filterHeight; i++)
            for (let j = 0; j < filterWidth; j++) {
              const [y, column] = [oy * stride[1] + i - before[1], ox * stride[2] + j - before[2]];
              if (y < 0 || column < 0 || y >= height || column >= width) continue;
              for (let c = 0; c < channels; c++) {
                const weight = at(weights, ((i * filterWidth + j) * channels + c) * outChannels + o);
                const value = at(xs, ((image * height + y) * width + column) * channels + c);
                sum = Math.fround(sum + Math.fround(value * weight));
              }
            }
          result.push(sum);
        }
  return result;
}

test.each(Array.from({ length: 60 }, (_, i) => i + 1))(
  'it adds term by term in float32, as XNNPACK does, case %i',
  (seed) => {
    const { integer, pick } = randomSource(seed);
    const filterShape = [integer(1, 5), integer(1, 5), integer(1, 9), integer(1, 35)] as const;
    const [height, width, channels, outChannels] = filterShape;
    const x = tf.randomNormal(
      [integer(1, 3), integer(height, 12), integer(width, 12), channels],
      ...([0, 1, 'float32', seed] as const),
    );
    const filter = tf.randomNormal([...filterShape], 0, 1, 'float32', seed + 100);
    const bias = tf.randomNormal([outChannels], 0, 1, 'float32', seed + 200);
    const strides = [integer(1, 3), integer(1, 3)];
    // For a number TensorFlow.js computes the width of the output from the height of the filter.
    const pad = pick(height === width ? (['valid', 'same', 1, 2] as const) : (['valid', 'same'] as const));
    const rounding = typeof pad === 'number' ? { dimRoundingMode: 'floor' } : {};
    const attrs = { strides, pad, dilations: 1, dataFormat: 'NHWC', ...rounding };
    const windows = convWindows2D(x.shape, filter.shape, attrs as never);
    const result = register(directConvolution(x, filter, windows, backend(), bias) as tf.TensorInfo);
    expect(result.shape).toEqual([x.shape[0], windows.output[1], windows.output[2], outChannels]);
    expect(Array.from(result.dataSync())).toEqual(inOrder(x, filter, bias, windows));
    tf.dispose([x, filter, bias, result]);
  },
);

test('it has the bits of XNNPACK', () => {
  const x = tf.randomNormal([3, 12, 11, 7], 0, 1, 'float32', 1);
  const filter = tf.randomNormal([5, 4, 7, 21], 0, 1, 'float32', 2);
  const attrs = { strides: [1, 2], pad: 'valid', dilations: 1, dataFormat: 'NHWC' };
  const windows = convWindows2D(x.shape, filter.shape, attrs as never);
  const ours = register(directConvolution(x, filter, windows, backend()) as tf.TensorInfo);
  const theirs = register(runTfjsKernel('Conv2D', backend(), { x, filter }, attrs));
  expect(ours.dataSync()).toEqual(theirs.dataSync());
  tf.dispose([x, filter, ours, theirs]);
});

test('dilated filters and integers are left to another kernel', () => {
  const [x, filter] = [tf.ones([1, 5, 5, 2]), tf.ones([2, 2, 2, 3])];
  const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC' };
  const windows = (dilations: number) => convWindows2D(x.shape, filter.shape, { ...attrs, dilations } as never);
  const integers = tf.ones(x.shape, 'int32');
  expect(directConvolution(x, filter, windows(2), backend())).toBeUndefined();
  expect(directConvolution(integers, filter, windows(1), backend())).toBeUndefined();
  tf.dispose([x, filter, integers]);
});
