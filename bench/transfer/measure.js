// How the best constant rate follows the batch size, the width and the number of steps, on tables and networks of the study.
//
//   node bench/transfer/measure.js FILE [COUNT]     appends to FILE (JSON lines) what it lacks of the first COUNT networks, 5 by default
//
// Each network is trained with batches of 16, 64 and 256 rows, and with layers four times as wide, with SGD with momentum and Adam, on
// standardised features and on features in units of their own. Each line has the losses on other rows after the short and the
// long training, by rate and seed. `exponents.js` turns them into exponents.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { seededRandom } from '@lrfind/core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compare, useBackend } from 'lrfind';
import { inUnits, oneOf, tables } from '../study/tables.js';
import { part, standardised } from '../study/tasks.js';

/** Steps of the short training; the long one takes four times as many. */
const STEPS = 100;
const OPTIMIZERS = /** @type {const} */ ([{ name: 'sgd', momentum: 0.9 }, { name: 'adam' }]);
/** Batch size and width of the variants, the first of which is the one that the others are compared with. */
const VARIANTS = [
  { batchSize: 64, width: 1 },
  { batchSize: 16, width: 1 },
  { batchSize: 256, width: 1 },
  { batchSize: 64, width: 4 },
];
const LEAST_ROWS = 700;
const SEEDS = 2;

/** Draws a table and the sizes of a network. @param {number} number @param {boolean} raw */
function taskOf(number, raw) {
  const random = seededRandom(number, 'transfer');
  const kind = number % 2 === 0 ? 'classes' : 'regression';
  let table = tables[kind](random);
  while (table.rows < LEAST_ROWS) table = tables[kind](random);
  const depth = oneOf(random, [1, 2, 2]);
  const width = oneOf(random, [16, 24, 32]);
  const activation = oneOf(random, /** @type {const} */ (['relu', 'tanh']));
  const scaled = standardised(table);
  const [{ shape, values }] = /** @type {[typeof scaled.inputs[number]]} */ (scaled.inputs);
  const [columns = 1] = shape;
  const used = raw ? { ...scaled, inputs: [{ shape, values: inUnits(random, values, columns) }] } : scaled;
  const rows = Math.min(table.rows, 1500);
  const cut = Math.round(0.7 * rows);
  /** @param {number} times */
  const model = (times) => {
    const made = sequential();
    made.add(layers.inputLayer({ inputShape: shape }));
    for (let i = 0; i < depth; i++) made.add(layers.dense({ units: width * times, activation }));
    const { classes } = table;
    made.add(
      layers.dense(
        classes === null
          ? { units: 1 }
          : { units: classes === 2 ? 1 : classes, activation: classes === 2 ? 'sigmoid' : 'softmax' },
      ),
    );
    return made;
  };
  return { kind, model, train: part(used, 0, cut), validation: part(used, cut, rows) };
}

/**
 * Losses by rate after both lengths, around the best rate.
 *
 * @param {ReturnType<typeof taskOf>} task @param {(typeof OPTIMIZERS)[number]} optimizer @param {(typeof VARIANTS)[number]} variant
 */
async function lossesOf({ model, train, validation }, optimizer, { batchSize, width }) {
  const network = model(width);
  /** @param {number[]} exponents @param {number} repeats @param {number} steps */
  const trained = async (exponents, repeats, steps) => {
    const { trials } = await compare(network, train, {
      optimizer,
      batchSize,
      initialWeights: 'drawn',
      validation,
      validationSplit: 0,
      trials: exponents.map((each) => ({ learningRate: 10 ** each, name: String(each) })),
      steps,
      repeats,
    });
    return trials.map(({ name, trainings }) => ({
      exponent: Number(name),
      losses: trainings.map(({ evaluations, outcome }) =>
        [STEPS, 4 * STEPS].map((at) => {
          const { validation } = evaluations.find(({ step }) => step === at) ?? {};
          return validation && Number.isFinite(validation.loss) && (outcome !== 'diverged' || at < steps)
            ? validation.loss
            : null;
        }),
      ),
    }));
  };
  const coarse = await trained([-6, -5, -4, -3, -2, -1, 0], 1, STEPS);
  const lossAt = (/** @type {(typeof coarse)[number]} */ { losses }) => losses[0]?.[0] ?? Number.POSITIVE_INFINITY;
  const { exponent } = coarse.reduce((least, each) => (lossAt(each) < lossAt(least) ? each : least));
  const around = [-1.5, -1, -0.5, 0, 0.5, 1].map((each) => exponent + each);
  const fine = await trained(around, SEEDS, 4 * STEPS);
  network.dispose();
  return fine;
}

const [file = 'transfer.jsonl', count = '5'] = process.argv.slice(2);
/** @param {{ number: number, raw: boolean, optimizer: { name: string }, variant: number }} key */
const keyOf = ({ number, raw, optimizer, variant }) => `${number} ${raw} ${optimizer.name} ${variant}`;
const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
const known = new Set(lines.map((line) => keyOf(JSON.parse(line))));
await useBackend('wasm');
for (let number = 0; number < Number(count); number++)
  for (const raw of [false, true])
    for (const optimizer of OPTIMIZERS)
      for (const [variant, sizes] of VARIANTS.entries()) {
        const key = { number, raw, optimizer, variant };
        if (known.has(keyOf(key))) continue;
        const task = taskOf(number, raw);
        const clock = performance.now();
        const rates = await lossesOf(task, optimizer, sizes);
        appendFileSync(file, `${JSON.stringify({ ...key, ...sizes, kind: task.kind, steps: STEPS, rates })}\n`);
        console.log(keyOf(key), `${((performance.now() - clock) / 1000).toFixed(1)} s`);
      }
