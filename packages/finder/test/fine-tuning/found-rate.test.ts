import { useBackend } from '@lrfind/backends';
import { beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';
import { points, regression } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

const question = (shift: number) => (xs: number[][]) => xs.map(([a = 0, b = 0]) => [Math.sin(2 * a + shift) * b]);
const [xs, unseen] = [points(240), points(120, 900)];
const common = { optimizer: 'adam', loss: 'meanSquaredError', batchSize: 16 } as const;
const epochs = 6;

test('a net trained on another question gets a rate that misses less than a twentieth of what the best of a grid gains', async () => {
  const model = regression();
  await train(model, { xs, ys: question(0.8)(xs) }, { ...common, learningRate: 0.01, epochs: 20, validationSplit: 0 });
  const rows = { xs, ys: question(0)(xs) };
  const { trials } = await compare(model, rows, {
    ...common,
    trials: [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5].map((x) => ({ learningRate: 10 ** x, name: String(x) })),
    validation: { xs: unseen, ys: question(0)(unseen) },
    validationSplit: 0,
    epochs,
    repeats: 2,
  });
  const ends = trials.map(({ name, trainings }) => ({
    exponent: Number(name),
    loss: trainings.reduce((sum, { evaluations }) => sum + (evaluations.at(-1)?.validation?.loss ?? Infinity), 0),
  }));
  const least = Math.min(...ends.map(({ loss }) => loss));
  const { suggestion } = await findLearningRate(model, rows, { ...common, verify: true, epochs, repeats: 2 });
  const found = Math.log10(suggestion?.learningRate ?? 0);
  const i = ends.findIndex(({ exponent }) => exponent > found);
  const [below, above] = [ends[i - 1], ends[i]] as [(typeof ends)[0], (typeof ends)[0]];
  const share = (found - below.exponent) / (above.exponent - below.exponent);
  const missed = (below.loss + share * (above.loss - below.loss) - least) / ((ends[0]?.loss ?? 0) - least);
  expect(missed).toBeLessThan(0.05);
  model.dispose();
});
