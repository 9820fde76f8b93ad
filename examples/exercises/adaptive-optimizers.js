// Adam, RMSprop and Adagrad at the same rate, then each at the rate that a search suggests for it.
//
//   node examples/exercises/adaptive-optimizers.js
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compare, saveResult, useBackend } from 'lrfind';
import { digits, pixels } from '../mnist/digits.js';

await useBackend();

const rows = digits().slice(0, 2000);
const data = { xs: rows.map(({ image }) => image), ys: rows.map(({ label }) => label) };
const model = sequential({
  name: 'digits',
  layers: [
    layers.dense({ units: 32, activation: 'relu', inputShape: [pixels] }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});

const out = fileURLToPath(new URL('../../out/', import.meta.url));
await mkdir(out, { recursive: true });
const optimizers = ['adam', 'rmsprop', 'adagrad'];

const shared = await compareAt(0.001, 'optimizers-at-one-rate.png');
const own = await compareAt('find', 'optimizers-at-their-own-rates.png');
// At one rate no optimizer is good or bad in itself: the spread shows how well the rate suits each of them.
console.log(`from the best to the last: ${spread(shared)} at one rate, ${spread(own)} at their own rates`);

/**
 * @param {number | 'find'} learningRate
 * @param {string} picture
 */
async function compareAt(learningRate, picture) {
  const trials = optimizers.map((optimizer) => ({ name: optimizer, optimizer, learningRate }));
  const comparison = await compare(model, data, { trials, epochs: 5, initialWeights: 'drawn' });
  for (const { name, loss } of comparison.ranking) {
    const recipe = comparison.trials.find((trial) => trial.name === name)?.recipe;
    console.log(`${name.padEnd(7)} at ${recipe?.rates[0]?.rate.toPrecision(2)}: validation loss ${loss?.toFixed(3)}`);
  }
  console.log(comparison.conclusions.join(' '));
  await saveResult(comparison, out + picture);
  return comparison;
}

/** @param {import('lrfind').Comparison} comparison */
function spread({ ranking }) {
  return (Number(ranking.at(-1)?.loss) - Number(ranking[0]?.loss)).toFixed(3);
}
