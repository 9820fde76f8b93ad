// How long a training must be until its validation rows tell the table's best rate: trains the cheapest of the making cells at the table's
// rates, with two seeds, and records loss and accuracy on validation rows, and the training loss, at twenty points. Prints how far the
// rate that each of them favours after some steps is from the table's best, and what it costs.
//
//   node bench/outside-table/lengths.js FOLDER [COUNT] [STEPS]     writes FOLDER/lengths/NUMBER.json; what is there is not measured again
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { compare, useBackend } from 'lrfind';
import { ADAM, EPOCHS, networkOf, readSet, stepCost } from './measure.js';
import { bestLogRate, mean, regretAt, topOf } from './regret.js';

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

/** @typedef {{ step: number, training: { loss: number | null }, validation?: { loss: number | null, metrics: Record<string, number> } }} Seen */

/** What may judge a training, lower is better. @type {Record<string, (seen: Seen) => number>} */
const judges = {
  'validation loss': ({ validation }) => validation?.loss ?? Number.POSITIVE_INFINITY,
  'held-out accuracy': ({ validation }) => -(validation?.metrics.accuracy ?? 0),
  'training loss': ({ training }) => training.loss ?? Number.POSITIVE_INFINITY,
};

/** @type {{ number: number, trials: { rate: number, trainings: { evaluations: Seen[] }[] }[] }[]} */
const measured = making.flatMap(({ number }) => {
  const file = `${folder}/lengths/${number}.json`;
  return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8'))] : [];
});
console.log(
  `\n${measured.length} networks\n\n| judged by | steps | decades above the best rate | mean regret | worst | decades for each tenfold of steps, to the whole training |\n| --- | --- | --- | --- | --- | --- |`,
);
const lengths = measured[0]?.trials[0]?.trainings[0]?.evaluations.map(({ step }) => step) ?? [];
for (const [name, judge] of Object.entries(judges))
  for (const length of [lengths[0], lengths[4], lengths[9], lengths[19]]) {
    const found = measured.map(({ number, trials }) => {
      const levels = trials.map(({ trainings }) =>
        mean(
          trainings.map(({ evaluations }) =>
            judge(/** @type {Seen} */ (evaluations.find(({ step }) => step === length))),
          ),
        ),
      );
      const finite = levels.filter(Number.isFinite).toSorted((a, b) => a - b);
      const least = Number(finite[0]);
      const most = least + 10 * (Number(finite[finite.length >> 1]) - least);
      const cell = /** @type {import('./regret.js').Cell} */ (cells[number]);
      const logs = trials.map(({ rate }) => Math.log10(rate));
      const at = topOf(
        logs,
        levels.map((level) => -Math.min(level, most)),
      );
      const error = at - bestLogRate(rates, cell);
      const tenfolds = Math.log10((EPOCHS * readSet(folder, cell.set).rows.rows) / cell.batch / Number(length));
      return { error, regret: regretAt(rates, cell, 10 ** at), exponent: -error / tenfolds };
    });
    /** @param {readonly number[]} values */
    const shown = (values) => {
      const centre = mean(values);
      return `${centre.toFixed(2)} ± ${Math.sqrt(mean(values.map((value) => (value - centre) ** 2))).toFixed(2)}`;
    };
    const regrets = found.map(({ regret }) => regret);
    console.log(
      `| ${name} | ${length} | ${shown(found.map((each) => each.error))} | ${mean(regrets).toFixed(3)} | ${Math.max(...regrets).toFixed(2)} | ${shown(found.map((each) => each.exponent))} |`,
    );
  }
