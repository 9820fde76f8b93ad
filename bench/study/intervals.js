// How often the interval of a difference between trials covers the truth, and how often a real difference is found, on noise as
// the trainings of the study have it: normal, with the means and covariances over seeds of the measured validation losses.
//
//   node bench/study/intervals.js FOLDER [PART]     records of measure.js; PART: even or odd ones alone, by half their number
import { readdirSync, readFileSync } from 'node:fs';
import { seededRandom } from '@lrfind/core';
import { pairedDifference, pairedDifferences } from '@lrfind/core/study';
import { mean } from './records.js';

const [folder = 'study', part] = process.argv.slice(2);
const DRAWS = 12;
/** @type {number[][][]} */
const sets = readdirSync(folder)
  .filter(
    (name) =>
      name.endsWith('.json') && (!part || Math.floor(Number.parseInt(name, 10) / 2) % 2 === Number(part === 'odd')),
  )
  .flatMap((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).pilots ?? [])
  .map(({ trials }) => trials.map(lossesOf).filter((/** @type {number[]} */ losses) => losses.length >= 5))
  .filter((trials) => trials.length >= 3);

console.log(`${sets.length} sets of trainings\nseeds trials  coverage (Student)  found (Student)`);
for (const seeds of [3, 5]) for (const trials of [3, 4, 6, 10]) console.log(row(seeds, trials));

/** The last losses by seed, capped as in a comparison; none where one diverged. @param {any} trial @returns {number[]} */
function lossesOf({ trainings }) {
  const losses = trainings.map((/** @type {any} */ { heldOut, start, divergedAt }) =>
    divergedAt === null && heldOut.at(-1) !== null ? Math.min(heldOut.at(-1), start ?? Infinity) : Number.NaN,
  );
  return losses.every(Number.isFinite) ? losses.slice(0, 5) : [];
}

/** @param {number} seeds @param {number} trials */
function row(seeds, trials) {
  const random = seededRandom(7, seeds, trials);
  const moderated = { covered: 0, all: 0, found: 0, real: 0 };
  const student = { covered: 0, all: 0, found: 0, real: 0 };
  for (const set of sets.filter(({ length }) => length >= trials)) {
    for (let draw = 0; draw < DRAWS; draw++) {
      const chosen = set
        .map((losses) => ({ losses, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .slice(0, trials)
        .map(({ losses }) => ({ level: mean(losses), drawn: /** @type {number[]} */ ([]), losses }));
      for (let seed = 0; seed < seeds; seed++) addSeed(chosen, random);
      if (chosen.some(({ drawn }) => drawn.some((loss) => loss <= 0))) continue;
      const [best, ...others] = chosen.toSorted((a, b) => mean(a.drawn) - mean(b.drawn));
      if (!best) continue;
      const truths = others.map(({ level }) => level - best.level);
      const losses = others.map(({ drawn }) => drawn);
      add(moderated, pairedDifferences(losses, best.drawn), truths);
      add(
        student,
        losses.map((each) => pairedDifference(each, best.drawn)),
        truths,
      );
    }
  }
  const covered = [moderated, student].map(({ covered, all }) => (covered / all).toFixed(3));
  const found = [moderated, student].map(({ found, real }) => (found / real).toFixed(3));
  return `${seeds} ${String(trials).padStart(9)}  ${covered.join(' (')})  ${found.join(' (')})`;
}

/** @param {{ covered: number, all: number, found: number, real: number }} count @param {readonly import('lrfind').RankedTrial['behind'][]} differences @param {readonly number[]} truths */
function add(count, differences, truths) {
  for (const [i, truth] of truths.entries()) {
    const { low, high, verdict } = /** @type {{ low: number, high: number, verdict: string }} */ (differences[i]);
    count.all += 1;
    if (low <= truth && truth <= high) count.covered += 1;
    if (truth > 0) count.real += 1;
    if (truth > 0 && verdict === 'worse') count.found += 1;
  }
}

/**
 * Adds the losses of one more seed. They have the means of the trials and the covariance of their losses over the five measured
 * seeds: a sum of the measured deviations, each times a normal number, over √4.
 *
 * @param {readonly { level: number, losses: number[], drawn: number[] }[]} trials @param {() => number} random
 */
function addSeed(trials, random) {
  const numbers = trials[0]?.losses.map(() => normal(random)) ?? [];
  for (const { level, losses, drawn } of trials)
    drawn.push(level + losses.reduce((sum, loss, i) => sum + (loss - level) * (numbers[i] ?? 0), 0) / 2);
}

/** @param {() => number} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
