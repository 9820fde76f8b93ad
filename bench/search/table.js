// How well a search of 60 trials does with each sampler on the outside table (see outside-table/), whose 30,000 networks of a data set are all trained.
//
//   python bench/search/table.py FOLDER
//   node bench/search/table.js FOLDER [--searches 200] [--making]
//
// A search draws penalty, batch size, depth, rate and width, and sees the mean score of the table's first three seeds. What is best after some
// trials is judged by the other two: regret = (best − its score) / (best − median), over all networks of the data set. Four data sets were
// for choosing the sampler's constants (--making), the other four judge.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { randomSampler, tpeSampler } from '@lrfind/core/study';
import { mean } from '../study/records.js';
import { report } from './report.js';

const { values, positionals } = parseArgs({
  options: { searches: { type: 'string', default: '200' }, making: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder = ''] = positionals;
const sets = values.making
  ? ['australian', 'car', 'kc1', 'segment']
  : ['blood_transfusion', 'credit_g', 'phoneme', 'vehicle'];
const AFTER = [20, 30, 60];
const SAMPLERS = { random: randomSampler, tpe: tpeSampler };
const tenth = { low: 1, high: 10 };
/** Penalty and rate are ranges whose tenths are the table's values, the width takes the place of the optimizer: the samplers do not look at names. */
const space = {
  learningRate: tenth,
  schedule: ['1 layer', '2 layers', '3 layers'],
  decays: new Array(10).fill(true),
  batchSize: Array.from({ length: 10 }, (_, i) => i),
  weightDecay: tenth,
};
/** The tenth of a range from 1 to 10 in which a number lies, by its logarithm. @param {number} number */
const tenthOf = (number) => Math.min(9, Math.floor(10 * Math.log10(number)));

/** @type {{ sampler: string, after: number, regret: number }[]} */
const picks = [];
for (const name of sets) {
  const bytes = readFileSync(`${folder}/${name}.f32`);
  const scores = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const networks = scores.length / 5;
  /** @param {number} network @param {readonly number[]} seeds */
  const score = (network, seeds) => mean(seeds.map((seed) => /** @type {number} */ (scores[5 * network + seed])));
  const judged = Float64Array.from({ length: networks }, (_, network) => score(network, [3, 4]));
  const sorted = judged.toSorted();
  const [best, median] = [Number(sorted.at(-1)), Number(sorted[networks >> 1])];
  for (let seed = 0; seed < Number(values.searches); seed++)
    for (const [sampler, make] of Object.entries(SAMPLERS)) {
      const { draw } = make(space, seed);
      /** @type {{ number: number, network: number, loss: number }[]} */
      const ranked = [];
      for (let number = 0; number < Math.max(...AFTER); number++) {
        const { learningRate, schedule, optimizer, batchSize, weightDecay } = draw(ranked.map((each) => each.number));
        const at = [
          tenthOf(Number(weightDecay)),
          batchSize,
          space.schedule.indexOf(schedule),
          tenthOf(learningRate),
          optimizer,
        ];
        const network = at.reduce((index, digit, i) => index * (i === 2 ? 3 : 10) + digit, 0);
        const loss = 1 - score(network, [0, 1, 2]);
        const place = ranked.findIndex((each) => each.loss > loss);
        ranked.splice(place < 0 ? ranked.length : place, 0, { number, network, loss });
        const after = number + 1;
        if (!AFTER.includes(after)) continue;
        const regret = (best - Number(judged[Number(ranked[0]?.network)])) / (best - median);
        picks.push({ sampler, after, regret });
      }
    }
}
report(values.making ? 'making' : 'judged', AFTER, (sampler, after) =>
  picks.filter((pick) => pick.sampler === sampler && pick.after === after).map(({ regret }) => regret),
);
