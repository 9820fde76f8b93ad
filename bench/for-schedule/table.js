// Prints what truth.js and answers.js measured, as the tables of docs/method.md.
//
//   node bench/for-schedule/table.js TRUTH ANSWERS making|judging [--each]
//
// regret = (loss − least) / (start − least): least is the lowest loss of whole trainings along the schedule at any peak that was measured,
// start the loss before training. A training that diverged counts as 1, and so does a search without an answer.
import { readdirSync, readFileSync } from 'node:fs';
import { SCHEDULES } from './tasks.js';

const [truthFolder = 'truth', answersFolder = 'answers', split = 'judging', each] = process.argv.slice(2);
/** @param {string} folder @returns {any[]} */
const read = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')))
    .filter((record) => record.split === split);
const answers = new Map(read(answersFolder).map((record) => [record.number, record]));
const tasks = read(truthFolder)
  .filter(({ number }) => answers.has(number))
  .sort((a, b) => a.number - b.number);

/** @type {Record<string, Record<string, number[]>>} */
const regrets = Object.fromEntries(SCHEDULES.map((name) => [name, {}]));
/** @type {Record<string, number[]>} */
const decades = Object.fromEntries(SCHEDULES.map((name) => [name, []]));
/** @type {number[]} */
const chosen = [];
for (const { number, kind, optimizer, steps, start, losses } of tasks) {
  const { plain, tried, whole } = answers.get(number);
  const at = (/** @type {string} */ schedule, /** @type {number | undefined} */ rate) =>
    whole.find((/** @type {any} */ one) => one.schedule === schedule && one.rate === rate)?.loss ?? null;
  const verified = (/** @type {string} */ schedule) =>
    tried.find((/** @type {any} */ one) => one.schedule === schedule);
  const constant = verified('constant');
  for (const schedule of SCHEDULES) {
    const measured = [
      ...losses[schedule],
      ...whole
        .filter((/** @type {any} */ one) => one.schedule === schedule)
        .map((/** @type {any} */ one) => [one.rate, one.loss]),
    ].filter(([, loss]) => loss !== null);
    const [best, least] = measured.reduce((low, one) => (one[1] < low[1] ? one : low));
    const regret = (/** @type {number | null} */ loss) =>
      loss === null ? 1 : Math.min(1, (loss - least) / (start - least));
    const own = verified(schedule);
    const rows = {
      'its own peak, tried': regret(at(schedule, own?.learningRate)),
      'the same without the trend': regret(at(schedule, own && withoutTrend(own))),
      'the best constant rate as its peak': regret(at(schedule, constant?.learningRate)),
      'the answer of the sweeps as its peak': regret(at(schedule, plain ?? undefined)),
    };
    for (const [row, value] of Object.entries(rows)) {
      const all = /** @type {Record<string, number[]>} */ (regrets[schedule]);
      all[row] = [...(all[row] ?? []), value];
    }
    if (own) decades[schedule]?.push(Math.log10(own.learningRate / best));
    if (each)
      console.log(
        number,
        kind,
        optimizer.name,
        steps,
        schedule,
        'best',
        best.toPrecision(3),
        'own',
        own?.learningRate.toPrecision(3),
        'untrended',
        own && withoutTrend(own).toPrecision(3),
        'trend',
        own?.trend.toFixed(2),
        'steps',
        own?.steps,
        Object.values(rows)
          .map((value) => value.toFixed(3))
          .join(' '),
      );
  }
  const ends = SCHEDULES.map((schedule) => ({
    schedule,
    loss: at(schedule, verified(schedule)?.learningRate) ?? start,
  }));
  const lowest = Math.min(...ends.map(({ loss }) => loss));
  const won = ends.find(({ schedule }) => schedule === tried[0]?.schedule);
  chosen.push(won ? (won.loss - lowest) / (start - lowest) : 1);
  if (each)
    console.log(
      '  won when tried:',
      tried[0]?.schedule,
      'verdicts',
      tried
        .slice(1)
        .map((/** @type {any} */ one) => `${one.schedule} ${one.behind.verdict}`)
        .join(', '),
      'whole:',
      ends.map(({ schedule, loss }) => `${schedule} ${loss.toPrecision(4)}`).join(', '),
    );
}

const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log(`\n${tasks.length} tasks for ${split}: ${tasks.map(({ number }) => number).join(', ')}\n`);
console.log(`| regret: mean (worst) | ${SCHEDULES.join(' | ')} |\n| --- | ${SCHEDULES.map(() => '---').join(' | ')} |`);
for (const row of Object.keys(regrets.constant ?? {}))
  console.log(
    `| ${row} | ${SCHEDULES.map((schedule) => {
      const values = regrets[schedule]?.[row] ?? [];
      return `${mean(values).toFixed(3)} (${Math.max(...values).toFixed(2)})`;
    }).join(' | ')} |`,
  );
console.log(
  `| decades of the tried peak above the best: mean (root mean square) | ${SCHEDULES.map((schedule) => {
    const values = decades[schedule] ?? [];
    return `${mean(values).toFixed(2)} (${Math.sqrt(mean(values.map((value) => value ** 2))).toFixed(2)})`;
  }).join(' | ')} |`,
);
console.log(
  `\nthe schedule that won when tried, against the best of the three at their tried peaks: mean regret ${mean(chosen).toFixed(3)}, worst ${Math.max(...chosen).toFixed(2)}; the same one in ${chosen.filter((value) => value === 0).length} of ${chosen.length}`,
);
const above = (/** @type {string} */ schedule) =>
  tasks.filter(({ losses }) => bestRate(losses[schedule]) > 1.1 * bestRate(losses.constant)).length;
console.log(
  `best peak above the best constant rate: cosine ${above('cosine')}, one-cycle ${above('one-cycle')} of ${tasks.length}`,
);

/** @param {[number, number | null][]} losses */
function bestRate(losses) {
  return losses.reduce((low, one) => ((one[1] ?? Infinity) < (low[1] ?? Infinity) ? one : low))[0];
}

/** The rate that did best in the short trainings, before it follows the trend to longer ones. @param {any} verification */
function withoutTrend({ learningRate, trend, length, target }) {
  return learningRate / 10 ** (0.7 * Math.min(0, Math.max(-1, trend)) * Math.max(0, Math.log10(target / length)));
}
