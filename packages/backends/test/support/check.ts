import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { at, product } from './naive.js';
import type { Random } from './random.js';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

interface Case {
  /** Shapes of the inputs. */
  shapes: number[][];
  /** The operation on the backend under test. */
  op: Op;
  /** The same in float64. */
  naive: (...inputs: number[][]) => number[];
}

const STEP = 1e-4;

/**
 * Checks that an operation computes the naive formula, that its gradients, for a random gradient of the output, are the
 * central differences of that formula, and that nothing leaks.
 */
export function checkOpAndGradients({ shapes, op, naive }: Case, random: Random): void {
  const values = shapes.map((shape) => random.normals(product(shape)));
  const tensors = values.map((data, i) => tf.tensor(data, at2(shapes, i)));
  const before = liveTensors();
  const y = tf.tidy(() => op(...tensors));
  expectClose(y.dataSync(), naive(...values), 'output');
  const slopes = random.normals(y.size);
  const dy = tf.tensor(slopes, y.shape);
  const gradients = tf.grads(op)(tensors, dy);
  const loss = (inputs: number[][]) => naive(...inputs).reduce((sum, value, i) => sum + value * at(slopes, i), 0);
  gradients.forEach((gradient, k) => {
    expect(gradient.shape).toEqual(shapes[k]);
    const own = at2(values, k);
    const differences = own.map((value, i) => {
      const withValue = (replaced: number) => loss(values.map((v, j) => (j === k ? v.with(i, replaced) : v)));
      return (withValue(value + STEP) - withValue(value - STEP)) / (2 * STEP);
    });
    expectClose(gradient.dataSync(), differences, `gradient ${k}`);
  });
  tf.dispose([y, dy, gradients]);
  expect(liveTensors()).toEqual(before);
  tf.dispose(tensors);
}

/** Equal to within float32's rounding of the largest number. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(at(actual, i) - at(expected, i)) / scale;
    // This comparison is false for NaN.
    if (!(difference < 2e-5)) expect.fail(`${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}

/** The number of tensors, and of the buffers that the backend holds for them. */
export function liveTensors(): { tensors: number; buffers: number } {
  return { tensors: tf.memory().numTensors, buffers: (tf.backend() as tf.KernelBackend).numDataIds() };
}

function at2<T>(items: readonly T[], i: number): T {
  return items[i] as T;
}
