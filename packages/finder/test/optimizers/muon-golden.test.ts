import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { InputError } from '@lrfind/core';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { pulledTrajectory } from './trajectory.js';

/** Ten steps of Keras's Muon; fixtures/optimizers/muon.py says how they were made. */
interface Golden {
  defaults: Record<string, unknown>;
  names: string[];
  shapes: number[][];
  initial: number[];
  targets: number[];
  factors: number[][];
  cases: {
    options: Record<string, unknown>;
    config: object;
    rates: number[];
    adamw: string[];
    steps: number[][];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/optimizers/muon.json', import.meta.url), 'utf8'),
);

/** Relative to the largest weight. The iteration amplifies rounding about three times in each of its steps. */
const TOLERANCE = 2e-6;

beforeAll(() => setBackend('wasm'));

test.each(golden.cases)(
  'muon with $options at rates $rates.0 to $rates.9 equals Keras at each of ten steps',
  (given) => {
    const { options, rates, steps, adamw } = given;
    const { rule } = resolveOptimizer({ name: 'muon', ...parameters(options) });
    const velocities: boolean[] = [];
    const onEnd = (slots: readonly Readonly<Record<string, Tensor>>[]) => {
      for (const { velocity } of slots) velocities.push((velocity as Tensor).dataSync().some((value) => value !== 0));
    };
    const trained = pulledTrajectory(rule, golden, rates, onEnd, { names: golden.names });
    const errors = steps.flatMap((row, step) => {
      const largest = Math.max(...row.map(Math.abs));
      return row.map((value, i) => Math.abs((trained[step]?.[i] as number) - value) / largest);
    });
    expect(errors).toHaveLength(golden.initial.length * 10);
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
    // Those that adamw trains are the ones of which Keras keeps a velocity.
    expect(golden.names.filter((_, i) => velocities[i])).toEqual(adamw);
  },
);

test("its options and rate have Keras's defaults", () => {
  const { parameters: own, kind } = resolveOptimizer('muon');
  expect(golden.defaults.learning_rate).toBe(kind.defaultRate);
  expect(parameters({ ...golden.defaults, exclude_layers: [] })).toMatchObject(own);
});

test.each(golden.cases)('the configuration that Keras saves for muon with $options is read back exactly', (given) => {
  const found = optimizerFromTrainingConfig({ optimizer_config: given.config });
  const { name: _, ...spec } = found.spec;
  expect(resolveOptimizer(found.spec).parameters).toEqual(
    resolveOptimizer({ name: 'muon', ...parameters(given.options) }).parameters,
  );
  expect(found.rate).toBe(Math.fround(given.rates[0] as number));
  expect(spec).not.toEqual({});
});

test('a pattern that is no regular expression is refused', () => {
  const make = () => resolveOptimizer({ name: 'muon', excludeLayers: ['output', '('] });
  expect(make).toThrow(InputError);
  expect(make).toThrow('muon.excludeLayers must be regular expressions; got "("');
});

/** Keras's options in lrfind's spelling; None is 0 where lrfind says so. */
function parameters(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const camel = (key: string) => key.replace(/_(.)/g, (_, next: string) => next.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value ?? 0]));
}
