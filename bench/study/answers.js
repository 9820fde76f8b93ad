// Measures lrfind's answers for the tasks of the study: four of the sweeps alone, and three that were tried, one of them in fewer
// steps than by default.
//
//   node bench/study/answers.js FOLDER [making|judging]     FOLDER has the records of measure.js
//
// Writes FOLDER/answers/NUMBER.json; a task that has one is not measured again. table.js makes the tables from both.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { findLearningRate, useBackend } from 'lrfind';
import { pretrain } from './pretrain.js';
import { taskOf } from './tasks.js';

const [folder = 'study', split = 'judging'] = process.argv.slice(2);
const PLAIN_ANSWERS = 4;
mkdirSync(`${folder}/answers`, { recursive: true });
await useBackend('tensorflow');

const numbers = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => Number.parseInt(name, 10))
  .toSorted((a, b) => a - b);
for (const number of numbers) {
  const file = `${folder}/answers/${number}.json`;
  const record = JSON.parse(readFileSync(`${folder}/${number}.json`, 'utf8'));
  if (record.refused || record.split !== split || existsSync(file)) continue;
  const answers = await answersFor(number);
  writeFileSync(`${file}.part`, JSON.stringify(answers));
  renameSync(`${file}.part`, file);
  const rate = (/** @type {any} */ { suggestion }) => suggestion?.learningRate.toPrecision(2) ?? 'none';
  console.log(
    `${number} best ${record.best.rate.toPrecision(2)}  plain ${rate(answers.plain[0])}  tried ${rate(answers.tried)}  for its length ${rate(answers.triedForLength)}`,
  );
}

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
