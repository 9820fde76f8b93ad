import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { panelMatMul } from '../../src/wasm/panel-product.js';
import { runTfjsKernel } from '../../src/wasm/tfjs-kernel.js';
import { testOnWasm } from '../support/on-wasm.js';
import { randomSource } from '../support/random.js';

testOnWasm();

const backend = () => tf.backend() as BackendWasm;
const register = (info: tf.TensorInfo) => tf.engine().makeTensorFromTensorInfo(info);
const bits = (tensor: tf.Tensor) => Array.from(new Uint32Array((tensor.dataSync() as Float32Array).slice().buffer));

/** The product and that of XNNPACK, whose operands are transposed and not small integers, so that rounding shows. */
function both(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean, bias?: tf.Tensor) {
  return tf.tidy(() => {
    const ours = panelMatMul(a, b, { transposeA, transposeB }, backend(), bias);
    if (!ours) throw new Error('it was not computed by panels');
    // Its kernel for a product with a bias wants stacks.
    const stack = (x: tf.Tensor, transpose: boolean) => tf.expandDims(transpose ? tf.transpose(x) : x, 0);
    const plain = { a: stack(a, transposeA), b: stack(b, transposeB) };
    const attrs = { transposeA: false, transposeB: false };
    const theirs = bias
      ? runTfjsKernel('_FusedMatMul', backend(), { ...plain, bias }, { ...attrs, activation: 'linear' })
      : runTfjsKernel('BatchMatMul', backend(), plain, attrs);
    return [register(ours), register(theirs)].map(bits);
  });
}

test('the product has the bits of XNNPACK for all sizes, transposed or not, with a bias or without', () => {
  const { integer, pick } = randomSource(5);
  for (let i = 0; i < 150; i++) {
    const [rows, inner, columns] = [integer(1, 20), integer(1, 40), integer(1, 30)];
    const [transposeA, transposeB, biased] = [pick([true, false]), pick([true, false]), pick([true, false])];
    const a = tf.randomNormal(transposeA ? [inner, rows] : [rows, inner], 0, 1, 'float32', i + 1);
    const b = tf.randomNormal(transposeB ? [columns, inner] : [inner, columns], 0, 1, 'float32', i + 500);
    const bias = biased ? tf.randomNormal([columns], 0, 1, 'float32', i + 900) : undefined;
    const [ours, theirs] = both(a, b, transposeA, transposeB, bias);
    const what = `${rows} × ${inner} × ${columns} ${transposeA} ${transposeB} ${biased}`;
    expect(ours, what).toEqual(theirs);
    tf.dispose([a, b, bias ?? []]);
  }
});

test('NaN and infinity reach the results that they are part of, and no others', () => {
  const a = tf.tensor2d([1, 2, Number.NaN, 1, Number.POSITIVE_INFINITY, 1], [3, 2]);
  const b = tf.ones([2, 9]);
  const product = tf.matMul(a, b as tf.Tensor2D);
  expect(Array.from(product.dataSync())).toEqual([
    ...Array(9).fill(3),
    ...Array(9).fill(Number.NaN),
    ...Array(9).fill(Number.POSITIVE_INFINITY),
  ]);
  tf.dispose([a, b, product]);
});

test('a product of matrices with leading ones has them too', () => {
  const [a, b] = [tf.ones([1, 3, 2]), tf.ones([1, 2, 5])];
  const product = tf.matMul(a, b);
  expect(product.shape).toEqual([1, 3, 5]);
  expect(Array.from(product.dataSync())).toEqual(Array(15).fill(2));
  tf.dispose([a, b, product]);
});

test('stacks and integers are left to other kernels', () => {
  const plain = { transposeA: false, transposeB: false };
  const product = (a: tf.Tensor, b: tf.Tensor) => panelMatMul(a, b, plain, backend());
  const stacks = [tf.ones([2, 3, 4]), tf.ones([2, 4, 3])] as const;
  const integers = [tf.ones([2, 2], 'int32'), tf.ones([2, 2], 'int32')] as const;
  expect(product(...stacks)).toBeUndefined();
  expect(product(...integers)).toBeUndefined();
  tf.dispose([stacks, integers] as never);
});

test('large products have the bits of XNNPACK', () => {
  const a = tf.randomNormal([301, 203], 0, 1, 'float32', 1);
  const b = tf.randomNormal([203, 99], 0, 1, 'float32', 2);
  const [ours, theirs] = both(a, b, false, false);
  expect(ours).toEqual(theirs);
  tf.dispose([a, b]);
});
