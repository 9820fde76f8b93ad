import '@tensorflow/tfjs-backend-wasm';
import { memory, mul, scalar, setBackend, sub, type Tensor, tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, test } from 'vitest';
import { slotStart } from '../../src/optimizers/apply-rule.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import type { Named, OptimizerKind, SlotStart } from '../../src/optimizers/update-rule.js';
import { trajectory } from './trajectory.js';

beforeAll(() => setBackend('wasm'));

const shapes = [[], [3], [2, 2], [1, 2, 1, 2], [0]];

/** Each row with its defaults, and with every switch on and every zero raised, so that all its slots are in use. */
const rules = optimizers.flatMap((kind) =>
  everyChoice(kind).map((options) => {
    const { rule, parameters } = resolveOptimizer({ name: kind.name, ...options });
    return { name: `${kind.name} with ${JSON.stringify(options)}`, kind, rule, parameters };
  }),
);

/** The loss may have any lower bound, and the iteration of muon any coefficients. */
const ofAnySign = ['lowerBound', 'muonA', 'muonB', 'muonC'];

/** Those of which a step depends on all weights together, or on the other elements of a matrix. */
const together = ['momo', 'momo-adam', 'prodigy', 'dog', 'muon'];

test('names are unique and in lower case, and rows have a summary and a positive rate', () => {
  expect(new Set(optimizers.map(({ name }) => name)).size).toBe(optimizers.length);
  for (const { name, summary, defaultRate } of optimizers) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(summary).not.toBe('');
    expect(defaultRate).toBeGreaterThan(0);
  }
});

test.each(optimizers)(
  '$name takes no other options than those declared, each with a description, range and default, or off by default',
  (kind) => {
    expect(kind.parameters).toMatchObject({ additionalProperties: false });
    const required = kind.parameters.required as readonly string[] | undefined;
    for (const [option, schema] of options(kind)) {
      expect(option).toMatch(/^[a-z]+([A-Z][a-z]*)*[0-9]?$/);
      if (!required?.includes(option)) {
        expect(schema).toMatchObject({ description: expect.stringMatching(/^[^.]{10,}$/) });
        expect([-1, Number.NaN, '1'].some((value) => Value.Check(schema, value))).toBe(false);
        continue;
      }
      expect(schema).toMatchObject({ default: expect.anything(), description: expect.stringMatching(/^[^.]{10,}$/) });
      expect(Value.Check(schema, defaultOf(schema))).toBe(true);
      if (typeof defaultOf(schema) === 'number') expect(Value.Check(schema, -1)).toBe(ofAnySign.includes(option));
    }
  },
);

test.each(rules)("$name: the rule carries the row's name", ({ kind, rule }) => {
  expect(rule.name).toBe(kind.name);
});

describe.each(rules)('$name', ({ kind, rule, parameters }) => {
  /** Of a multiplier, 1 is what a rate of some hundredths is for others. */
  const rates = [0.1, 0.02, 0.3, 0.1, 0.1].map((rate) => (kind.rateFree ? 10 * rate : rate));

  /** Pulls every element towards 3; signs differ, one element's gradient is always zero. */
  const pull = (weight: Tensor) => mul(weight, sub(weight, 3));
  const initial = () => shapes.map((shape, i) => tensor(elements(shape, i), shape));
  const start = () => shapes.flatMap((shape, i) => elements(shape, i).map(Math.fround));
  const run = (at: readonly number[], gradient = pull) => tidy(() => trajectory(rule, initial(), at, gradient));

  test('stays finite, moves every weight that has a gradient, and keeps shapes, slots and number type', () => {
    const [first] = run(rates);
    expect(run(rates).flat().every(Number.isFinite)).toBe(true);
    for (const [i, value] of start().entries()) if (value !== 0 && value !== 3) expect(first?.[i]).not.toBe(value);
    for (const weight of initial()) {
      const { moved, slots } = step(weight, pull(weight));
      expect(moved.shape).toEqual(weight.shape);
      expect(moved.dtype).toBe('float32');
      expect(Object.keys(slots).sort()).toEqual(Object.keys(rule.slots).sort());
      for (const slot of Object.values(slots)) expect(slot.shape).toEqual(weight.shape);
    }
  });

  test('prepares the next value of every shared scalar', () => {
    const shared = Object.entries(rule.shared).map(([name, value]) => [name, scalar(value)]);
    const before = Object.fromEntries(shared);
    const own = rule.prepare(scalar(0.1), scalar(1), before);
    const [weight, gradient] = [tensor([1, -2]), tensor([0.5, 3])];
    const slots = Object.fromEntries(
      Object.entries(rule.slots).map(([name, start]) => [name, slotStart(start, weight)]),
    );
    const joint = rule.together?.([{ weight, gradient, slots, prepared: own }], before, own, scalar(1));
    const prepared = { ...own, ...joint };
    expect(Object.keys(prepared)).toEqual(expect.arrayContaining(Object.keys(rule.shared)));
    for (const value of Object.values(prepared)) expect(value.shape).toEqual([]);
  });

  test('makes no tensors but the new weight and its slots, and leaves what it was given', () => {
    const [weight, gradient] = [tensor([1, -2]), tensor([0.5, 3])];
    const before = memory().numTensors;
    const { moved, slots } = step(weight, gradient);
    expect(memory().numTensors).toBe(before + 1 + Object.keys(rule.slots).length);
    for (const made of [moved, ...Object.values(slots)]) made.dispose();
    expect(memory().numTensors).toBe(before);
    expect([...weight.dataSync()]).toEqual([1, -2]);
    expect([...gradient.dataSync()]).toEqual([0.5, 3]);
  });

  test('gives the same twice', () => {
    expect(run(rates)).toEqual(run(rates));
  });

  test.skipIf(together.includes(kind.name))('moves an element of a weight as it would move it alone', () => {
    const alone = start().map((value) =>
      tidy(() => trajectory(rule, [scalar(value)], rates, pull).map(([moved]) => moved)),
    );
    for (const [t, together] of run(rates).entries()) expect(together).toEqual(alone.map((steps) => steps[t]));
  });

  test('leaves a weight that has no gradient, except for decay', () => {
    const decay = (parameters.weightDecay ?? 0) as number;
    const steps = run(rates, zerosLike);
    const left = decayed(kind.name, start(), rates, decay);
    for (const [t, values] of steps.entries()) {
      for (const [i, value] of start().entries()) {
        if (decay === 0) expect(values[i]).toBe(value);
        else expect(values[i]).toBeCloseTo(left[t]?.[i] as number, 6);
      }
    }
    // A rule without decay would pass too where the decay is too weak to show.
    if (decay > 0) expect(left.at(-1)).not.toEqual(start());
  });

  test('leaves every weight at rate 0, bit for bit', () => {
    for (const values of run([0, 0, 0])) expect(values).toEqual(start());
  });

  test('lowers a square loss', () => {
    const target = 3;
    const [first, last] = [0, -1].map((at) => {
      const distance = (values: number[] | undefined) => Math.abs((values?.[0] ?? Number.NaN) - target);
      return distance(
        tidy(() => trajectory(rule, [scalar(1)], Array(20).fill(kind.rateFree ? 1 : 0.01), (w) => sub(w, target))).at(
          at,
        ),
      );
    });
    expect(last).toBeLessThan(first as number);
  });

  function step(weight: Tensor, gradient: Tensor): { moved: Tensor; slots: Record<string, Tensor> } {
    return tidy(() => {
      const started = (starts: Named<SlotStart>, like: Tensor) =>
        Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, slotStart(start, like)]));
      const [own, shared] = [started(rule.slots, weight), started(rule.shared, scalar(0))];
      const prepared = rule.prepare(scalar(0.1), scalar(1), shared);
      const joint = rule.together?.([{ weight, gradient, slots: own, prepared }], shared, prepared, scalar(1));
      const { weight: moved, slots } = rule.update(weight, gradient, own, { ...prepared, ...joint }, 'weight');
      return { moved, slots };
    });
  }
});

/**
 * All elements after each step without gradients, by the formulas of the papers: most optimizers subtract rate · decay of each
 * weight.
 */
function decayed(name: string, start: readonly number[], rates: readonly number[], decay: number): number[][] {
  let weights = [...start];
  let z = [...start];
  let x = [...start];
  let rateSquares = 0;
  let gradientSquares = 0;
  const norm = (values: readonly number[]) => Math.hypot(...values);
  let distance = 1e-6 * (1 + norm(start));
  let highest = 0;
  return rates.map((rate, t) => {
    if (name.startsWith('schedule-free')) {
      highest = Math.max(highest, rate);
      rateSquares += highest ** 2;
      z = z.map((value, i) => value - rate * decay * (weights[i] as number));
      x = x.map((value, i) => value + ((z[i] as number) - value) * (highest ** 2 / rateSquares));
      weights = z.map((value, i) => 0.1 * value + 0.9 * (x[i] as number));
    } else if (name.startsWith('momo')) {
      weights = weights.map((value) => value / (1 + rate * decay));
    } else if (name === 'prodigy') {
      const correction = Math.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1));
      weights = weights.map((value) => value * (1 - 1e-6 * rate * correction * decay));
    } else if (name === 'dog') {
      distance = Math.max(distance, norm(weights.map((value, i) => value - (start[i] as number))));
      gradientSquares += decay ** 2 * norm(weights) ** 2;
      weights = weights.map((value) => value - ((rate * distance) / Math.sqrt(gradientSquares + 1e-8)) * decay * value);
    } else {
      weights = weights.map((value) => value * (1 - rate * decay));
    }
    return weights;
  });
}

/** Elements 1, −2, 0, 3, 0.5 and again, starting at a different one for each weight. */
function elements(shape: number[], from: number): number[] {
  const values = [1, -2, 0, 3, 0.5];
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => values[(from + i) % values.length] as number);
}

function options(kind: OptimizerKind): [string, TSchema][] {
  return Object.entries(kind.parameters.properties);
}

function defaultOf(schema: TSchema): unknown {
  return (schema as { default?: unknown }).default;
}

function everyChoice(kind: OptimizerKind): Record<string, unknown>[] {
  const raised: Record<string, unknown> = {};
  for (const [option, schema] of options(kind)) {
    if (defaultOf(schema) === false) raised[option] = true;
    if (defaultOf(schema) === 0) raised[option] = 0.4;
  }
  return Object.keys(raised).length > 0 ? [{}, raised] : [{}];
}
