import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { pulledTrajectory } from './trajectory.js';

type Options = Record<string, number | boolean>;

/** Ten steps of Keras; fixtures/optimizers/golden.py says how they were made. Elements of all weights in one row. */
interface Golden {
  defaults: Record<string, Record<string, unknown>>;
  shapes: number[][];
  initial: number[];
  targets: number[];
  factors: number[][];
  cases: { name: string; options: Options; config: object; rates: number[]; steps: number[][]; average: number[] }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/optimizers/golden.json', import.meta.url), 'utf8'),
);

/**
 * Relative, about two units in the last place of float32. Without a power of β in the formula, or a sum in another order,
 * all ten steps agree bit for bit; with them the worst was 1.8e-7 (Keras's own backends differ by 9e-7). Keras's Schedule-Free
 * optimizer computes its average from rounded weights in every step, and was 3e-6 away.
 */
const TOLERANCE = 3e-7;

beforeAll(() => setBackend('wasm'));

test.each(golden.cases)(
  '$name with $options at rates $rates.0 to $rates.9 equals Keras at each of ten steps',
  (given) => {
    const { name, options, rates, steps, average } = given;
    const averages: number[] = [];
    const { rule } = resolveOptimizer({ name, ...camelCased(options) });
    const trained = pulledTrajectory(rule, golden, rates, (slots) =>
      averages.push(...slots.flatMap((named) => [...(named.weightAverage?.dataSync() ?? [])])),
    );
    const errors = steps.flatMap((elements, step) =>
      elements.map((expected, i) => Math.abs((trained[step]?.[i] as number) / Math.fround(expected) - 1)),
    );
    expect(errors).toHaveLength(golden.initial.length * rates.length);
    const tolerance = rule.weightSlots ? 15 * TOLERANCE : TOLERANCE;
    expect(Math.max(...errors)).toBeLessThan(tolerance);
    expect(averages).toHaveLength(average.length);
    for (const [i, expected] of average.entries())
      expect(Math.abs((averages[i] as number) / Math.fround(expected) - 1)).toBeLessThan(tolerance);
  },
);

const ofKeras = optimizers.filter(({ code }) => code.keras !== null && code.keras !== 'Muon');

test.each(ofKeras)("$name's options and rate have Keras's defaults", ({ name, defaultRate, code }) => {
  const keras = golden.defaults[name] ?? {};
  expect(keras).toMatchObject({ learning_rate: defaultRate });
  const own = Object.entries(resolveOptimizer(name).parameters).filter(([key]) => !code.notInKeras?.includes(key));
  // Keras says None for no decay of the weights.
  const options = { ...(keras as Options), weight_decay: (keras.weight_decay as number | null) ?? 0 };
  expect(camelCased(options)).toMatchObject(Object.fromEntries(own));
});

test.each(golden.cases)('the configuration that Keras saves for $name with $options is read back exactly', (given) => {
  const { name, options, config, rates } = given;
  const found = optimizerFromTrainingConfig({ optimizer_config: config });
  const { kind, parameters } = resolveOptimizer(found.spec);
  // Keras knows the two only as SGD with other defaults.
  const asSgd = { name: 'sgd', momentum: 0.9, nesterov: name === 'nesterov', ...options };
  const expected = resolveOptimizer(
    name === 'momentum' || name === 'nesterov' ? asSgd : { name, ...camelCased(options) },
  );
  expect({ name: kind.name, ...parameters }).toEqual({ name: expected.kind.name, ...expected.parameters });
  expect(found.rate).toBe(Math.fround(rates[0] as number));
});

test('every optimizer has golden values with its defaults, with others, and with a rate that changes', () => {
  const others = ['optax.json', 'muon.json'].flatMap((file) => {
    const { cases } = JSON.parse(
      readFileSync(new URL(`../../../../fixtures/optimizers/${file}`, import.meta.url), 'utf8'),
    );
    return cases as Golden['cases'];
  });
  for (const { name } of optimizers) {
    const cases = [...golden.cases, ...others].filter((row) => row.name === name);
    expect(cases.some(({ options }) => Object.keys(options).length === 0)).toBe(true);
    expect(cases.some(({ options }) => Object.keys(options).length > 0)).toBe(true);
    expect(cases.some(({ rates }) => new Set(rates).size === rates.length)).toBe(true);
  }
});

function camelCased(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/_(.)/g, (_, next: string) => next.toUpperCase()),
      value,
    ]),
  );
}
