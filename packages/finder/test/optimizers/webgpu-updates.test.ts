import { compile, useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSoftwareGpu } from '../../../backends/test/support/software-gpu.js';
import { applyRule, sharedVariables, slotVariables } from '../../src/optimizers/apply-rule.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';

/** Shapes of weights with more numbers than a group of threads has, fewer, and one. */
const SHAPES = [[9, 10], [7], [1, 3]];

/** Rules that compute norms and sums over all weights, which are not elementwise. */
const JOINT = ['dog', 'prodigy', 'momo', 'momo-adam'];

const CASES: { name: string; [option: string]: unknown }[] = [
  // The update of muon is mostly products of matrices.
  ...optimizers.map(({ name }) => ({ name })).filter(({ name }) => name !== 'muon'),
  { name: 'adam', amsgrad: true },
  { name: 'rmsprop', momentum: 0.9, centered: true },
  { name: 'sgd', momentum: 0.9, nesterov: true },
  { name: 'adam', clipvalue: 0.01 },
  // These need more buffers than a shader may have, or conditions that are repeated.
  { name: 'adamw', useEma: true },
  { name: 'adam', gradientAccumulationSteps: 2 },
];

function training(config: { name: string }) {
  const { rule } = resolveOptimizer(config as never);
  const weights = SHAPES.map((shape, i) => tf.tidy(() => tf.variable(tf.randomUniform(shape, -1, 1, 'float32', i))));
  const slots = weights.map((weight) => slotVariables(rule.slots, weight));
  const shared = sharedVariables(rule.shared);
  const variables = [...weights, ...[...slots, shared].flatMap((named) => Object.values(named))];
  const run = ([rate, step, loss, ...gradients]: readonly tf.Tensor[]) => {
    const prepared = rule.prepare(rate as tf.Tensor, step as tf.Tensor, shared);
    const ruled = weights.map((weight, i) => ({ weight, gradient: gradients[i], slots: slots[i] as never }));
    applyRule(rule, ruled, shared, prepared, { loss: loss as tf.Tensor });
    return [tf.mul(loss as tf.Tensor, 1)];
  };
  const numbers = async () => (await Promise.all(variables.map((each) => each.data()))).map((each) => [...each]);
  return { variables, run, numbers };
}

const inputsOf = (step: number) => [
  tf.scalar(0.01),
  tf.scalar(step),
  tf.scalar(1 / step),
  ...SHAPES.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', 10 * step + i)),
];

/** The largest difference, relative to the largest number of the same variable. */
function largestDifference(actual: readonly number[][], expected: readonly number[][]): number {
  return Math.max(
    ...expected.map((numbers, i) => {
      const scale = Math.max(...numbers.map(Math.abs)) || 1;
      return Math.max(...numbers.map((number, j) => Math.abs(number - (actual[i]?.[j] as number)))) / scale;
    }),
  );
}

/** How often a shader is called while a function runs. */
function dispatches(run: () => void): number {
  const { prototype } = (globalThis as unknown as { GPUComputePassEncoder: { prototype: Record<string, unknown> } })
    .GPUComputePassEncoder;
  const original = prototype.dispatchWorkgroups as (...args: unknown[]) => void;
  let count = 0;
  prototype.dispatchWorkgroups = function (this: unknown, ...args: unknown[]) {
    count += 1;
    original.apply(this, args);
  };
  try {
    run();
    return count;
  } finally {
    prototype.dispatchWorkgroups = original;
  }
}

describe.skipIf(!hasSoftwareGpu)('the update of a rule on WebGPU', () => {
  beforeAll(async () => {
    await useBackend('webgpu');
  });
  afterAll(() => useBackend('wasm'));

  test.each(CASES)('has the numbers of the eager one, by one shader for each weight: %j', async (config) => {
    const eager = training(config);
    const replayed = training(config);
    const compiled = compile(replayed.run, replayed.variables, 20, true);
    let calls = 0;
    for (let step = 1; step <= 6; step++) {
      const inputs = inputsOf(step);
      const [expected] = tf.tidy(() => eager.run(inputs));
      let actual: tf.Tensor | undefined;
      calls = dispatches(() => {
        [actual] = compiled.call(inputs);
      });
      await actual?.data();
      // The check of a step's results ends when they are read.
      const now = await replayed.numbers();
      expect(largestDifference(now, await eager.numbers())).toBe(0);
      tf.dispose([inputs, expected as tf.Tensor, actual as tf.Tensor]);
    }
    expect(compiled.problems).toEqual([]);
    expect(compiled.compiled).toBe(true);
    const isPlain = !JOINT.includes(config.name) && !('useEma' in config) && !('gradientAccumulationSteps' in config);
    // Besides the weights: scalars that they share, and the loss.
    if (isPlain) expect(calls).toBeLessThanOrEqual(SHAPES.length + 3);
    compiled.dispose();
    tf.dispose([...eager.variables, ...replayed.variables]);
  });
});
