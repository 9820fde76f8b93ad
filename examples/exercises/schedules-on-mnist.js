// Six schedules on handwritten digits: which has the lowest loss at the end, and is the difference more than noise?
//
//   node examples/exercises/schedules-on-mnist.js
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compare, saveResult, useBackend } from 'lrfind';
import { digits, pixels } from '../mnist/digits.js';

await useBackend();

const rows = digits().slice(0, 3000);
const data = { xs: rows.map(({ image }) => image), ys: rows.map(({ label }) => label) };
const model = sequential({
  name: 'digits',
  layers: [
    layers.dense({ units: 32, activation: 'relu', inputShape: [pixels] }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});

// A fifth of the rows is held out, 2,400 are left: 75 batches of 32 in an epoch, 450 steps in six epochs.
const steps = 450;
const rate = 0.1;
const schedules = {
  constant: rate,
  'step decay': `exponential(${rate}, steps=150, factor=0.3, staircase=true)`,
  exponential: `exponential(${rate}, steps=150, factor=0.3)`,
  piecewise: `piecewise-constant([${rate}, ${rate / 5}, ${rate / 25}], at=[225, 350])`,
  cosine: `cosine(${rate}, steps=${steps})`,
  'one cycle': `one-cycle(${rate}, steps=${steps})`,
};
const comparison = await compare(model, data, {
  trials: Object.entries(schedules).map(([name, learningRate]) => ({ name, learningRate })),
  optimizer: { name: 'sgd', momentum: 0.9 },
  steps,
  initialWeights: 'drawn',
});
for (const { name, loss, metrics } of comparison.ranking)
  console.log(`${name.padEnd(12)} validation loss ${loss?.toFixed(3)}, accuracy ${metrics.accuracy?.toFixed(3)}`);
for (const sentence of comparison.conclusions) console.log(sentence);

const out = fileURLToPath(new URL('../../out/', import.meta.url));
await mkdir(out, { recursive: true });
await saveResult(comparison, `${out}schedules-on-mnist.png`);
