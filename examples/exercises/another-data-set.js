// Another dataset: penguins, a table with categories and missing values. Search for a rate, train with it, draw both.
//
//   node examples/exercises/another-data-set.js
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { encodeTable, findLearningRate, readTable, saveResult, train, useBackend } from 'lrfind';

await useBackend();

// The npm package has NaN where a measurement is missing; here, as in most tables, the field is empty.
const out = fileURLToPath(new URL('../../out/', import.meta.url));
await mkdir(out, { recursive: true });
const path = `${out}penguins.csv`;
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
const encoding = /** @type {const} */ ({ target: 'species', scale: 'standard', missing: 'mean' });
const { dataset } = encodeTable(await readTable(path), model, encoding);
for (const note of dataset.notes) console.log(note);

const sweep = await findLearningRate(model, dataset, { optimizer: 'adam', initialWeights: 'drawn' });
if (!sweep.suggestion) throw new Error(`no learning rate: ${sweep.reason}`);
const { learningRate, verdict } = sweep.suggestion;
console.log(`learning rate ${learningRate.toPrecision(2)}, ${verdict}`);

// Adam's default rate, and the suggested one, from the same initial weights. The model keeps the weights of the last training.
const settings = { optimizer: 'adam', epochs: 10, initialWeights: /** @type {const} */ ('drawn') };
for (const rate of [0.001, learningRate]) {
  const result = await train(model, dataset, { ...settings, learningRate: rate });
  const { loss, metrics } = result.training.evaluations.at(-1)?.validation ?? {};
  console.log(
    `at ${rate.toPrecision(2)}: validation loss ${loss?.toFixed(3)}, accuracy ${metrics?.accuracy?.toFixed(3)}`,
  );
  if (rate === learningRate) await saveResult(result, `${out}penguins-trained.png`);
}
await saveResult(sweep, `${out}penguins.png`);
