// Trains the two pilots of a forecast for each record of truth.js: along a constant rate and along a cosine, both in PILOT_STEPS steps.
//
//   node bench/for-schedule/pilots.js TRUTH FOLDER
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compare, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';

const [truth = 'truth', folder = 'pilots'] = process.argv.slice(2);
const PILOT_STEPS = 200;
mkdirSync(folder, { recursive: true });
await useBackend('wasm');
for (const name of readdirSync(truth).filter((each) => each.endsWith('.json'))) {
  if (existsSync(`${folder}/${name}`)) continue;
  const { number, losses } = JSON.parse(readFileSync(`${truth}/${name}`, 'utf8'));
  /** @type {Map<number, number | null>[]} */
  const [constant, cosine, oneCycle] = ['constant', 'cosine', 'one-cycle'].map((schedule) => new Map(losses[schedule]));
  const rates = [...(cosine ?? [])]
    .filter(([rate, loss]) => loss !== null && constant?.get(rate) != null && oneCycle?.get(rate) != null)
    .sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))
    .slice(0, 3)
    .map(([rate]) => rate);
  if (rates.length === 0) continue;
  const { optimizer, loss, batchSize, train, validation, model: build } = taskOf(number);
  const model = build();
  const trials = rates.flatMap((rate) => ['constant', 'cosine'].map((schedule) => ({ schedule, rate })));
  const { trials: done } = await compare(model, /** @type {any} */ (train), {
    .../** @type {any} */ ({ optimizer, loss }),
    batchSize,
    initialWeights: 'drawn',
    validation: /** @type {any} */ (validation),
    validationSplit: 0,
    steps: PILOT_STEPS,
    repeats: 3,
    trials: trials.map(({ schedule, rate }) => ({ learningRate: `${schedule}(${rate})`, name: `${schedule} ${rate}` })),
  });
  const curves = done.map(({ trainings }, i) => ({
    ...trials[i],
    at: trainings[0]?.evaluations.map(({ step }) => step),
    losses: trainings.map(({ evaluations }) => evaluations.map((each) => each.validation?.loss ?? null)),
  }));
  model.dispose();
  writeFileSync(`${folder}/${name}`, JSON.stringify({ number, steps: PILOT_STEPS, curves }));
  console.log(number);
}
