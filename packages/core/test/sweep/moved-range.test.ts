import { describe, expect, test } from 'vitest';
import { RATE_LIMITS } from '../../src/rate-limits.js';
import { analyse } from '../../src/sweep/analyse.js';
import { type MovedRange, movedRange, movesNote } from '../../src/sweep/moved-range.js';
import { sweepRates } from '../../src/sweep/rates.js';
import { suggestionMethods } from '../../src/sweep/suggest/registry.js';
import { toSweeps } from './stored-sweeps.js';

const standard = { startLr: 1e-7, endLr: 100, steps: 150 };
const ratesOf = ({ startLr, endLr, steps }: typeof standard) => sweepRates(startLr, endLr, steps, 'geometric');

/**
 * A loss that falls around one rate and is not finite from the step after another on. The first is measured before any
 * update, so it does not depend on the rate.
 */
function falling(middle: number, divergence: number) {
  return (rate: number, i: number) => {
    if (i > 0 && rate >= divergence) return null;
    return 2.3 - (i > 0 ? 1.5 / (1 + Math.exp(-3 * Math.log10(rate / middle))) : 0) + 0.01 * Math.sin(12.9 * i);
  };
}

function sweepsOver(rates: readonly number[], loss: (rate: number, i: number) => number | null) {
  const losses = rates.map(loss);
  const end = losses.indexOf(null);
  return toSweeps(rates, [end < 0 ? losses : losses.slice(0, end + 1)]);
}

/** Moves until the range stays, as a search does. */
function settle(loss: (rate: number, i: number) => number | null, from = standard, most = 12) {
  const moves: MovedRange[] = [];
  let rates = ratesOf(from);
  for (;;) {
    const moved = movedRange(rates, sweepsOver(rates, loss), moves.at(-1));
    if (!moved || moves.length === most) break;
    moves.push(moved);
    rates = ratesOf(moved);
  }
  return { moves, rates, result: analyse(rates, sweepsOver(rates, loss), suggestionMethods, { averaging: true }) };
}

test('a range that shows the descent and the divergence stays', () => {
  const rates = ratesOf(standard);
  expect(movedRange(rates, sweepsOver(rates, falling(1e-3, 1)))).toBeNull();
});

describe.each([1e-7, 1e-2, 10])('from a first rate of %d', (startLr) => {
  test.each(Array.from({ length: 23 }, (_, i) => 10 ** (i - 16)))(
    'a descent at %d ends up inside, with the divergence',
    (middle) => {
      const loss = falling(middle, 300 * middle);
      const { moves, rates, result } = settle(loss, { ...standard, startLr });
      expect(moves.length).toBeLessThan(8);
      expect(rates[0]).toBeLessThanOrEqual(middle * 1.01);
      expect(rates.at(-1)).toBeGreaterThan(300 * middle);
      expect(result.divergence?.rate).toBeLessThan(1000 * middle);
      expect(result.suggestion?.learningRate).toBeGreaterThan(middle / 10);
      expect(result.suggestion?.learningRate).toBeLessThan(30 * middle);
      for (const { startLr: start, endLr, steps } of moves) {
        const perDecade = (steps - 1) / Math.log10(endLr / start);
        expect(perDecade).toBeGreaterThan(11.9);
        expect(perDecade).toBeLessThan(30.5);
      }
    },
  );
});

test.each([
  ['constant', () => 3],
  ['never falling', (_: number, i: number) => (i === 0 ? 1 : null)],
  ['falling for ever', (rate: number) => -Math.log10(rate)],
] as const)('a loss that is %s ends the moves at the rates that float32 holds', (_, loss) => {
  const { moves, rates } = settle(loss, standard, 40);
  expect(moves.length).toBeLessThan(20);
  expect(rates[0]).toBeGreaterThanOrEqual(RATE_LIMITS[0]);
  expect(rates.at(-1)).toBeLessThanOrEqual(RATE_LIMITS[1]);
});

test('a loss that is never finite does not move the range: no rate would help', () => {
  const rates = ratesOf(standard);
  expect(
    movedRange(
      rates,
      sweepsOver(rates, () => null),
    ),
  ).toBeNull();
});

test('a range that left a divergence does not move back to it when it is level', () => {
  const rates = ratesOf({ startLr: 1e-11, endLr: 1e-6, steps: 100 });
  const before: MovedRange = { startLr: 1e-11, endLr: 1e-6, steps: 100, why: 'diverged', divergesAt: 1e-7 };
  const moved = movedRange(
    rates,
    sweepsOver(rates, () => 3),
    before,
  );
  expect(moved?.endLr).toBeLessThan(1e-9);
  expect(moved?.startLr).toBeLessThan(1e-14);
});

test('the note says how often the range moved, from where to where, and why', () => {
  const { moves } = settle(falling(1e-12, 1e-11));
  expect(movesNote(standard, moves)).toMatch(
    /^range: moved 2 times, from 1e-7 … 100 to 1e-15 … \S+ in \d+ steps, because the loss .*from the first rates on/,
  );
});
