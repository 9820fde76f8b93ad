// The fine-tuning tasks, drawn by their numbers: equal numbers give equal tasks. A net is trained on one thing, then on another
// that resembles it, or goes on with the same. Ten of thirty, drawn by a seed, are held back for judging.
import { seededRandom, withMathRandom } from '@lrfind/core';
import { networks } from '../study/networks.js';
import { between, oneOf, tables } from '../study/tables.js';
import { part } from '../study/tasks.js';
import { corrupted, ofClasses, relabelled, shifted, standardised } from './other-rows.js';

/** @typedef {import('../study/tables.js').Rows} Rows @typedef {import('../study/tables.js').Random} Random */

export const TASKS = 30;

/** What came before, and what follows. Each has five tasks. */
const FORMS = /** @type {const} */ ([
  'half of the classes, then all',
  'half of the classes, then the other half',
  'another table',
  'wrong labels, then right ones',
  'frozen base, new head',
  'middle of a training',
]);

const PAIRS = /** @type {const} */ ([
  ['classes', 'dense'],
  ['classes', 'dense'],
  ['regression', 'dense'],
  ['pictures', 'convolutions'],
  ['words', 'embedding'],
  ['waves', 'recurrent'],
]);

const OPTIMIZERS = [
  { name: 'sgd' },
  { name: 'sgd', momentum: 0.9 },
  { name: 'adam' },
  { name: 'adam' },
  { name: 'adamw' },
  { name: 'rmsprop' },
];

/** Fewer rows would leave too few for training, training before, and validation. */
const LEAST_ROWS = 500;

/** The numbers of the tasks that are held back. */
export const judging = held();

/** Draws the task of a number. @param {number} number */
export function taskOf(number) {
  const random = seededRandom(number, 'fine-tuning');
  const form = /** @type {typeof FORMS[number]} */ (FORMS[number % FORMS.length]);
  const { kind, network, table } = drawTable(random, form);
  const seedOfNetwork = Math.floor(random() * 2 ** 31);
  const optimizer = oneOf(random, OPTIMIZERS);
  // The steps of a training that goes on are not compiled when they are measured.
  const most = network === 'dense' ? (form === 'middle of a training' ? 600 : 2000) : 400;
  const steps = Math.round(between(random, 100, most));
  const batchSize = oneOf(random, [16, 32, 64]);
  const stepsBefore = Math.round(between(random, 200, 1200) * (network === 'dense' ? 1 : 0.5));
  const middle = Math.floor(table.rows / 2);
  const [early, late] = [rowsOf(table, 0, middle), rowsOf(table, middle, table.rows)];
  const [before, after] = pair(form, random, early, late);
  const validationRows = Math.round(after.rows * 0.35);
  const [train, validation] = [
    part(after, 0, after.rows - validationRows),
    part(after, after.rows - validationRows, after.rows),
  ];
  const goesOn = form === 'middle of a training';
  return {
    number,
    split: judging.has(number) ? 'judging' : 'making',
    form,
    kind,
    network,
    optimizer,
    loss: table.classes === null ? 'meanSquaredError' : undefined,
    steps,
    batchSize,
    stepsBefore,
    /** The rate of the training before, where the same goes on; a middling one. */
    rateBefore: optimizer.name === 'sgd' ? (optimizer.momentum ? 0.005 : 0.03) : 1e-3,
    before: goesOn ? train : part(before, 0, before.rows),
    train,
    validation,
    classes: table.classes,
    newHead: form === 'frozen base, new head',
    goesOn,
    model: () =>
      withMathRandom(seededRandom(seedOfNetwork, 'weights'), () =>
        networks[network](seededRandom(seedOfNetwork, 'network'), table),
      ),
  };
}

/** A table that suits the form. @param {Random} random @param {string} form */
function drawTable(random, form) {
  for (;;) {
    const [kind, network] = oneOf(random, PAIRS);
    const table = standardised(tables[kind](random));
    const classes = table.classes ?? 0;
    const least = form.endsWith('other half') ? 4 : form.startsWith('half') ? 3 : 0;
    const asksAnother = form !== 'frozen base, new head' || classes !== 2;
    if (table.rows >= LEAST_ROWS && classes >= least && asksAnother) return { kind, network, table };
  }
}

/** The rows before, and those that follow. @param {string} form @param {Random} random @param {Rows} early @param {Rows} late @returns {[Rows, Rows]} */
function pair(form, random, early, late) {
  const half = Math.ceil((early.classes ?? 0) / 2);
  if (form === 'half of the classes, then all') return [ofClasses(early, (label) => label < half), late];
  if (form === 'half of the classes, then the other half')
    return [ofClasses(early, (label) => label < half), ofClasses(late, (label) => label >= half)];
  if (form === 'another table') return [shifted(early, random), late];
  if (form === 'wrong labels, then right ones') return [corrupted(early, random, between(random, 0.2, 0.6)), late];
  if (form === 'frozen base, new head') return [relabelled(early), late];
  return [late, late];
}

/** @param {Rows} table @param {number} from @param {number} to @returns {Rows} */
function rowsOf(table, from, to) {
  const { inputs, targets, rows } = part(table, from, to);
  return { ...table, rows, inputs, target: /** @type {{ values: Float32Array }} */ (targets[0]).values };
}

function held() {
  const random = seededRandom(15, 'held back for judging');
  const numbers = Array.from({ length: TASKS }, (_, i) => i);
  // One of each form, and four more.
  const chosen = new Set(FORMS.map((_, form) => form + FORMS.length * Math.floor((random() * TASKS) / FORMS.length)));
  while (chosen.size < 10) chosen.add(oneOf(random, numbers));
  return chosen;
}
