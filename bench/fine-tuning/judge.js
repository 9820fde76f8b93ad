// Judges lrfind's answers for the fine-tuning tasks that measure.js has measured.
//
//   node bench/fine-tuning/judge.js FOLDER making|judging [NUMBERS|all] [FILE for the verifications, as JSON lines]
//
// Prints, for each task, the best rate, the plain and the verified answer with their errors in decades and their regrets, each
// at most 1; then medians and means. An answer that there is nothing to gain keeps the weights, so its loss is that of the start.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { findLearningRate, useBackend } from 'lrfind';
import { startOf } from './start.js';
import { TASKS, taskOf } from './tasks.js';

const [folder = 'fine-tuning', split = 'making', numbers = 'all', answers] = process.argv.slice(2);
const wanted = numbers === 'all' ? undefined : numbers.split(',').map(Number);
await useBackend('tensorflow');

/** @type {Record<string, { error: number, regret: number }[]>} */
const all = { plain: [], verified: [] };
let steps = 0;
let tasks = 0;
console.log(
  '| task | form | network | optimizer | steps | gain | best | plain | error | regret | verified | error | regret | verdict |',
);
console.log(`|${' --- |'.repeat(14)}`);
for (let number = 0; number < TASKS; number++) {
  const file = `${folder}/${number}.json`;
  if (!existsSync(file) || (wanted && !wanted.includes(number))) continue;
  const record = JSON.parse(readFileSync(file, 'utf8'));
  if (record.refused || record.split !== split) continue;
  const task = taskOf(number);
  const model = await startOf(task);
  const { optimizer, loss, batchSize, goesOn, train } = task;
  const result = await findLearningRate(model, train, {
    ...(!goesOn && { optimizer: /** @type {any} */ (optimizer), ...(loss && { loss: /** @type {any} */ (loss) }) }),
    batchSize,
    verify: true,
    epochs: Math.max(1, Math.round((task.steps * batchSize) / train.rows)),
  });
  model.dispose();
  const { verification, suggestion } = result;
  if (answers) appendFileSync(answers, `${JSON.stringify({ number, verification })}\n`);
  const plain = verification?.plain ?? null;
  const verified = suggestion?.learningRate ?? null;
  const truth = truthOf(record);
  const judged = { plain: judge(plain, truth, record), verified: judge(verified, truth, record) };
  tasks += 1;
  steps += verification?.steps ?? 0;
  for (const [name, each] of Object.entries(judged)) all[name]?.push(each);
  const gain = (record.start - truth.best.loss) / Math.abs(record.start);
  const shown = (/** @type {number | null} */ rate) => rate?.toPrecision(2) ?? 'none';
  const cells = [
    ...[
      number,
      record.form,
      record.network,
      `${optimizer.name}${optimizer.momentum ? ` ${optimizer.momentum}` : ''}`,
      record.steps,
    ],
    ...[`${Math.round(100 * gain)} %`, shown(truth.best.rate)],
    ...[shown(plain), judged.plain.error.toFixed(2), judged.plain.regret.toFixed(3)],
    ...[shown(verified), judged.verified.error.toFixed(2), judged.verified.regret.toFixed(3)],
    suggestion?.verdict ?? result.reason,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
for (const [name, each] of Object.entries(all)) {
  // No answer is further off than any other.
  const errors = each.map(({ error }) => (Number.isNaN(error) ? Infinity : Math.abs(error))).sort((a, b) => a - b);
  const regrets = each.map(({ regret }) => regret);
  const middle = (errors.length - 1) / 2;
  const median = ((errors[Math.floor(middle)] ?? 0) + (errors[Math.ceil(middle)] ?? 0)) / 2;
  const mean = regrets.reduce((sum, regret) => sum + regret, 0) / regrets.length;
  console.log(
    `${name}: median error ${median.toFixed(3)}, mean regret ${mean.toFixed(3)}, worst ${Math.max(...regrets).toFixed(3)}`,
  );
}
console.log(`steps of the trainings: ${Math.round(steps / tasks)} a task`);

/** Mean losses by rate, and the least. @param {any} record */
function truthOf({ truth, start }) {
  const points = truth
    .filter((/** @type {any} */ { losses }) => losses.length === 3)
    .map((/** @type {any} */ { rate, losses }) => {
      const capped = losses.map((/** @type {number | null} */ loss) =>
        Math.min(loss ?? Infinity, 10 * Math.abs(start)),
      );
      return { rate, loss: capped.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b) / losses.length };
    });
  const best = points.reduce((/** @type {any} */ least, /** @type {any} */ each) =>
    each.loss < least.loss ? each : least,
  );
  return { points, best };
}

/** Error and regret of an answer. @param {number | null} rate @param {ReturnType<typeof truthOf>} truth @param {{ start: number }} record */
function judge(rate, { points, best }, { start }) {
  if (rate === null) return { error: Number.NaN, regret: start > best.loss ? 1 : 0 };
  const x = Math.log10(rate);
  const xs = points.map((/** @type {any} */ each) => Math.log10(each.rate));
  const i = Math.max(
    0,
    Math.min(
      xs.findLastIndex((/** @type {number} */ each) => each <= x),
      xs.length - 2,
    ),
  );
  const share = Math.min(1, Math.max(0, (x - xs[i]) / (xs[i + 1] - xs[i])));
  const loss = points[i].loss * (1 - share) + points[i + 1].loss * share;
  return {
    error: x - Math.log10(best.rate),
    regret: Math.min(1, (loss - best.loss) / Math.max(start - best.loss, 1e-9)),
  };
}
