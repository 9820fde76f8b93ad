// The tasks of the study, drawn by their numbers: equal numbers give equal tasks. Even ones are for making rules, odd ones for
// judging them.
import { seededRandom } from '@lrfind/core';
import { networks } from './networks.js';
import { between, oneOf, tables } from './tables.js';

/** @typedef {import('./tables.js').Rows} Rows */

/** Which networks read which tables. The first kinds are drawn more often, as people have them more often. */
const PAIRS = /** @type {const} */ ([
  ['regression', 'dense'],
  ['classes', 'dense'],
  ['classes', 'dense'],
  ['regression', 'dense'],
  ['pictures', 'convolutions'],
  ['words', 'embedding'],
  ['waves', 'recurrent'],
]);

const OPTIMIZERS = [
  { name: 'sgd' },
  { name: 'sgd' },
  { name: 'sgd', momentum: 0.9 },
  { name: 'sgd', momentum: 0.9, nesterov: true },
  { name: 'adam' },
  { name: 'adam' },
  { name: 'adam' },
  { name: 'adamw' },
  { name: 'rmsprop' },
  { name: 'adagrad' },
  { name: 'adamax' },
  { name: 'nadam' },
  { name: 'lion' },
  { name: 'adadelta' },
];

/** Draws the task of a number. @param {number} number */
export function taskOf(number) {
  const random = seededRandom(number, 'study');
  const [kind, network] = oneOf(random, PAIRS);
  const table = tables[kind](random);
  const seedOfNetwork = Math.floor(random() * 2 ** 31);
  const optimizer = oneOf(random, OPTIMIZERS);
  const loss =
    table.classes === null
      ? oneOf(random, ['meanSquaredError', 'meanSquaredError', 'meanAbsoluteError', 'huber', 'logcosh'])
      : undefined;
  const most = network === 'dense' ? 3000 : 600;
  const steps = Math.round(between(random, 50, most));
  const batchSize = oneOf(
    random,
    [8, 16, 32, 32, 64, 128].filter((size) => size <= table.rows / 4),
  );
  const fineTunes = random() < 0.2;
  const scaled = standardised(table);
  const validationRows = Math.round(table.rows * 0.3);
  const rawUnits = random() < 0.15;
  const used = rawUnits && kind !== 'words' ? table : scaled;
  return {
    number,
    split: number % 2 === 0 ? 'making' : 'judging',
    kind,
    network,
    optimizer,
    loss,
    steps,
    batchSize,
    fineTunes,
    classes: table.classes,
    shape: table.inputs[0]?.shape,
    train: part(used, 0, table.rows - validationRows),
    validation: part(used, table.rows - validationRows, table.rows),
    model: () => networks[network](seededRandom(seedOfNetwork, 'network'), used),
  };
}

/** Features with mean 0 and standard deviation 1, except ids. @param {Rows} table @returns {Rows} */
export function standardised(table) {
  if (table.ids !== undefined || (table.inputs[0]?.shape.length ?? 0) > 1) return table;
  const { shape, values } = /** @type {Rows['inputs'][number]} */ (table.inputs[0]);
  const [columns = 1] = shape;
  const result = values.slice();
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0];
    for (let i = column; i < values.length; i += columns) {
      sum += /** @type {number} */ (values[i]);
      squares += /** @type {number} */ (values[i]) ** 2;
    }
    const mean = sum / table.rows;
    const spread = Math.sqrt(Math.max(squares / table.rows - mean ** 2, 1e-12));
    for (let i = column; i < values.length; i += columns) result[i] = ((values[i] ?? 0) - mean) / spread;
  }
  return { ...table, inputs: [{ shape, values: result }] };
}

/** Some rows, as a dataset. @param {Rows} table @param {number} from @param {number} to */
export function part({ inputs, target }, from, to) {
  return {
    rows: to - from,
    inputs: inputs.map(({ shape, values }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return { shape, values: values.slice(from * size, to * size) };
    }),
    targets: [{ shape: [1], values: target.slice(from, to) }],
    notes: [],
  };
}
