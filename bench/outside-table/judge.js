// Judges the answers of measure.js, beside other ways to choose a rate, and prints a table.
//
//   node bench/outside-table/judge.js FOLDER [--write]     --write: the table also goes into docs/method.md
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { FRESH, judgingCells } from './measure.js';
import { bestLogRate, mean, regretAt } from './regret.js';

/** @typedef {import('./regret.js').Cell} Cell @typedef {import('lrfind').SweepResult} SweepResult */

const page = new URL('../../docs/method.md', import.meta.url);

/** Ways to choose a rate, as the table names them. */
const WAYS = {
  'lrfind, verified': (/** @type {Cell} */ _, /** @type {SweepResult} */ { suggestion }) => suggestion?.learningRate,
  'lrfind, the sweeps alone': (/** @type {Cell} */ _, /** @type {SweepResult} */ { verification, suggestion }) =>
    verification?.plain ?? suggestion?.learningRate,
  'grid of ten rates, two seeds: 20 whole trainings': (/** @type {Cell} */ { others }) => others.grid,
  'the formula, no training': (/** @type {Cell} */ { others }) => others.formula,
  'one rate for all': (/** @type {Cell} */ { others }) => others.single,
  "Adam's default, 1e-3": (/** @type {Cell} */ { others }) => others.default,
  'floor: grid over eight penalties, 160 trainings': (/** @type {Cell} */ { others }) => others.pooled,
};

/** Data sets whose figures are printed apart. */
const APART = ['car', 'phoneme', 'segment'];

/** Where there is no answer, it costs as much as the worst rate. */
const NO_ANSWER = 1;

/** @param {readonly number[]} values */
function spread(values) {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1));
}

/** Mean ± standard error. @param {readonly number[]} values */
const withError = (values) =>
  values.length === 0 ? '–' : `${mean(values).toFixed(3)} ± ${(spread(values) / Math.sqrt(values.length)).toFixed(3)}`;

/** @param {readonly string[]} names @param {readonly (readonly (string | number)[])[]} rows */
const asTable = (names, rows) =>
  [names, names.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/**
 * The tables of some cells.
 *
 * @param {readonly number[]} rates @param {readonly { cell: Cell, result: SweepResult }[]} measured
 */
function tablesOf(rates, measured) {
  const answers = Object.entries(WAYS).map(([name, way]) => {
    const each = measured.map(({ cell, result }) => {
      const rate = way(cell, result);
      return {
        cell,
        verdict: result.suggestion?.verdict ?? 'none',
        regret: rate === undefined ? NO_ANSWER : regretAt(rates, cell, rate),
        error: rate === undefined ? Number.NaN : Math.log10(rate) - bestLogRate(rates, cell),
      };
    });
    return { name, each };
  });
  const byWay = answers.map(({ name, each }) => {
    const regrets = each.map(({ regret }) => regret);
    const errors = each.map(({ error }) => error).filter(Number.isFinite);
    const apart = each.filter(({ cell }) => APART.includes(cell.set)).map(({ regret }) => regret);
    const bias = `${mean(errors) > 0 ? '+' : '−'}${Math.abs(mean(errors)).toFixed(2)} ± ${spread(errors).toFixed(2)}`;
    return [name, withError(regrets), Math.max(...regrets).toFixed(2), bias, withError(apart)];
  });
  const verified = /** @type {(typeof answers)[number]} */ (answers[0]).each;
  const byVerdict = ['sure', 'fair', 'unsure', 'none'].flatMap((verdict) => {
    const regrets = verified.filter((each) => each.verdict === verdict).map(({ regret }) => regret);
    return regrets.length === 0 ? [] : [[verdict, regrets.length, withError(regrets), Math.max(...regrets).toFixed(2)]];
  });
  const within = measured.filter(({ cell, result: { suggestion } }) => {
    const best = 10 ** bestLogRate(rates, cell);
    return suggestion && suggestion.low <= best && best <= suggestion.high;
  });
  const steps = mean(
    measured.map(
      ({ result }) =>
        result.sweeps.reduce((sum, { points }) => sum + points.length, 0) + (result.verification?.steps ?? 0),
    ),
  );
  return [
    asTable(
      ['rate from', 'mean regret', 'worst', 'decades from the best rate', `mean, ${APART.join(', ')} alone`],
      byWay,
    ),
    '',
    asTable(['verdict of the verified answer', 'networks', 'mean regret', 'worst'], byVerdict),
    '',
    `The interval holds the table's best rate in ${within.length} of ${measured.length} networks. A search takes ${Math.round(steps)} steps on average.`,
  ].join('\n');
}

/**
 * Prints the tables of the cells for judging that have answers.
 *
 * @param {string} folder @param {readonly [number, number]} range first and last number @param {boolean} writes
 */
export function judge(folder, range, writes) {
  /** @type {import('./regret.js').Table} */
  const { rates, cells } = JSON.parse(readFileSync(`${folder}/cells.json`, 'utf8'));
  const own = judgingCells(cells, range).flatMap((cell) => {
    const file = `${folder}/answers/${cell.number}.json`;
    return existsSync(file) ? [{ cell, result: JSON.parse(readFileSync(file, 'utf8')) }] : [];
  });
  const started = own.map(({ result }) => result.environment.started.slice(0, 10)).toSorted();
  const text = `${own.length} networks for judging, numbers ${range.join(' to ')}, measured ${started[0]} to ${started.at(-1)}:\n\n${tablesOf(rates, own)}`;
  console.log(text);
  if (!writes) return;
  const replaced = readFileSync(page, 'utf8').replace(
    /(<!-- measured: outside table -->)[\s\S]*?(<!-- end -->)/,
    (_, start, end) => `${start}\n\n${text}\n\n${end}`,
  );
  writeFileSync(page, replaced);
}

const [, program, folder, flag] = process.argv;
if (program === import.meta.filename) {
  if (folder === undefined) throw new Error('the folder must be named: node bench/outside-table/judge.js FOLDER');
  judge(folder, FRESH, flag === '--write');
}
