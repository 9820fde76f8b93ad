// The table of a comparison of samplers.
import { mean } from '../study/records.js';

/**
 * Prints the mean of each sampler, and the mean difference with its 95 % interval: paired, by the normal distribution.
 *
 * @param {string} title
 * @param {readonly number[]} after numbers of trials
 * @param {(sampler: string, after: number) => number[]} valuesOf one value for each task or search, in the same order for all
 */
export function report(title, after, valuesOf) {
  console.log(`\n| ${title} after | random | tpe | tpe − random (95 %) |\n|---|---|---|---|`);
  for (const trials of after) {
    const [random, tpe] = [valuesOf('random', trials), valuesOf('tpe', trials)];
    const differences = tpe.map((value, i) => value - /** @type {number} */ (random[i]));
    const middle = mean(differences);
    const variance = differences.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (differences.length - 1);
    const half = 1.96 * Math.sqrt(variance / differences.length);
    console.log(
      `| ${trials} trials | ${mean(random).toFixed(4)} | ${mean(tpe).toFixed(4)} | ${middle.toFixed(4)} (${(middle - half).toFixed(4)} to ${(middle + half).toFixed(4)}) |`,
    );
  }
}
