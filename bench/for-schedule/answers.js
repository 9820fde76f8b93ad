// Measures what the answers of --for cost in whole trainings, beside the constant answer and the plain one as peaks.
//
//   node bench/for-schedule/answers.js TRUTH FOLDER making|judging     for the records of truth.js in TRUTH
//
// A record (FOLDER/NUMBER.json) has `tried`, lrfind's verification of each schedule without its trainings, and `whole`: by schedule,
// the validation loss at the end of whole trainings at the peaks of interest, with the seeds of truth.js.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { compare, findLearningRate, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';
import { SCHEDULES } from './tasks.js';

const [truth = 'truth', folder = 'answers', split = 'making'] = process.argv.slice(2);
const SEEDS = 2;
const FIRST_SEED = 1000;
mkdirSync(folder, { recursive: true });
await useBackend('wasm');

const numbers = readdirSync(truth)
  .filter((name) => name.endsWith('.json'))
  .map((name) => Number(name.replace('.json', '')))
  .sort((a, b) => a - b);
for (const number of numbers) {
  const file = `${folder}/${number}.json`;
  const record = JSON.parse(readFileSync(`${truth}/${number}.json`, 'utf8'));
  if (record.split !== split || existsSync(file)) continue;
  const clock = performance.now();
  const answers = await measure(number);
  writeFileSync(`${file}.part`, JSON.stringify(answers));
  renameSync(`${file}.part`, file);
  console.log(
    number,
    record.kind,
    record.optimizer.name,
    record.steps,
    `${((performance.now() - clock) / 1000).toFixed(1)} s`,
  );
}

/** @param {number} number */
async function measure(number) {
  const { optimizer, loss, steps, batchSize, train, validation, model: build } = taskOf(number);
  const model = build();
  /** @type {any} */
  const common = { optimizer, loss, batchSize, initialWeights: 'drawn' };
  const result = await findLearningRate(model, /** @type {any} */ (train), {
    ...common,
    for: [...SCHEDULES],
    trainingSteps: steps,
  });
  const { suggestion, verification, otherSchedules = [], environment } = result;
  const all = verification ? [verification, ...otherSchedules] : [];
  const plain = verification?.plain ?? null;
  const tried = all.map(({ tried: rates, ...each }) => ({
    ...each,
    rates: rates.map(({ rate, trainings }) => ({
      rate,
      losses: trainings.map(({ outcome, divergedAt, evaluations }) => ({
        outcome,
        divergedAt,
        at: evaluations.map(({ step, validation }) => [step, validation?.loss ?? null]),
      })),
    })),
  }));
  const ofConstant = tried.find(({ schedule }) => schedule === 'constant');
  const wanted = SCHEDULES.flatMap((schedule) => {
    const own = tried.find((each) => each.schedule === schedule);
    const rates = [own, ofConstant].flatMap((each) => (each ? [each.learningRate, withoutTrend(each)] : []));
    return [...new Set([...rates, ...(plain === null ? [] : [plain])])].map((rate) => ({ schedule, rate }));
  });
  /** @type {{ schedule: string, rate: number, loss: number | null }[]} */
  let whole = [];
  if (wanted.length > 1) {
    const { trials } = await compare(model, /** @type {any} */ (train), {
      ...common,
      validation: /** @type {any} */ (validation),
      validationSplit: 0,
      steps,
      repeats: SEEDS,
      seed: FIRST_SEED,
      trials: wanted.map(({ schedule, rate }) => ({
        learningRate: `${schedule}(${rate})`,
        name: `${schedule} ${rate}`,
      })),
    });
    whole = trials.map(({ trainings }, i) => {
      const ends = trainings.map(({ outcome, evaluations }) =>
        outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? Number.NaN) : Number.NaN,
      );
      const loss = ends.reduce((sum, each) => sum + each, 0) / ends.length;
      return { .../** @type {(typeof wanted)[number]} */ (wanted[i]), loss: Number.isFinite(loss) ? loss : null };
    });
  }
  model.dispose();
  return { number, split, steps, plain, suggestion, spent: environment.msPerStep, tried, whole };
}

/** The rate that did best in the short trainings, before it follows the trend to longer ones. @param {any} verification */
function withoutTrend({ learningRate, trend, length, target }) {
  return learningRate / 10 ** (0.7 * Math.min(0, Math.max(-1, trend)) * Math.max(0, Math.log10(target / length)));
}
