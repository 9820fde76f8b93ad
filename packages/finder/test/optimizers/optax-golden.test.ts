import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { pulledTrajectory } from './trajectory.js';

/** Twelve steps of optax in float64; fixtures/optimizers/optax_golden.py says how they were made. */
interface Golden {
  defaults: Record<string, Record<string, unknown>>;
  shapes: number[][];
  initial: number[];
  targets: number[];
  factors: number[][];
  losses: number[];
  cases: {
    name: string;
    options: Record<string, number | boolean>;
    rates: number[];
    steps: number[][];
    averages: number[][];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/optimizers/optax.json', import.meta.url), 'utf8'),
);

/**
 * Relative to the largest weight at hand, about 2. Float32 has 6e-8 of it; the worst that rounding makes of twelve steps, with
 * differences of sums over all weights in them, was 3e-6.
 */
const TOLERANCE = 5e-6;

beforeAll(() => setBackend('wasm'));

test.each(golden.cases)(
  '$name with $options at rates $rates.0 to $rates.11 equals optax at each of twelve steps',
  (given) => {
    const { name, options, rates, steps, averages } = given;
    const { rule, kind } = resolveOptimizer({ name, ...options });
    const seen: number[][] = [];
    const trained = pulledTrajectory(rule, golden, rates, undefined, {
      losses: golden.losses,
      onStep: (slots) => {
        if (rule.averagesWeights) seen.push(slots.flatMap((named) => [...(named.weightAverage as Tensor).dataSync()]));
      },
    });
    expect(trained).toHaveLength(steps.length);
    expect(seen).toHaveLength(averages.length);
    expect(worst(trained, steps)).toBeLessThan(TOLERANCE);
    if (averages.length > 0) expect(worst(seen, averages)).toBeLessThan(TOLERANCE);
    const moved = worst(trained.slice(-1), [golden.initial]);
    // With their defaults the two that find their rates begin with steps of a millionth; their other cases move further.
    if (Object.keys(options).length === 0 && kind.rateFree) expect(moved).toBeGreaterThan(0);
    else expect(moved).toBeGreaterThan(100 * TOLERANCE);
  },
);

const kinds = optimizers.filter(({ code }) => code.optax);

test.each(kinds)("$name's options and rate have optax's defaults", ({ name, defaultRate, code }) => {
  const optax = golden.defaults[name] ?? {};
  expect(optax.learning_rate).toBe(defaultRate);
  for (const [own, theirs] of Object.entries(code.optax?.parameters ?? {})) {
    // None for no weight decay, and for the root of β₂.
    const standard = optax[theirs] ?? (own === 'weightDecay' ? 0 : undefined);
    expect([own, resolveOptimizer(name).parameters[own]]).toEqual([own, standard]);
    expect(theirs in optax).toBe(true);
  }
});

test('each parameter that optax takes has a name there, but for pairs', () => {
  const pairs = { prodigy: ['beta1', 'beta2'], dog: ['distanceFactor'] } as Readonly<Record<string, string[]>>;
  for (const { name, code } of kinds) {
    const own = Object.keys(resolveOptimizer(name).parameters);
    const named = [...Object.keys(code.optax?.parameters ?? {}), ...(pairs[name] ?? [])];
    expect(own.filter((parameter) => !named.includes(parameter))).toEqual([]);
  }
  expect(golden.defaults.prodigy?.betas).toEqual([0.9, 0.999]);
  expect(resolveOptimizer('prodigy').parameters).toMatchObject({ beta1: 0.9, beta2: 0.999 });
  expect(golden.defaults.dog?.init_step).toEqual(['heuristic', 1e-6]);
  expect(resolveOptimizer('dog').parameters).toMatchObject({ distanceFactor: 1e-6 });
});

function worst(actual: readonly number[][], expected: readonly number[][]): number {
  const errors = expected.flatMap((row, step) => {
    const largest = Math.max(...row.map(Math.abs));
    return row.map((value, i) => Math.abs((actual[step]?.[i] as number) - value) / largest);
  });
  return Math.max(...errors);
}
