import { useBackend } from '@lrfind/backends';
import { analyseLosses, findRate } from '@lrfind/core/loop';
import { sweptOptimizers } from '@lrfind/core/sweep';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../src/find.js';
import { optimizers, resolveOptimizer } from '../src/optimizers/registry.js';
import { backend } from './backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

const rows = 96;
const xs = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const ys = xs.map(([a, b]) => 2 * (a as number) - (b as number) + 0.1 * Math.sin(31 * (a as number)));
const options = { steps: 60, repeats: 3, batchSize: 16, startLr: 1e-4, endLr: 10, seed: 5 };

describe.each(['sgd', 'adam'] as const)('losses that findLearningRate has recorded with %s', (optimizer) => {
  test('give the same conclusions from findRate, bit for bit', async () => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const search = { ...options, optimizer, initialWeights: 'drawn' } as const;
    const recorded = await findLearningRate(model, { xs, ys }, search);
    const { setup: _, options: __, environment: ___, ...measured } = recorded;
    expect(measured.suggestion).not.toBeNull();
    let at = 0;
    let losses: readonly (number | null)[] = [];
    const { steps, repeats, startLr, endLr, seed } = options;
    const fed = await findRate(() => losses[at++] ?? Number.NaN, {
      reset: (seed) => {
        at = 0;
        losses = recorded.sweeps.find((sweep) => sweep.seed === seed)?.points.map(({ loss }) => loss) ?? [];
      },
      ...{ steps, repeats, startLr, endLr, seed, optimizer },
    });
    expect(fed).toMatchObject(measured);
    const points = recorded.sweeps.flatMap((sweep) => sweep.points.map((point) => ({ ...point, seed: sweep.seed })));
    const isWhole = recorded.sweeps.some(({ stopped }) => stopped === 'end');
    // Of sweeps that all ended early, nobody can tell how far they would have gone.
    if (isWhole) expect(analyseLosses(points, { optimizer })).toMatchObject(measured);
  });
});

test.each(optimizers.map(({ name }) => name))(
  'what the analysis knows of %s by its name is what lrfind’s own is',
  (name) => {
    const { rule, kind } = resolveOptimizer(name);
    const { averaging, usualRate } = sweptOptimizers[name] ?? {};
    expect([averaging, usualRate]).toEqual([rule.usesMovingAverage, kind.usualRate]);
    expect(Object.keys(sweptOptimizers)).toHaveLength(optimizers.length);
  },
);
