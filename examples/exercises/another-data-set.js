// Another data set: penguins, a table with categories and with gaps. A rate is found, the model trained with it, and both drawn.
//
//   node examples/exercises/another-data-set.js
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encodeTable, findLearningRate, modelShape, train, useBackend } from '@lrfind/finder';
import { readTable } from '@lrfind/finder/files';
import { lossByRate, renderPng, trainingHistory } from '@lrfind/plots';
import { layers, sequential } from '@tensorflow/tfjs-layers';

await useBackend();

// The npm package writes NaN where a measurement is missing; here, as in most tables, such a field is empty.
const out = new URL('../../out/', import.meta.url);
await mkdir(out, { recursive: true });
const path = fileURLToPath(new URL('penguins.csv', out));
const original = fileURLToPath(import.meta.resolve('@observablehq/sample-datasets/penguins.csv'));
await writeFile(path, (await readFile(original, 'utf8')).replaceAll('NaN', ''));

// Which species? Four measurements, the island (one of three) and the sex (one of two) are encoded as 9 numbers.
const model = sequential({
  name: 'penguins',
  layers: [
    layers.dense({ units: 16, activation: 'relu', inputShape: [9] }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ],
});
const how = /** @type {const} */ ({ target: 'species', scale: 'standard', missing: 'mean' });
const { source } = encodeTable(await readTable(path), modelShape(model), how);
for (const note of source.notes) console.log(note);

const sweep = await findLearningRate(model, source, { optimizer: 'adam', initialWeights: 'drawn' });
if (!sweep.suggestion) throw new Error(`no learning rate: ${sweep.reason}`);
const { learningRate, verdict } = sweep.suggestion;
console.log(`learning rate ${learningRate.toPrecision(2)}, ${verdict}`);

// The usual rate of Adam, from the same initial weights and for as long; train leaves the weights of the last training.
const settings = { optimizer: 'adam', epochs: 10, initialWeights: /** @type {const} */ ('drawn') };
for (const rate of [0.001, learningRate]) {
  const run = await train(model, source, { ...settings, learningRate: rate });
  const { loss, metrics } = run.training.points.at(-1)?.validation ?? {};
  console.log(
    `at ${rate.toPrecision(2)}: held-out loss ${loss?.toFixed(3)}, accuracy ${metrics?.accuracy?.toFixed(3)}`,
  );
  if (rate === learningRate) await write('penguins-trained.png', trainingHistory(run));
}
await write('penguins.png', lossByRate(sweep));

/** @param {string} name @param {ReturnType<typeof lossByRate>} chart */
async function write(name, chart) {
  await writeFile(new URL(name, out), await renderPng(chart));
}
