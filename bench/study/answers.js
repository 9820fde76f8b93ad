// Measures lrfind's answers for the tasks of the study: four of the sweeps alone, and three that were tried, one of them in fewer
// steps than by default.
//
//   node bench/study/answers.js FOLDER [making|judging]     FOLDER has the records of measure.js
//
// Writes FOLDER/answers/NUMBER.json; a task that has one is not measured again. table.js makes the tables from both.
import { readdirSync, readFileSync } from 'node:fs';
import { findLearningRate, useBackend } from 'lrfind';
import { pretrain } from './pretrain.js';
import { recordEach } from './records.js';
import { taskOf } from './tasks.js';

const [folder = 'study', split = 'judging'] = process.argv.slice(2);
const PLAIN_ANSWERS = 4;
await useBackend('tensorflow');

const records = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')))
  .filter((record) => !record.refused && record.split === split)
  .toSorted((a, b) => a.number - b.number);
const best = new Map(records.map((record) => [record.number, record.best.rate]));
const rate = (/** @type {any} */ { suggestion }) => suggestion?.learningRate.toPrecision(2) ?? 'none';
await recordEach(`${folder}/answers`, [...best.keys()], answersFor, ({ number, plain, tried, triedForLength }) =>
  console.log(
    `${number} best ${best.get(number).toPrecision(2)}  plain ${rate(plain[0])}  tried ${rate(tried)}  for its length ${rate(triedForLength)}`,
  ),
);

/** @param {number} number */
async function answersFor(number) {
  const { train: rows, model: build, optimizer, loss, steps, batchSize, fineTunes } = taskOf(number);
  const model = build();
  if (fineTunes) await pretrain(number, model, rows, loss, batchSize);
  /** @param {object} more */
  const answer = async (more) => {
    /** @type {any} */
    const options = { optimizer, loss, batchSize, initialWeights: fineTunes ? 'given' : 'drawn', ...more };
    const { suggestion, reason, suggestions, verification, sweeps } = await findLearningRate(model, rows, options);
    const swept = sweeps.reduce((sum, { points }) => sum + points.length, 0);
    return { suggestion, reason, suggestions, steps: swept + (verification?.steps ?? 0), verification };
  };
  const plain = [];
  for (let i = 0; i < PLAIN_ANSWERS; i++) plain.push(await answer({ seed: 5 * i }));
  const tried = await answer({ verify: true });
  const triedForLength = await answer({ verify: true, trainingSteps: steps });
  const short = await answer({ verify: 600, trainingSteps: steps });
  model.dispose();
  return { number, plain, tried, triedForLength, short };
}
