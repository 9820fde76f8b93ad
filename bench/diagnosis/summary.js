// Prints what the measurements of this folder say, for tasks that made the rules (even numbers) and that judge them (odd).
//
//   node bench/diagnosis/summary.js RECORDS FOLDER
//
// FOLDER has what the scripts wrote: critical.jsonl, stability.jsonl, warm-up.jsonl, noise-scale.jsonl, sensitivity.jsonl.
import { existsSync, readFileSync } from 'node:fs';
import { readLines } from './tasks.js';

const [records = '', folder = ''] = process.argv.slice(2);
const lines = (/** @type {string} */ name) => readLines(`${folder}/${name}.jsonl`);
const record = (/** @type {number} */ number) => {
  const path = `${records}/${number}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
};
const median = (/** @type {number[]} */ values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
};
const share = (/** @type {any[]} */ of, /** @type {(each: any) => boolean} */ test) =>
  `${of.filter(test).length} of ${of.length}`;
const learns = (/** @type {any} */ { start, best }) => (start - best.loss) / Math.abs(start) >= 0.1;
const splits = /** @type {const} */ ([
  ['making', 0],
  ['judging', 1],
]);

// The critical rate beside the largest rate at which trainings do not diverge.
const stable = new Map(lines('stability').map((line) => [line.number, line]));
const cliffs = lines('critical').flatMap((line) => {
  const task = record(line.number);
  const limits = stable.get(line.number);
  if (!task || !limits || !learns(task)) return [];
  const last = limits.diverged.lastIndexOf(0);
  const low = last < 0 ? -Infinity : Math.log10(limits.rates[last]);
  const high = last === limits.rates.length - 1 ? Infinity : Math.log10(limits.rates[last + 1]);
  const off = (/** @type {number | null | undefined} */ rate) => {
    if (!rate) return null;
    const at = Math.log10(rate);
    return at < low ? at - low : at > high ? at - high : 0;
  };
  const over = (/** @type {(each: any) => number | null} */ of) => {
    const rates = line.critical.flatMap((/** @type {any} */ each) => of(each) ?? []);
    return rates.length >= 3 ? median(rates) : null;
  };
  return [
    {
      number: line.number,
      sgd: task.optimizer.name === 'sgd',
      own: off(over(({ rate }) => rate)),
      wide: off(over(({ wide }) => wide)),
      mark: off(line.divergence),
      cost: line.seconds / line.sweepSeconds,
    },
  ];
});
for (const [split, parity] of splits)
  for (const sgd of [true, false]) {
    const tasks = cliffs.filter((each) => each.number % 2 === parity && each.sgd === sgd);
    for (const name of /** @type {const} */ (['own', 'wide', 'mark'])) {
      const known = tasks.flatMap((each) => each[name] ?? []);
      console.log(
        ...['cliff', split, sgd ? 'sgd' : 'adaptive', name, 'within 2:', share(known, (off) => Math.abs(off) <= 0.302)],
        ...['within 3.2:', share(known, (off) => Math.abs(off) <= 0.5), 'median', median(known).toFixed(2)],
      );
    }
  }
console.log('cost of five critical rates, in times of five sweeps', median(cliffs.map(({ cost }) => cost)).toFixed(2));

// What a warm-up gains, where the rate is above the critical one and where it is not.
const critical = new Map(lines('critical').map((line) => [line.number, line]));
for (const by of ['wide', 'rate'])
  for (const [name, isAbove] of /** @type {const} */ ([
    ['above', true],
    ['below', false],
  ])) {
    const gains = lines('warm-up').flatMap(({ number, start, least, trials }) => {
      const rates = critical.get(number)?.critical.flatMap((/** @type {any} */ each) => each[by] ?? []) ?? [];
      return trials.flatMap((/** @type {any} */ { rate, constant, warm }) => {
        if (rates.length < 3 || rate > median(rates) !== isAbove) return [];
        const differences = constant.map(
          (/** @type {number | null} */ loss, /** @type {number} */ i) =>
            (Math.min(loss ?? start, start) - Math.min(warm[i] ?? start, start)) / (start - least),
        );
        const mean =
          differences.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) / differences.length;
        return [{ number, mean, all: differences.every((/** @type {number} */ each) => each > 0) }];
      });
    });
    console.log(
      ...[
        'warm-up, rate',
        name,
        'the critical rate by',
        by,
        'median gain',
        median(gains.map(({ mean }) => mean)).toFixed(3),
      ],
      ...[
        'gains above 5 %:',
        share(gains, ({ mean }) => mean > 0.05),
        'losses above 5 %:',
        share(gains, ({ mean }) => mean < -0.05),
      ],
    );
  }

// The noise scale: its error, its change during the first 100 steps, and what four times the batch really cost.
const noise = lines('noise-scale').map(({ number, batchSize, scales, cost }) => {
  const at = (/** @type {number} */ step) => scales.filter((/** @type {any} */ each) => each.step === step);
  const scale = (/** @type {number} */ step) => median(at(step).map((/** @type {any} */ each) => each.scale));
  return { number, batchSize, all: scales, first: scale(0), later: scale(100), cost };
});
const estimates = noise.flatMap(({ all }) => all);
for (const step of [0, 30, 100]) {
  const some = estimates.filter((each) => each.step === step);
  const isKnown = (/** @type {any} */ each) => each.scale > 0 && each.scaleError < each.scale;
  console.log('noise scale at step', step, 'positive and its error below its value:', share(some, isKnown));
}
console.log(
  ...['noise scale after 100 steps within a factor of 3 of that at the start:'],
  share(noise, ({ first, later }) => Math.abs(Math.log10(later / first)) <= Math.log10(3)),
);
for (const name of /** @type {const} */ (['first', 'later'])) {
  const judged = noise.filter(({ cost }) => cost !== null);
  // A mean gradient that is lost in the noise says that the scale is beyond any batch.
  const isRight = (/** @type {any} */ each) =>
    (each[name] < 0 || each[name] >= 4 * each.batchSize) === each.cost < 0.05;
  console.log('noise scale', name, 'tells whether four times the batch costs less than 5 %:', share(judged, isRight));
}
for (const { number, batchSize, first, later, cost } of noise)
  console.log(
    '  task',
    number,
    'batch',
    batchSize,
    'scale',
    first.toFixed(1),
    later.toFixed(1),
    'four times the batch costs',
    cost?.toFixed(3),
  );

// The sensitivity beside the cost of half a decade in other trainings of the same length, and of the whole length.
const costs = lines('sensitivity').flatMap(({ number, sensitivity, truth }) => {
  const task = record(number);
  if (!sensitivity || !task) return [];
  const same = sameLength(task, sensitivity.step);
  return /** @type {const} */ (['lower', 'higher']).flatMap((side) => {
    const found = sensitivity[side];
    return found ? [{ number, ...found, same: same[side], whole: truth[side] ?? null }] : [];
  });
});
for (const [split, parity] of splits)
  for (const length of /** @type {const} */ (['same', 'whole'])) {
    const known = costs.filter((each) => each.number % 2 === parity && each[length] !== null);
    console.log(
      ...[
        'sensitivity',
        split,
        length,
        'length: in the interval',
        share(known, (each) => each[length] >= each.low && each[length] <= each.high),
      ],
      ...['median error', median(known.map((each) => Math.abs(each[length] - each.share))).toFixed(3)],
      ...['within 0.1:', share(known, (each) => Math.abs(each[length] - each.share) <= 0.1)],
    );
  }

/** The cost of half a decade from the record's trainings at that length. @param {any} task @param {number} step */
function sameLength({ pilots = [] }, step) {
  const pilot = pilots.find((/** @type {any} */ each) => each.steps >= step) ?? pilots.at(-1);
  if (!pilot) return { lower: null, higher: null };
  const steps = pilot.trials
    .map((/** @type {any} */ each) => each.trainings[0].at)
    .find((/** @type {any} */ at) => at.length > 0);
  const nearest = steps.reduce(
    (/** @type {number} */ best, /** @type {number} */ at, /** @type {number} */ i) =>
      Math.abs(at - step) < Math.abs(steps[best] - step) ? i : best,
    0,
  );
  const levels = pilot.trials.map((/** @type {any} */ { rate, trainings }) => ({
    at: Math.log10(rate),
    loss: trainings.reduce(
      (/** @type {number} */ sum, /** @type {any} */ { start, heldOut }) =>
        sum + Math.min(heldOut[nearest] ?? Infinity, start) / trainings.length,
      0,
    ),
  }));
  const start = pilot.trials[0].trainings.reduce(
    (/** @type {number} */ sum, /** @type {any} */ each) => sum + each.start / pilot.trials[0].trainings.length,
    0,
  );
  const best = levels.reduce((/** @type {any} */ least, /** @type {any} */ each) =>
    each.loss < least.loss ? each : least,
  );
  const cost = (/** @type {number} */ decades) => {
    const found = levels.find((/** @type {any} */ { at }) => Math.abs(at - best.at - decades) < 0.02);
    return found ? (found.loss - best.loss) / (start - best.loss) : null;
  };
  return { lower: cost(-0.5), higher: cost(0.5) };
}
