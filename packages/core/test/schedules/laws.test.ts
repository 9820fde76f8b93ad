import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { holdsSchedules } from '../../src/schedules/parameters.js';
import { scheduleKinds, scheduleNamed } from '../../src/schedules/registry.js';
import { resolveSchedule } from '../../src/schedules/resolve.js';
import type { ScheduleConfig, ScheduleKind, ScheduleSpan } from '../../src/schedules/schedule.js';
import { printSchedule } from '../../src/schedules/text/print.js';
import { samples } from './samples.js';

const steps = [0, 0.5, 1, 2, 3, 4, 4.999, 5, 7, 8, 9, 10, 11, 12.5, 13, 19, 20, 21, 50, 1000, 123456.75];
const parametersOf = (kind: ScheduleKind) => Object.entries(kind.parameters.properties) as [string, TSchema][];
const defaultOf = (schema: TSchema) => (schema as { default?: unknown }).default;

test('names are unique, in lower case, and have a summary', () => {
  expect(new Set(scheduleKinds.map(({ name }) => name)).size).toBe(scheduleKinds.length);
  for (const { name, summary } of scheduleKinds) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(summary).toMatch(/^[a-z].{10,}[^.]$/);
  }
});

test.each(scheduleKinds)(
  '$name declares its parameters with descriptions, and defaults that its own schema allows',
  (kind) => {
    expect(kind.parameters).toMatchObject({ additionalProperties: false });
    for (const [name, schema] of parametersOf(kind)) {
      expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
      expect(schema).toMatchObject({ description: expect.stringMatching(/^[^.].{8,}[^.]$/) });
      if (defaultOf(schema) !== undefined) expect(Value.Check(schema, defaultOf(schema))).toBe(true);
    }
  },
);

test.each(scheduleKinds)(
  '$name takes everything without a name into one list, or in order with the required ones first',
  (kind) => {
    const { rest } = kind;
    if (rest)
      expect(holdsSchedules((kind.parameters.properties as Record<string, TSchema>)[rest] as TSchema)).toBe('many');
    else {
      const required = parametersOf(kind).map(([name, schema]) => {
        return kind.parameters.required?.includes(name) && defaultOf(schema) === undefined;
      });
      expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
    }
  },
);

test('every kind has a sample, and every parameter that has a JSON form a sample away from its default', () => {
  for (const kind of scheduleKinds) {
    const own = samples.filter(({ name }) => name === kind.name);
    expect(own).not.toEqual([]);
    for (const [name, schema] of parametersOf(kind)) {
      if (kind.name === 'one-cycle' && name === 'cycleMomentum') continue;
      const others = own.filter((sample) => name in sample && sample[name] !== defaultOf(schema));
      expect([name, others.length > 0 || 'function' in schema]).toEqual([name, true]);
    }
  }
});

describe.each(samples)('$name %j', (sample) => {
  const { name } = sample;
  const kind = scheduleNamed(name);
  const schedule = resolveSchedule(sample);
  const rates = steps.map(schedule);

  test('is finite and not negative at every step', () => {
    for (const rate of rates) {
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThan(Infinity);
    }
  });

  test('gives the same again, in any order', () => {
    expect([...steps].reverse().map(schedule).reverse()).toEqual(rates);
    expect(steps.map(resolveSchedule(sample))).toEqual(rates);
  });

  test('has before step 0 what it has there', () => {
    for (const step of [-0, -1e-9, -1, -1000]) {
      expect(schedule(step)).toBe(rates[0]);
      expect(schedule.momentum?.(step)).toBe(schedule.momentum?.(0));
    }
  });

  test('has momenta from 0 to 1, if any', () => {
    for (const momentum of schedule.momentum ? steps.map(schedule.momentum) : []) {
      expect(momentum).toBeGreaterThanOrEqual(0);
      expect(momentum).toBeLessThanOrEqual(1);
    }
  });

  test('says how many steps show it, and stays as it is from there on if it ends', () => {
    const { steps: until, ends } = schedule.span as ScheduleSpan;
    expect(until).toBeGreaterThanOrEqual(0);
    expect(until).toBeLessThan(Infinity);
    for (const step of ends ? steps : []) expect(schedule(until + step)).toBe(schedule(until));
  });

  test('has a config with every parameter that is not optional, which makes the same schedule after a trip through JSON', () => {
    expect(Object.keys(schedule.config ?? {})).toEqual(expect.arrayContaining(kind.parameters.required as string[]));
    const json = JSON.parse(JSON.stringify(schedule.config));
    expect(json).toEqual(schedule.config);
    const again = resolveSchedule(json);
    expect(steps.map(again)).toEqual(rates);
    expect(again.config).toEqual(schedule.config);
    expect(schedule.momentum && steps.map(schedule.momentum)).toEqual(again.momentum && steps.map(again.momentum));
  });

  test('has a text that makes the same schedule and is printed again as it was', () => {
    const text = printSchedule(schedule);
    const again = resolveSchedule(text);
    expect(again.config).toEqual(schedule.config);
    expect(steps.map(again)).toEqual(rates);
    expect(printSchedule(again.config as ScheduleConfig)).toBe(text);
  });

  test('refuses an unknown parameter, and each required one that is missing, by name', () => {
    expect(() => resolveSchedule({ ...sample, ratee: 1 })).toThrow(new RegExp(`unknown option ${name}.ratee`));
    for (const [parameter, schema] of parametersOf(kind)) {
      if (!kind.parameters.required?.includes(parameter) || defaultOf(schema) !== undefined) continue;
      const { [parameter]: _, ...without } = sample as Record<string, unknown>;
      expect(() => resolveSchedule({ ...without, name })).toThrow(new RegExp(`^${name}.${parameter} must be given: `));
    }
  });

  test.each(parametersOf(kind))('refuses a %s of another type, saying what came', (parameter) => {
    const error = thrown(() => resolveSchedule({ ...sample, [parameter]: { wrong: true } }));
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain('{"wrong":true}');
  });
});

describe('join', () => {
  const parts = ['cosine(0.1, steps=9)', 'exponential(0.2, steps=3, factor=0.5)', 'cyclical(0.01, 0.1, 4)'];
  const joined = resolveSchedule({ name: 'join', schedules: parts, at: [5, 11.5] });

  test('agrees with its parts, each at the steps since its boundary', () => {
    const [first, second, third] = parts.map((part) => resolveSchedule(part));
    for (const step of steps) {
      const expected = step < 5 ? first?.(step) : step < 11.5 ? second?.(step - 5) : third?.(step - 11.5);
      expect(joined(step)).toBe(expected);
    }
  });
});

describe('product', () => {
  test('agrees with its factors', () => {
    const factors = ['cosine(0.1, steps=9)', 'exponential(2, steps=3, factor=0.5)'].map((part) =>
      resolveSchedule(part),
    );
    const product = resolveSchedule({ name: 'product', schedules: factors });
    for (const step of steps) {
      expect(product(step)).toBe((factors[0]?.(step) as number) * (factors[1]?.(step) as number));
    }
  });
});

describe('the steps that show a schedule', () => {
  test.each<[string, number, boolean]>([
    ['0.1', 0, true],
    ['cosine(0.1, steps=900, warmup=100)', 1000, true],
    ['cosine(0.1, steps=900, warmup=100, hold=false)', 1900, false],
    ['one-cycle(0.1, steps=1000)', 999, true],
    ['polynomial(0.1, steps=50)', 50, true],
    ['tanh(0.1, steps=50)', 50, true],
    ['warmup-stable-decay(0.1, warmup=1, stable=2, decay=4)', 7, true],
    // The step of the boundary has the earlier rate, the one after it the later.
    ['piecewise-constant([0.1, 0.01], at=100)', 101, true],
    ['piecewise-constant([0.1, 0.01], at=100.5)', 101, true],
    ['piecewise-constant([0.1, 0.01], at=100, side=later)', 100, true],
    ['warmup(cosine(0.1, steps=900), steps=100)', 1000, true],
    ['warmup(cosine(0.1, steps=900), steps=100, overlap=true)', 900, true],
    ['warmup(0.1, steps=100)', 100, true],
    ['join(0.1, cosine(0.1, steps=900), at=100)', 1000, true],
    ['join(cosine(0.1, steps=900), cyclical(0.01, 0.1, up=10), at=100)', 100 + 4 * 20, false],
    ['product(polynomial(0.1, steps=50), cosine(1, steps=70))', 70, true],
    // Three stairs of a tenth are a thousandth; three of a half are an eighth, so a hundredth takes more.
    ['exponential(0.1, steps=30, factor=0.1, staircase=true)', 90, false],
    ['exponential(0.1, steps=30, factor=0.5)', (30 * Math.log(0.01)) / Math.log(0.5), false],
    ['exponential(0.1, steps=30, factor=1)', 3000, false],
    // 1 / (1 + 0.5 · 18) is a tenth.
    ['inverse-time(0.1, steps=10, decay=0.5)', 180, false],
    ['inverse-time(0.1, steps=10, decay=0)', 1000, false],
    ['inverse-sqrt(0.1, timescale=10)', 100, false],
    // Cosines of 10, 20 and 40 steps.
    ['cosine-restarts(0.1, steps=10)', 70, false],
  ])('%s', (text, until, ends) => {
    const { span } = resolveSchedule(text);
    expect(span?.steps).toBeCloseTo(until, 9);
    expect(span?.ends).toBe(ends);
  });

  test('are not known where a function is part of it', () => {
    const own = (step: number) => 0.1 / (1 + step);
    expect(resolveSchedule(own).span).toBeUndefined();
    expect(resolveSchedule({ name: 'product', schedules: [own, 0.1] }).span).toBeUndefined();
    expect(resolveSchedule({ name: 'join', schedules: [own, 0.1], at: [5] }).span).toEqual({ steps: 5, ends: true });
  });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('was accepted');
}
