// Cyclical rates: a search suggests their range, then they are compared with constant rates.
//
//   node examples/exercises/cyclical-rates.js
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compare, findLearningRate, saveResult, useBackend } from 'lrfind';

await useBackend();

// A surface over three features.
const xs = Array.from({ length: 1000 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i), Math.sin(2.3 * i)]);
const ys = xs.map(([a = 0, b = 0, c = 0]) => Math.sin(3 * a) * b + c * c);
const model = sequential({
  name: 'surface',
  layers: [
    layers.dense({ units: 32, activation: 'tanh', inputShape: [3] }),
    layers.dense({ units: 32, activation: 'tanh' }),
    layers.dense({ units: 1 }),
  ],
});

const settings = { optimizer: 'momentum', initialWeights: /** @type {const} */ ('drawn') };
const { range, suggestion, reason } = await findLearningRate(model, { xs, ys }, settings);
if (!suggestion || !range) throw new Error(`no learning rate: ${reason}`);
const low = Number(range.low.toPrecision(2));
const high = Number(range.high.toPrecision(2));
console.log(`usable range ${low} to ${high}, suggestion ${suggestion.learningRate.toPrecision(2)}`);

// Training uses 800 rows: 25 batches of 32 in an epoch, 750 steps in 30 epochs.
const steps = 750;
const trials = [
  { name: 'constant, as suggested', learningRate: suggestion.learningRate },
  { name: 'constant, high end', learningRate: high },
  { name: 'triangular', learningRate: `cyclical(${low}, ${high}, up=75)` },
  { name: 'triangular2', learningRate: `cyclical(${low}, ${high}, up=75, mode=triangular2)` },
  { name: 'one cycle', learningRate: `one-cycle(${high}, steps=${steps})` },
];
const comparison = await compare(model, { xs, ys }, { ...settings, trials, steps });
for (const { name, loss, spread } of comparison.ranking)
  console.log(`${name.padEnd(22)} validation loss ${loss?.toFixed(4)} ± ${spread?.toFixed(4)}`);
for (const sentence of comparison.conclusions) console.log(sentence);

const out = fileURLToPath(new URL('../../out/', import.meta.url));
await mkdir(out, { recursive: true });
await saveResult(comparison, `${out}cyclical-rates.png`);
