// Measures the loss at the end of whole trainings along each schedule, at peak rates 0.25 decade apart.
//
//   node bench/for-schedule/truth.js FOLDER making|judging COUNT     tasks that the folder has are not measured again
//
// A record (FOLDER/NUMBER.json) has `start`, the validation loss before training, and for each schedule `[rate, loss]`, rising: the mean
// validation loss over seeds after the task's steps, null where a training diverged. Rates are added until the best has neighbours on both sides.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { compare, useBackend } from 'lrfind';
import { finalLoss, mean } from '../study/records.js';
import { chosenTasks, SCHEDULES } from './tasks.js';

const [folder = 'for', split = 'making', count = '12'] = process.argv.slice(2);
const SEEDS = 2;
/** Seeds of the judging trainings differ from all that a search uses. */
const FIRST_SEED = 1000;
mkdirSync(folder, { recursive: true });
await useBackend('wasm');

for (const task of chosenTasks(/** @type {'making' | 'judging'} */ (split), Number(count))) {
  const file = `${folder}/${task.number}.json`;
  if (existsSync(file)) continue;
  const clock = performance.now();
  const record = await measure(task);
  writeFileSync(`${file}.part`, JSON.stringify(record));
  renameSync(`${file}.part`, file);
  const best = SCHEDULES.map((name) => `${name} ${bestOf(record.losses[name] ?? [])?.join(' ')}`);
  console.log(
    task.number,
    task.kind,
    task.optimizer.name,
    task.steps,
    best.join('; '),
    `${((performance.now() - clock) / 1000).toFixed(1)} s`,
  );
}

/** @param {ReturnType<typeof chosenTasks> extends Generator<infer Task> ? Task : never} task */
async function measure({ number, split, kind, network, optimizer, loss, steps, batchSize, parameters, ...task }) {
  const model = task.model();
  let start = Number.NaN;
  /** @param {{ schedule: string, rate: number }[]} wanted @param {number} seeds @param {number} steps */
  const trained = async (wanted, seeds, steps) => {
    const { trials } = await compare(model, /** @type {any} */ (task.train), {
      .../** @type {any} */ ({ optimizer, loss }),
      batchSize,
      initialWeights: 'drawn',
      validation: /** @type {any} */ (task.validation),
      validationSplit: 0,
      steps,
      repeats: seeds,
      seed: FIRST_SEED,
      trials: wanted.map(({ schedule, rate }) => ({
        learningRate: `${schedule}(${rate})`,
        name: `${schedule} ${rate}`,
      })),
    });
    return trials.map(({ trainings }) => {
      start = mean(trainings.map(({ start }) => start?.loss ?? Number.NaN));
      return mean(trainings.map((training) => finalLoss(training) ?? Number.POSITIVE_INFINITY));
    });
  };
  // A coarse look, with one seed, says where to begin.
  const coarse = Array.from({ length: 16 }, (_, i) => 10 ** (-6 + i / 2)).map((rate) => ({
    schedule: 'constant',
    rate,
  }));
  const seen = await trained(coarse, 1, Math.min(steps, 400));
  const around = Math.round(4 * Math.log10(coarse[seen.indexOf(Math.min(...seen))]?.rate ?? 1e-3));
  /** @type {Record<string, Map<number, number>>} */
  const losses = Object.fromEntries(SCHEDULES.map((name) => [name, new Map()]));
  let wanted = SCHEDULES.flatMap((schedule) =>
    [-2, -1, 0, 1, 2, 3].map((offset) => ({ schedule: /** @type {string} */ (schedule), at: around + offset })),
  );
  for (let round = 0; wanted.length > 0 && round < 8; round++) {
    const rates = wanted.map(({ schedule, at }) => ({ schedule, rate: rateAt(at) }));
    // A comparison takes two trials at least.
    const found = await trained(
      rates.length > 1 ? rates : [...rates, { schedule: 'constant', rate: 1e-9 }],
      SEEDS,
      steps,
    );
    for (const [i, { schedule, at }] of wanted.entries())
      losses[schedule]?.set(at, found[i] ?? Number.POSITIVE_INFINITY);
    wanted = SCHEDULES.flatMap((schedule) => {
      const own = [.../** @type {Map<number, number>} */ (losses[schedule])];
      const best = own.reduce((least, each) => (each[1] < least[1] ? each : least))[0];
      return [-2, -1, 1, 2]
        .map((offset) => best + offset)
        .filter((at) => !losses[schedule]?.has(at))
        .map((at) => ({ schedule, at }));
    });
  }
  model.dispose();
  return {
    number,
    split,
    kind,
    network,
    optimizer,
    loss: loss ?? 'inferred',
    steps,
    batchSize,
    rows: task.train.rows,
    parameters,
    start,
    /** @type {Record<string, (number | null)[][]>} */
    losses: Object.fromEntries(
      SCHEDULES.map((name) => [
        name,
        [.../** @type {Map<number, number>} */ (losses[name])]
          .sort(([a], [b]) => a - b)
          .map(([at, loss]) => [rateAt(at), Number.isFinite(loss) ? loss : null]),
      ]),
    ),
  };
}

/** @param {number} at in quarters of a decade */
function rateAt(at) {
  return Number((10 ** (at / 4)).toPrecision(6));
}

/** @param {readonly (number | null)[][]} losses */
function bestOf(losses) {
  return losses.filter(([, loss]) => loss !== null).sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))[0];
}
