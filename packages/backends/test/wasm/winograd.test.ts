import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runTfjsKernel } from '../../src/wasm/tfjs-kernel.js';
import { convWindows2D } from '../../src/wasm/windows.js';
import { winogradConvolution, winogradFilterGradient } from '../../src/wasm/winograd.js';
import { at } from '../support/naive.js';
import { testOnWasm } from '../support/on-wasm.js';
import { randomSource } from '../support/random.js';

testOnWasm();

const backend = () => tf.backend() as BackendWasm;

interface Sizes {
  batch: number;
  height: number;
  width: number;
  channels: number;
  outChannels: number;
  pad: 'valid' | 'same' | 1 | 2;
}

/** Convolution and both gradients by plain loops in float64. */
function formulas(x: number[], filter: number[], dy: (size: number) => number[], sizes: Sizes) {
  const { batch, height, width, channels, outChannels, pad } = sizes;
  const before = pad === 'valid' ? 0 : pad === 'same' ? 1 : pad;
  const [outHeight, outWidth] = [height + 2 * before - 2, width + 2 * before - 2];
  const y = new Array<number>(batch * outHeight * outWidth * outChannels).fill(0);
  const slopes = dy(y.length);
  const [dx, df] = [x.map(() => 0), filter.map(() => 0)];
  for (let b = 0; b < batch; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++) {
            const [iy, ix] = [oy + i - before, ox + j - before];
            if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
            for (let c = 0; c < channels; c++)
              for (let o = 0; o < outChannels; o++) {
                const out = ((b * outHeight + oy) * outWidth + ox) * outChannels + o;
                const input = ((b * height + iy) * width + ix) * channels + c;
                const weight = ((i * 3 + j) * channels + c) * outChannels + o;
                (y[out] as number) += at(x, input) * at(filter, weight);
                (dx[input] as number) += at(slopes, out) * at(filter, weight);
                (df[weight] as number) += at(slopes, out) * at(x, input);
              }
          }
  return { y, slopes, dx, df, outShape: [batch, outHeight, outWidth, outChannels] };
}

/** The largest difference, relative to the largest number. */
function error(actual: ArrayLike<number>, expected: number[]): number {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(at(actual, i) - value) / largest));
}

const EPSILON = 2 ** -24;
const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

test.each(seeds)('convolution and gradients are those of the formulas, case %i', (seed) => {
  const { integer, pick, normals } = randomSource(seed);
  const sizes: Sizes = {
    batch: integer(1, 3),
    height: integer(3, 11),
    width: integer(3, 11),
    channels: integer(8, 21),
    outChannels: integer(8, 27),
    pad: pick(['valid', 'same', 1, 2] as const),
  };
  const { batch, height, width, channels, outChannels, pad } = sizes;
  const [x, filter] = [normals(batch * height * width * channels), normals(9 * channels * outChannels)];
  const expected = formulas(x, filter, normals, sizes);
  const tensors = {
    x: tf.tensor(x, [batch, height, width, channels]),
    filter: tf.tensor(filter, [3, 3, channels, outChannels]),
    dy: tf.tensor(expected.slopes, expected.outShape),
  };
  const attrs = { strides: 1, pad, dataFormat: 'NHWC', ...(typeof pad === 'number' && { dimRoundingMode: 'floor' }) };
  const run = (name: string, inputs: Record<string, tf.Tensor>, more = {}) =>
    tf.tidy(() => (tf.engine().runKernel(name, inputs as never, { ...attrs, ...more }) as tf.Tensor).dataSync());
  const { dy } = tensors;
  const dx = run('Conv2DBackpropInput', { dy, filter: tensors.filter }, { inputShape: tensors.x.shape });
  const df = run('Conv2DBackpropFilter', { x: tensors.x, dy }, { filterShape: tensors.filter.shape });
  // Sums of 9 · 21 products at most, and rounding of the transforms. A wrong term would be off by a thousand times as much.
  const bound = 20 * EPSILON;
  expect(error(run('Conv2D', { x: tensors.x, filter: tensors.filter }), expected.y)).toBeLessThan(bound);
  expect(error(dx, expected.dx)).toBeLessThan(bound);
  expect(error(df, expected.df)).toBeLessThan(bound);
  tf.dispose(tensors);
});

test('its error is at most three times that of XNNPACK', () => {
  const sizes: Sizes = { batch: 2, height: 13, width: 13, channels: 32, outChannels: 24, pad: 'valid' };
  const { normals } = randomSource(9);
  const [x, filter] = [normals(2 * 13 * 13 * 32), normals(9 * 32 * 24)];
  const { y } = formulas(x, filter, normals, sizes);
  const inputs = { x: tf.tensor(x, [2, 13, 13, 32]), filter: tf.tensor(filter, [3, 3, 32, 24]) };
  const attrs = { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC' };
  const windows = convWindows2D(inputs.x.shape, inputs.filter.shape, attrs as never);
  const values = (info: tf.TensorInfo | undefined) => {
    const tensor = tf.engine().makeTensorFromTensorInfo(info as tf.TensorInfo);
    const data = tensor.dataSync();
    tensor.dispose();
    return data;
  };
  const ours = error(values(winogradConvolution(inputs.x, inputs.filter, windows, backend())), y);
  const theirs = error(values(runTfjsKernel('Conv2D', backend(), inputs, attrs)), y);
  expect(ours).toBeLessThan(3 * theirs);
  tf.dispose(inputs);
});

test('a bias is added to each output channel', () => {
  const { normals } = randomSource(3);
  const x = tf.tensor4d(normals(5 * 7 * 9), [1, 5, 7, 9]);
  const filter = tf.tensor4d(normals(9 * 9 * 11), [3, 3, 9, 11]);
  const bias = tf.tensor1d(normals(11));
  const [fused, apart] = tf.tidy(() => [
    tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }).dataSync(),
    tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), bias)).dataSync(),
  ]);
  expect(error(fused, Array.from(apart))).toBeLessThan(EPSILON * 4);
  tf.dispose([x, filter, bias]);
});

test('NaN comes out where it comes in', () => {
  const x = tf.fill([1, 4, 4, 8], Number.NaN) as tf.Tensor4D;
  const filter = tf.ones([3, 3, 8, 8]) as tf.Tensor4D;
  const y = tf.conv2d(x, filter, 1, 'valid');
  expect(Array.from(y.dataSync()).every(Number.isNaN)).toBe(true);
  tf.dispose([x, filter, y]);
});

test.each([
  ['strides', { strides: 2 }, [3, 3, 8, 8]],
  ['dilations', { dilations: 2 }, [3, 3, 8, 8]],
  ['other filters', {}, [3, 2, 8, 8]],
  ['few channels', {}, [3, 3, 3, 8]],
  ['few output channels', {}, [3, 3, 8, 4]],
  ['a padding wider than the filter', { pad: 3, dimRoundingMode: 'floor' }, [3, 3, 8, 8]],
])('%s are left to other functions', (_, attrs, filterShape) => {
  const x = tf.ones([1, 9, 9, filterShape[2] as number]);
  const filter = tf.ones(filterShape);
  const given = { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC', ...attrs };
  const windows = convWindows2D(x.shape, filter.shape, given as never);
  expect(winogradConvolution(x, filter, windows, backend())).toBeUndefined();
  expect(winogradFilterGradient(x, x, windows, backend())).toBeUndefined();
  tf.dispose([x, filter]);
});
