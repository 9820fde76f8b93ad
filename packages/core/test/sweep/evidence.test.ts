import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { analyse } from '../../src/sweep/analyse.js';
import { sweepRates } from '../../src/sweep/rates.js';
import { suggestionMethods } from '../../src/sweep/suggest/registry.js';
import { toSweeps } from './stored-sweeps.js';

const rates = sweepRates(1e-7, 100, 150, 'geometric');
const noise = (i: number, seed: number) => 0.01 * Math.sin(12.9 * i + 78.2 * seed);
const logistic = (rate: number, middle = 1e-3) => 2.3 - 1.5 / (1 + Math.exp(-3 * Math.log10(rate / middle)));
const conclude = (
  loss: (rate: number, step: number, seed: number) => number | null,
  { over = rates, seeds = 5, averaging = false, methods = suggestionMethods } = {},
) => {
  const sweeps = Array.from({ length: seeds }, (_, seed) => {
    const losses = over.map((rate, i) => loss(rate, i, seed));
    const end = losses.indexOf(null);
    return end < 0 ? losses : losses.slice(0, end + 1);
  });
  return analyse(over, toSweeps(over, sweeps), methods, { averaging });
};
const gaussian = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const nothing = { suggestion: null, range: null, steepest: null, minimum: null };
const noRates = Object.fromEntries(suggestionMethods.map(({ name }) => [name, null]));

/**
 * The loss of gradient descent on ½·curvature·w² from w = 1, in exact arithmetic: each step multiplies w by 1 − rate ·
 * curvature, so a rate is stable below 2 / curvature.
 */
function quadratic(curvature: number, over: readonly number[]): (number | null)[] {
  let weight = 1;
  const limit = Math.sqrt(2 * 3.4e38);
  return over.map((rate) => {
    const loss = Math.abs(weight) < limit ? weight ** 2 / 2 : null;
    weight *= 1 - rate * curvature;
    return loss;
  });
}

describe.each([20, 40, 100, 150])('over %d rates', (steps) => {
  const over = sweepRates(1e-7, 10, steps, 'geometric');

  test.each([
    ['normal', gaussian],
    ['exponential', (random: () => number) => -Math.log(1 - random())],
  ])('of 300 searches that are %s noise alone, at most 6 suggest a rate', (name, draw) => {
    const random = seededRandom(steps, name);
    const results = Array.from({ length: 300 }, (_, i) =>
      conclude(() => 1 + 0.1 * draw(random), { over, seeds: [1, 3, 5][i % 3] as number, averaging: true }),
    );
    expect(results.filter(({ suggestion }) => suggestion).length).toBeLessThanOrEqual(6);
    for (const { suggestion, reason } of results) {
      if (!suggestion) expect(reason).toMatch(/^the curve is flat|^the loss|^the rate/);
    }
  });

  test('a descent of twice that noise with a rise behind it is one', () => {
    const random = seededRandom(steps, 'descent');
    const loss = (rate: number) => 1 - 0.4 / (1 + 1e-3 / rate) + rate ** 2 + 0.1 * gaussian(random);
    for (let i = 0; i < 20; i++) expect(conclude(loss, { over }).suggestion).not.toBeNull();
  });
});

describe.each([1, 2, 5])('with %d sweeps', (seeds) => {
  test.each([0, 3, -7, 1e-12, 1e30, 1 / 3])(
    'a loss that is always %d is flat, and no method suggests a rate',
    (value) => {
      const result = conclude(() => value, { seeds });
      expect(result).toMatchObject({ ...nothing, suggestions: noRates, divergence: null });
      expect(result.reason).toBe(`the curve is flat: the loss stays at ${value.toPrecision(4)} at every rate`);
    },
  );

  test.each([1, 2, 4, 10, 22])('a loss that is not finite from step %d on diverges from the first rates on', (step) => {
    const result = conclude((_, i) => (i < step ? 10 ** (3 * i) : null), { seeds });
    expect(result).toMatchObject({ ...nothing, suggestions: noRates });
    expect(result.reason).toBe('the loss diverges from the first rates on (1e-7): scale the features, or start lower');
    expect(result.diagnosis[0]).toBe('The loss diverges from the first rates on (1e-7).');
    expect(result.diagnosis.join(' ')).not.toMatch(/more steps|falls clearly|Falling from/);
  });

  // The best rate is 1 / curvature, a stable one below twice that.
  test.each(Array.from({ length: 33 }, (_, i) => 1.3 * 10 ** (i / 2 - 3)))(
    'no suggestion for a parabola of curvature %d is a rate at which it diverges, or the first rate',
    (curvature) => {
      const losses = quadratic(curvature, rates);
      const { suggestion, reason } = conclude((_, i) => losses[i] as number | null, { seeds });
      if (suggestion) {
        expect(suggestion.learningRate).toBeLessThan(2 / curvature);
        expect(suggestion.learningRate).toBeGreaterThan(rates[0] as number);
      } else
        expect(reason).toMatch(
          /diverges from the first rates on|points below the first rate|change the loss by orders/,
        );
      // Where the descent lies well inside, there is an answer.
      if (curvature > 0.1 && curvature < 1e4) expect(suggestion).not.toBeNull();
      if (curvature > 1e8) expect(suggestion).toBeNull();
    },
  );
});

describe('a loss that the first rates change by orders of magnitude carries no suggestion', () => {
  const reason =
    'the first rates (1e-7) already change the loss by orders of magnitude: scale the features, or start lower';
  /** What a network gives that the first step broke: its bias learns at high rates. */
  const broken = (rate: number) => 100 - 90 / (1 + Math.exp(-3 * Math.log10(rate / 0.1))) + Math.max(0, rate - 10) ** 4;

  test.each([
    ['explodes for a moment', 1e10, 1e25],
    ['explodes and collapses', 1e6, 1e8],
    ['collapses', 1e6, 100],
    ['explodes below its first level', 50, 1e7],
  ])('where it %s', (_, first, second) => {
    const result = conclude((rate, i, seed) => [first, second][i] ?? broken(rate) + noise(i, seed));
    expect(result).toMatchObject({ ...nothing, suggestions: noRates });
    expect(result.reason).toBe(reason);
    expect(result.diagnosis[0]).toBe('The first rates (1e-7) already change the loss by orders of magnitude.');
    expect(result.diagnosis.join(' ')).not.toMatch(/falls clearly|Falling from|Flat/);
  });

  test('but not where single batches differ so much, or one sweep of several does', () => {
    for (const at of [0, 1, 5, 20]) {
      const result = conclude(
        (rate, i, seed) => logistic(rate) * (i % 23 === (at + 7 * seed) % 23 ? 1000 : 1) + noise(i, seed),
      );
      expect(result.reason).not.toBe(reason);
    }
    const alone = conclude((rate, i, seed) => (seed === 3 && i === 1 ? 1e9 : logistic(rate) + noise(i, seed)));
    expect(alone.reason).not.toBe(reason);
  });

  test('but not where the fall itself shows the rate', () => {
    const { suggestion } = conclude((rate) => 1e6 / (1 + (rate / 3e-7) ** 6) + (rate > 1e-5 ? 1e9 : 0));
    expect(suggestion?.learningRate).toBeGreaterThan(1e-7);
    expect(suggestion?.learningRate).toBeLessThan(1e-5);
  });
});

describe('a loss that single batches make NaN carries no suggestion', () => {
  const reason =
    'the loss becomes NaN or infinite at very different rates, without a rise before: single batches do this, so check the data and the loss for rows that give NaN or infinity';

  test.each([
    ['well inside', [40, 61, 90, 75, 30]],
    ['also among the first rates', [4, 9, 38, 7, 12]],
    ['in more than half of the sweeps', [30, 75, 50, 150, 150]],
  ])('where that happens %s', (_, ends) => {
    const result = conclude((__, i, seed) => (i < (ends[seed] as number) ? 2.3 + noise(i, seed) : null));
    expect(result).toMatchObject({ ...nothing, suggestions: noRates, reason });
    expect(result.diagnosis[0]).toBe(`T${reason.slice(1)}.`);
    expect(result.diagnosis.join(' ')).not.toMatch(/Flat|lower|scale|No divergence/);
  });

  test('but not where the rate does it: after a rise, or at about the same rate in all sweeps', () => {
    const risen = conclude((rate, i, seed) => {
      const over = rate / (0.01 * 10 ** (seed / 2));
      return over > 3 ? null : 2.3 + noise(i, seed) + (over > 1 ? 1e3 * over : 0);
    });
    expect(risen.suggestion?.verdict).toBe('unsure');
    const together = conclude((rate, i, seed) => (rate > 2 + seed ? null : 2.3 + noise(i, seed)));
    expect(together.suggestion?.verdict).toBe('unsure');
  });

  test('but not where few sweeps end so', () => {
    const result = conclude((rate, i, seed) => (seed === 3 && i === 40 ? null : logistic(rate) + noise(i, seed)));
    expect(result.suggestion?.learningRate).toBeGreaterThan(1e-4);
  });
});

test.each([10, 12, 15, 18])('%d rates over nine decades are too few for a suggestion', (steps) => {
  const over = sweepRates(1e-7, 100, steps, 'geometric');
  const { suggestion, reason } = conclude((rate, i, seed) => logistic(rate) + noise(i, seed), { over });
  expect(suggestion).toBeNull();
  expect(reason).toBe(`too few steps: ${((steps - 1) / 9).toFixed(1)} in a decade of rates, at least 2 are needed`);
});

describe.each([19, 20, 25, 30, 40])('over %d rates, so few in a decade that a lag of six steps is long', (steps) => {
  const over = sweepRates(1e-7, 100, steps, 'geometric');

  test.each([1e-4, 1e-3, 1e-2])('the rate lies where the loss falls, around %d, and is unsure', (middle) => {
    const loss = (rate: number, i: number, seed: number) =>
      rate > 300 * middle ? 1e9 * rate : logistic(rate, middle) + 0.001 * noise(i, seed);
    for (const averaging of [false, true]) {
      const { suggestion } = conclude(loss, { over, averaging });
      expect(suggestion?.verdict).toBe('unsure');
      // A tenth of a logistic in 3 decades is done 0.73 decade before its middle; two neighbours are up to a decade apart.
      expect(suggestion?.learningRate).toBeGreaterThan(middle / 10 ** 1.8);
      expect(suggestion?.learningRate).toBeLessThan(20 * middle);
    }
  });
});

test('with more than 50 steps in a decade, where a model learns at low rates, the rate is unsure', () => {
  const loss = (rate: number, i: number, seed: number) => logistic(rate) + noise(i, seed) + (rate > 1 ? rate ** 4 : 0);
  const verdict = (steps: number) =>
    conclude(loss, { over: sweepRates(1e-7, 100, steps, 'geometric') }).suggestion?.verdict;
  expect([verdict(150), verdict(450), verdict(470)]).toEqual(['fair', 'fair', 'unsure']);
});

test.each([1.001, 1.5, 1.9])('a range whose last rate is %d times the first carries no suggestion', (ratio) => {
  const over = sweepRates(0.01, 0.01 * ratio, 150, 'geometric');
  const { suggestion, reason, diagnosis } = conclude((_, i, seed) => 2.3 - i / 100 + noise(i, seed), { over });
  expect(diagnosis).toEqual([`T${reason?.slice(1)}.`]);
  expect(suggestion).toBeNull();
  expect(reason).toMatch(
    /^the range is too narrow: its last rate must be at least 2\.0 times the first; got 0\.01 and 0\.01/,
  );
});

test('without a descent the suggestion does not follow a first rate that lies far below the divergence', () => {
  const loss = (rate: number, i: number, seed: number) => (rate < 1 ? 2.3 : 9) + noise(i, seed);
  const over = (first: number) => sweepRates(first, 100, 300, 'geometric');
  const wide = conclude(loss, { over: over(1e-30), averaging: true });
  expect(wide.suggestion?.verdict).toBe('unsure');
  expect(wide.suggestion?.learningRate).toBeGreaterThan(1e-5);
  expect(wide.suggestion?.learningRate).toBeLessThan(1);
});

test('a loss that rises from the first rates on and stays finite carries no suggestion either', () => {
  const result = conclude((rate, i, seed) => 1 + Math.log10(rate / 1e-8) + noise(i, seed));
  expect(result).toMatchObject({ ...nothing, suggestions: noRates });
  expect(result.reason).toMatch(/from the first rates on \(1e-7\): scale the features, or start lower/);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'noise alone is flat (phase %d): its last losses are no divergence',
  (phase) => {
    const random = (i: number, seed: number) => {
      const x = Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 7 * phase + 1)) * 43758.5453;
      return x - Math.floor(x) - 0.5;
    };
    const { suggestion, reason } = conclude((_, i, seed) => 2.3 + random(i, seed));
    expect(suggestion).toBeNull();
    expect(reason).toMatch(/flat/);
  },
);

test('a flat loss that diverges well inside keeps its cautious suggestion, a decade below', () => {
  const { suggestion } = conclude((rate, i, seed) => (rate < 3 ? 2.3 + noise(i, seed) : i % 2 ? 1e9 : null));
  expect(suggestion?.verdict).toBe('unsure');
  expect(Math.log10(suggestion?.learningRate as number)).toBeCloseTo(Math.log10(0.3), 0);
});

test('a flat loss that diverges soon after the first rates has none, for its answer would lie below them', () => {
  const over = sweepRates(0.01, 100, 150, 'geometric');
  const { suggestion, reason } = conclude((rate, i, seed) => (rate < 0.05 ? 2.3 : 4) + noise(i, seed), { over });
  expect(suggestion).toBeNull();
  expect(reason).toBe('the method descent points below the first rate, 0.01: start lower, or scale the features');
});

test('the last rate is an answer only where the loss still falls there', () => {
  const over = sweepRates(1e-7, 1e-3, 150, 'geometric');
  const falling = conclude((rate, i, seed) => 2.3 - (rate / 1e-3) ** 4 + noise(i, seed), { over });
  expect(falling.suggestion).toMatchObject({ learningRate: 1e-3, verdict: 'unsure' });
  expect(falling.diagnosis.join(' ')).toContain('raise the last rate above 0.001');
});

test('a method whose rate lies where the loss has diverged gives no answer', () => {
  const beyond = { name: 'beyond', summary: '', suggest: () => 5 };
  const { suggestion, reason } = conclude((rate, i, seed) => (rate < 1 ? logistic(rate) : 9) + noise(i, seed), {
    methods: [beyond],
  });
  expect(suggestion).toBeNull();
  expect(reason).toMatch(/^the method beyond points beyond (0\.9|1).*, where the loss diverges$/);
});

test('a method that points outside the range says so', () => {
  const at = (rate: number) => ({ name: 'fixed', summary: '', suggest: () => rate });
  const loss = (rate: number, i: number, seed: number) => logistic(rate) + noise(i, seed);
  expect(conclude(loss, { methods: [at(1e-8)] }).reason).toMatch(/points below the first rate, 1e-7/);
  const climbing = (rate: number, i: number, seed: number) => loss(rate, i, seed) + Math.min(1, rate / 100);
  expect(conclude(climbing, { methods: [at(1e3)] }).reason).toMatch(/points above the last rate, 100: end higher/);
});

describe('linear spacing over decades', () => {
  const over = sweepRates(1e-7, 100, 150, 'linear');

  test('has no start: where the loss diverges at the second rate, the advice is another spacing', () => {
    const result = conclude((_, i) => (i < 15 ? 2 + 10 ** i : null), { over });
    expect(result).toMatchObject(nothing);
    expect(result.reason).toBe(
      'the loss diverges from the first rates on (1e-7): the next rate is 0.671 already; use geometric spacing, or a lower last rate',
    );
    expect(result.diagnosis.join(' ')).toMatch(/Linear spacing: the first rate is 1e-7 and the second 0\.671/);
    expect(result.diagnosis.join(' ')).not.toMatch(/lower the first rate/i);
  });

  test('still gives an answer where the loss falls among its rates, and does not ask for a lower first one', () => {
    const { suggestion, diagnosis } = conclude(
      (rate, i, seed) => 2.3 - 1.5 / (1 + Math.exp(-(rate - 40) / 4)) + Math.max(0, rate - 80) + noise(i, seed),
      { over },
    );
    expect(suggestion?.learningRate).toBeGreaterThan(30);
    expect(suggestion?.learningRate).toBeLessThan(80);
    expect(diagnosis.join(' ')).not.toMatch(/lower the first rate/i);
  });
});

test('a loss of NaN from the first step on names what to check', () => {
  expect(conclude(() => null).reason).toBe(
    'the loss was not finite from the first step on: check the data and the loss, and scale the features',
  );
});
