// Adam, RMSprop and Adagrad at one rate, and each at the rate that a sweep finds for it.
//
//   node examples/exercises/adaptive-optimizers.js
import { mkdir, writeFile } from 'node:fs/promises';
import { compare, useBackend } from '@lrfind/finder';
import { renderPng, trainingComparison } from '@lrfind/plots';
import { layers, sequential } from '@tensorflow/tfjs-layers';
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

const out = new URL('../../out/', import.meta.url);
await mkdir(out, { recursive: true });
const optimizers = ['adam', 'rmsprop', 'adagrad'];

const alike = await compareAt(0.001, 'optimizers-at-one-rate.png');
const own = await compareAt('find', 'optimizers-at-their-own-rates.png');
// Of one rate no optimizer is the best or the worst: how far apart they are says how well the rate suits each.
console.log(`from the best to the last: ${spread(alike)} at one rate, ${spread(own)} at their own rates`);

/**
 * @param {number | 'find'} learningRate
 * @param {string} picture
 */
async function compareAt(learningRate, picture) {
  const runs = optimizers.map((optimizer) => ({ name: optimizer, optimizer, learningRate }));
  const comparison = await compare(model, data, { runs, epochs: 5, initialWeights: 'drawn' });
  for (const { name, loss } of comparison.ranking) {
    const recipe = comparison.runs.find((run) => run.name === name)?.recipe;
    console.log(`${name.padEnd(7)} at ${recipe?.rates[0]?.rate.toPrecision(2)}: held-out loss ${loss?.toFixed(3)}`);
  }
  console.log(comparison.conclusions.join(' '));
  await writeFile(new URL(picture, out), await renderPng(trainingComparison(comparison)));
  return comparison;
}

/** @param {import('@lrfind/finder').Comparison} comparison */
function spread({ ranking }) {
  return (Number(ranking.at(-1)?.loss) - Number(ranking[0]?.loss)).toFixed(3);
}
