// How long a training must be until its held-out rows tell the table's best rate: trains the cheapest of the making cells at the table's
// rates, with two seeds, and records loss and accuracy on held-out rows, and the training loss, at twenty points.
//
//   node bench/outside-table/lengths.js FOLDER [COUNT] [STEPS]     writes FOLDER/lengths/NUMBER.json; what is there is not measured again
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { compare, useBackend } from 'lrfind';
import { ADAM, networkOf, readSet, stepCost } from './measure.js';

const [folder, count = '16', steps = '2400'] = process.argv.slice(2);
if (folder === undefined) throw new Error('the folder must be named: node bench/outside-table/lengths.js FOLDER');
/** The table's rates without the lowest and the two highest, which are never the best. */
const RATES = [1, 8];

/** @type {import('./regret.js').Table} */
const { rates, cells } = JSON.parse(readFileSync(`${folder}/cells.json`, 'utf8'));
const making = cells.filter(({ split }) => split === 'making').slice(0, 40);
mkdirSync(`${folder}/lengths`, { recursive: true });
await useBackend('tensorflow');
for (const cell of making.toSorted((a, b) => stepCost(a) - stepCost(b)).slice(0, Number(count))) {
  const file = `${folder}/lengths/${cell.number}.json`;
  if (existsSync(file)) continue;
  const { columns, classes, rows } = readSet(folder, cell.set);
  const model = networkOf(cell, columns, classes);
  const { trials } = await compare(model, rows, {
    optimizer: ADAM,
    batchSize: cell.batch,
    initialWeights: 'drawn',
    trials: rates.slice(...RATES).map((learningRate) => ({ learningRate, name: String(learningRate) })),
    steps: Number(steps),
    repeats: 2,
    metrics: ['accuracy'],
  });
  model.dispose();
  const measured = trials.map(({ name, trainings }) => ({
    rate: Number(name),
    trainings: trainings.map(({ evaluations, outcome }) => ({ outcome, evaluations })),
  }));
  writeFileSync(`${file}.part`, JSON.stringify({ number: cell.number, trials: measured }));
  renameSync(`${file}.part`, file);
  console.log(cell.number, cell.set, cell.batch, cell.depth, cell.width);
}
