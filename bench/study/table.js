// The table of the study: how lrfind's answers do on the tasks of a split.
//
//   node bench/study/table.js FOLDER [making|judging] [--write] [--each]
//
// FOLDER has the records of measure.js and the answers of answers.js. --write puts the table into docs/method.md, --each prints a
// line for each task.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mean } from './records.js';

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, each: { type: 'boolean' } },
  allowPositionals: true,
});
const [folder = 'study', split = 'judging'] = positionals;
/** Trainings that lower the loss by less than this share of it say little about rates. */
const LEAST_GAIN = 0.1;
/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

const answered = new Set(readdirSync(`${folder}/answers`));
const records = readdirSync(folder)
  .filter((name) => answered.has(name))
  .map((name) => ({ ...json(`${folder}/${name}`), answers: json(`${folder}/answers/${name}`) }))
  .filter((record) => record.split === split)
  .toSorted((a, b) => a.number - b.number);
const tasks = records
  .filter(({ fineTunes, start, best }) => !fineTunes && start - best.loss >= LEAST_GAIN * Math.abs(start))
  .map((record) => ({ ...record, optimal: bestRate(record) }));

/**
 * Regret of a rate: what it misses of the possible descent, at most 1, which no suggestion has too.
 *
 * @param {any} task @param {number | undefined} rate
 */
function regret({ truth, start, best }, rate) {
  if (rate === undefined) return 1;
  const xs = truth.map((/** @type {any} */ each) => Math.log10(each.rate));
  const ys = truth.map((/** @type {any} */ { loss }) =>
    Math.min(loss ?? Number.POSITIVE_INFINITY, 10 * Math.max(start, 1e-9)),
  );
  const x = Math.log10(rate);
  const i = Math.max(
    0,
    Math.min(
      xs.findLastIndex((/** @type {number} */ each) => each <= x),
      xs.length - 2,
    ),
  );
  const share = Math.max(0, Math.min(1, (x - xs[i]) / (xs[i + 1] - xs[i])));
  return Math.min(1, (ys[i] * (1 - share) + ys[i + 1] * share - best.loss) / (start - best.loss));
}

/** The lowest point of the parabola through the best rate and its neighbours. @param {any} task */
function bestRate({ truth }) {
  const ys = truth.map((/** @type {any} */ { loss }) => loss ?? Number.POSITIVE_INFINITY);
  const i = ys.indexOf(Math.min(...ys));
  const rateAt = (/** @type {number} */ at) => Math.log10(truth[at]?.rate ?? Number.NaN);
  const [x0, x1, x2] = [rateAt(i - 1), rateAt(i), rateAt(i + 1)];
  const [left, right] = [(ys[i] - ys[i - 1]) / (x1 - x0), (ys[i + 1] - ys[i]) / (x2 - x1)];
  if (!Number.isFinite(left + right) || !(right > left)) return x1;
  return (x0 + x1) / 2 + ((x2 - x0) / 2) * (-left / (right - left));
}

const quantile = (/** @type {number[]} */ of, /** @type {number} */ share) => {
  const sorted = of.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (at % 1) * (high - low);
};
const digits = (/** @type {number} */ value) => value.toFixed(3);

/** @type {[string, (task: any) => any[]][]} */
const kinds = [
  ['sweeps alone (`--no-verify`)', ({ answers }) => answers.plain],
  ['tried', ({ answers }) => [answers.tried]],
  ['tried, with `--training-steps`', ({ answers }) => [answers.triedForLength]],
  ['the same, `--verify 600`', ({ answers }) => [answers.short]],
];
const rows = kinds.map(([name, answersOf]) => {
  const regrets = tasks.map((task) =>
    mean(answersOf(task).map(({ suggestion }) => regret(task, suggestion?.learningRate))),
  );
  const steps = tasks.flatMap((task) => answersOf(task).map((answer) => answer.steps));
  const found = tasks.flatMap((task) =>
    answersOf(task).flatMap(({ suggestion }) => (suggestion ? [{ task, suggestion }] : [])),
  );
  const covered = found.filter(
    ({ task, suggestion }) => Math.log10(suggestion.low) <= task.optimal && task.optimal <= Math.log10(suggestion.high),
  );
  const errors = found.map(({ task, suggestion }) => Math.abs(Math.log10(suggestion.learningRate) - task.optimal));
  const width = mean(found.map(({ suggestion }) => Math.log10(suggestion.high / suggestion.low)));
  return {
    name,
    regrets,
    found,
    cells: [
      digits(mean(regrets)),
      digits(quantile(regrets, 0.5)),
      digits(quantile(regrets, 0.9)),
      digits(Math.max(...regrets)),
      quantile(errors, 0.5).toFixed(2),
      `${Math.round((100 * covered.length) / found.length)} % (${width.toFixed(1)})`,
      Math.round(mean(steps)).toLocaleString('en'),
      Math.max(...steps).toLocaleString('en'),
    ],
  };
});
const methods = Object.keys(tasks[0]?.answers.plain[0].suggestions ?? {}).filter((name) => name !== 'descent');
const others = methods.map((name) => {
  const regrets = tasks.map((task) =>
    mean(task.answers.plain.map((/** @type {any} */ { suggestions }) => regret(task, suggestions[name] ?? undefined))),
  );
  return [
    `its \`${name}\``,
    digits(mean(regrets)),
    digits(quantile(regrets, 0.5)),
    digits(quantile(regrets, 0.9)),
    digits(Math.max(...regrets)),
    '',
    '',
    '',
    '',
  ];
});
const verdicts = rows.flatMap(({ name, found }) =>
  ['sure', 'fair', 'unsure'].flatMap((verdict) => {
    const own = found.filter(({ suggestion }) => suggestion.verdict === verdict);
    const regrets = own.map(({ task, suggestion }) => regret(task, suggestion.learningRate));
    return own.length === 0
      ? []
      : [
          [
            name,
            verdict,
            String(own.length),
            digits(mean(regrets)),
            digits(quantile(regrets, 0.5)),
            digits(Math.max(...regrets)),
          ],
        ];
  }),
);
const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
const text = [
  `${tasks.length} tasks for ${split} (of ${records.length}: without those that begin with weights, and those on which no rate lowers the loss by a tenth).`,
  '',
  line([
    'answer',
    'mean regret',
    'median',
    '9 of 10 below',
    'worst',
    'median error (decades)',
    'interval has the best rate (width in decades)',
    'steps',
    'most',
  ]),
  line(Array(9).fill('---')),
  ...rows.map(({ name, cells }) => line([name, ...cells])),
  ...others.map(line),
  '',
  line(['answer', 'verdict', 'answers', 'mean regret', 'median', 'worst']),
  line(Array(6).fill('---')),
  ...verdicts.map(line),
].join('\n');
console.log(text);
if (values.each)
  for (const [i, task] of tasks.entries())
    console.log(
      `${task.number} ${task.kind} ${task.optimizer.name} ${task.steps} steps, best ${(10 ** task.optimal).toPrecision(2)}: ${rows.map(({ regrets }) => digits(regrets[i] ?? Number.NaN)).join(' ')}; tried ${task.answers.tried.suggestion?.learningRate.toPrecision(2)} ${task.answers.tried.suggestion?.verdict}, for its length ${task.answers.triedForLength.suggestion?.learningRate.toPrecision(2)} ${task.answers.triedForLength.suggestion?.verdict}`,
    );
if (values.write) {
  const page = fileURLToPath(new URL('../../docs/method.md', import.meta.url));
  const marks = /(<!-- measured: study -->)[\s\S]*?(<!-- end -->)/;
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(marks, (_, before, after) => `${before}\n\n${text}\n\n${after}`),
  );
}
