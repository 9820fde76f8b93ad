import { useBackend } from '@lrfind/backends';
import { resolveSchedule } from '@lrfind/core/schedules';
import { scalar, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { slotStart } from '../../src/optimizers/apply-rule.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { RuleOptimizer } from '../../src/optimizers/rule-optimizer.js';
import { setMomentum } from '../../src/optimizers/set-momentum.js';
import type { Named, SlotStart, UpdateRule } from '../../src/optimizers/update-rule.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** What the momentum is called in each row that may have one, with what else changes its arithmetic. */
const cases = optimizers.flatMap(({ name, parameters }) => {
  const key = ['momentum', 'beta1'].find((option) => option in parameters.properties);
  const switches = Object.entries(parameters.properties).filter(
    ([, schema]) => (schema as { default?: unknown }).default === false,
  );
  const all = Object.fromEntries(switches.map(([option]) => [option, true]));
  // Its first steps are of the length of its estimate, and a millionth would show nothing.
  const own = name === 'prodigy' ? { estimLr0: 0.1 } : {};
  if (!key) return [];
  const others = switches.length > 0 ? [{ name, key, options: { ...own, ...all } }] : [];
  return [{ name, key, options: own }, ...others];
});

test('the table has some with a momentum and some without', () => {
  expect(cases.length).toBeGreaterThan(5);
  const without = optimizers.filter(({ name }) => !cases.some((each) => each.name === name));
  expect(without.map(({ name }) => resolveOptimizer(name).rule.momentum)).toEqual(without.map(() => undefined));
});

/** A large gradient and small ones against it, so that the sign of a step, too, tells how much of earlier ones is in it. */
const gradientAt = (step: number) => tensor(step === 0 ? [10, -8, 5] : [-0.15, 0.13, -0.03 * step], [1, 3]);

/** Of some a change of the momentum shows at longer steps only. */
const rateOf = ({ name }: UpdateRule) => (/^(muon|schedule-free-.*|prodigy)$/.test(name) ? 0.5 : 0.05);

/**
 * The weights after each of some steps; the rule of a step, and its momentum, may change.
 *
 * @param ruleAt all of one kind: they have the same slots
 */
function trained(
  steps: number,
  ruleAt: (step: number) => UpdateRule,
  momentumAt?: (step: number) => number,
): number[][] {
  return tidy(() => {
    const { slots, shared: scalars } = ruleAt(0);
    const started = (starts: Named<SlotStart>, like: Tensor) =>
      Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, slotStart(start, like)]));
    // A matrix, since muon has a momentum for these alone.
    let weight: Tensor = tensor([1, -2, 0.5], [1, 3]);
    let own: Named<Tensor> = started(slots, weight);
    let shared: Named<Tensor> = started(scalars, scalar(0));
    return Array.from({ length: steps }, (_, step) => {
      const moved = momentumAt && scalar(momentumAt(step));
      const rule = ruleAt(step);
      const gradient = gradientAt(step);
      const first = rule.prepare(scalar(rateOf(rule)), scalar(step + 1), shared, moved);
      const moving = [{ weight, gradient, slots: own, prepared: first }];
      const prepared = { ...first, ...rule.together?.(moving, shared, first, scalar(8)) };
      shared = Object.fromEntries(Object.keys(scalars).map((name) => [name, prepared[name] as Tensor]));
      ({ weight, slots: own } = rule.update(weight, gradient, own, prepared, 'weight'));
      return [...weight.dataSync()];
    });
  });
}

describe.each(cases)('$name with $options', ({ name, key, options }) => {
  const ruleWith = (momentum: number) => resolveOptimizer({ name, ...options, [key]: momentum }).rule;
  const near = (actual: number[][], expected: number[][]) => {
    for (const [step, values] of actual.entries())
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[step]?.[i] as number, 5);
  };

  test('says which momentum it has', () => {
    expect(ruleWith(0.7).momentum).toBe(0.7);
  });

  test('with its own momentum given, moves as without', () => {
    near(
      trained(
        6,
        () => ruleWith(0.8),
        () => 0.8,
      ),
      trained(6, () => ruleWith(0.8)),
    );
  });

  test('with another momentum given at each step, moves as the rule that is made with it', () => {
    const course = (step: number) => [0.95, 0.9, 0.5, 0.7, 0.85, 0.95][step] as number;
    const moved = trained(6, () => ruleWith(0.9), course);
    near(
      moved,
      trained(6, (step) => ruleWith(course(step))),
    );
    const still = trained(6, () => ruleWith(0.9));
    expect(
      Math.max(...(moved.at(-1) ?? []).map((value, i) => Math.abs(value - (still.at(-1)?.[i] as number)))),
    ).toBeGreaterThan(1e-3);
  });
});

describe('the next step of an optimizer, for a training that applies the rule itself,', () => {
  test('has the rate and the momentum of a schedule, and counts as taken', () => {
    const schedule = resolveSchedule('one-cycle(0.1, steps=8)');
    const made = new RuleOptimizer(resolveOptimizer('adam'), schedule);
    for (let step = 0; step < 8; step++) {
      expect(made.iterations).toBe(step);
      expect(made.takeStep()).toEqual({ rate: schedule(step), momentum: schedule.momentum?.(step) });
    }
    expect(schedule.momentum?.(0)).not.toBe(schedule.momentum?.(3));
    made.dispose();
  });

  test('has what was set, from the next step on', () => {
    const made = new RuleOptimizer(resolveOptimizer({ name: 'momentum', momentum: 0.8 }), 0.1);
    expect(made.takeStep()).toEqual({ rate: 0.1, momentum: 0.8 });
    made.setLearningRate(0.2);
    expect(setMomentum(made, 0.6)).toBe(true);
    expect(made.takeStep()).toEqual({ rate: 0.2, momentum: 0.6 });
    made.learningRate = (step: number) => step;
    expect(made.takeStep()).toEqual({ rate: 2, momentum: 0.6 });
    made.dispose();
  });

  test('has no momentum where the optimizer has none', () => {
    const made = new RuleOptimizer(resolveOptimizer('adagrad'), 'one-cycle(0.1, steps=8)');
    expect(made.schedule?.momentum).toBeDefined();
    expect(new RuleOptimizer(resolveOptimizer('adagrad'), 0.1).takeStep().momentum).toBeUndefined();
    made.dispose();
  });

  test('is refused where a function gives no rate', () => {
    const made = new RuleOptimizer(resolveOptimizer('sgd'), (step) => 0.1 - step);
    expect(made.takeStep().rate).toBe(0.1);
    expect(() => made.takeStep()).toThrow(
      /^the rate that the schedule gives for step 1 must be a finite number at least 0; got -0.9$/,
    );
    made.dispose();
  });
});
