import { expect, test } from 'vitest';
import { pageOf } from '../sample-report.js';
import { sampleGroups, sampleSweep } from '../sample-sweep.js';
import { sampleHistory, sampleRecipe } from '../sample-training.js';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Every number in the texts of a page and its charts, without scripts and the exact values of options. */
function numbersOf(page: Document): number[] {
  for (const element of page.querySelectorAll('script, style')) element.remove();
  for (const row of page.querySelectorAll('tr')) if (row.querySelector('code')) row.remove();
  const labels = [...page.querySelectorAll('[aria-label]')].map((element) => element.getAttribute('aria-label'));
  const texts = [...page.querySelectorAll('*')].flatMap(({ childNodes }) =>
    [...childNodes].flatMap(({ nodeType, textContent }) => (nodeType === 3 ? [textContent] : [])),
  );
  const typeset = [...texts, ...labels]
    .join('\n')
    .replace(/(?:([\d.]+)×)?10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, mantissa, minus, digits) => {
      const exponent = [...digits].map((digit) => SUPERSCRIPTS.indexOf(digit)).join('');
      return `${mantissa ?? 1}e${minus && '-'}${exponent}`;
    });
  return (typeset.match(/\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map(Number);
}

/** The numbers of a page that stand for a rate: those that differ from it by less than two in a hundred. */
const shownFor = (numbers: readonly number[], rate: number) =>
  numbers.filter((number) => Math.abs(number / rate - 1) < 0.02);

const rates = {
  suggestion: { learningRate: 0.00447213, low: 0.00148634, high: 0.0119528, method: 'valley', verdict: 'sure' },
  suggestions: { valley: 0.00447213, steepest: 0.00301234 },
  steepest: { rate: 0.00301234, loss: 1 },
  divergence: { rate: 0.721739, loss: 2 },
  range: { low: 1.48912e-4, high: 0.0598765 },
} as const;

test('a rate of a sweep is one number in the answer, the charts and the tables', async () => {
  // Few steps, so that no rate of the curve is near.
  const { page } = await pageOf([sampleSweep({ steps: 12, noise: 0 }, rates)]);
  const numbers = numbersOf(page);
  const { suggestion, steepest, divergence, range } = rates;
  for (const [rate, digits, least] of [
    [suggestion.learningRate, 0.00447, 5],
    [suggestion.low, 0.00149, 3],
    [suggestion.high, 0.012, 3],
    [steepest.rate, 0.00301, 4],
    [divergence.rate, 0.722, 3],
    [range.low, 1.49e-4, 3],
    [range.high, 0.0599, 3],
  ] as const) {
    const shown = shownFor(numbers, rate);
    expect(new Set(shown), String(rate)).toEqual(new Set([digits]));
    expect(shown.length, String(rate)).toBeGreaterThanOrEqual(least);
  }
});

test('the rates of groups are the same numbers in the chart and in the table', async () => {
  const sweep = sampleGroups(2, { steps: 12, noise: 0 });
  const group = sweep.groups?.[0];
  Object.assign(group ?? {}, { suggestion: { ...rates.suggestion, learningRate: 0.0337719 } });
  const { page } = await pageOf([sweep]);
  expect(new Set(shownFor(numbersOf(page), 0.0337719))).toEqual(new Set([0.0338]));
});

test('the rate of a training is one number, except among the options as they were given', async () => {
  const learningRate = '0.012345678';
  const recipe = { ...sampleRecipe(), learningRate };
  const { page } = await pageOf([
    sampleHistory({ rate: () => Number(learningRate) }, { recipe, options: { learningRate } }),
  ]);
  expect(page.querySelector('td')?.ownerDocument.body.textContent).toContain(learningRate);
  const shown = shownFor(numbersOf(page), Number(learningRate));
  expect(new Set(shown)).toEqual(new Set([0.01235]));
});
