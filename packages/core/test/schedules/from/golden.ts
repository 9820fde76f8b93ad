import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import type { Schedule } from '../../../src/schedules/schedule.js';

/** A schedule of another library, step by step; fixtures/schedules/golden.py says how they were made. */
export interface Golden {
  library: keyof typeof from;
  name: string;
  parameters: Record<string, unknown>;
  /** Of Keras alone: what its schedule saves, by itself and with its class. */
  config?: { name: string };
  serialized?: { class_name: string; config: object };
  steps: number[];
  rates: number[];
  momenta?: number[];
}

const url = new URL('../../../../../fixtures/schedules/golden.json', import.meta.url);
export const goldens: readonly Golden[] = JSON.parse(readFileSync(url, 'utf8')).cases;

/** What the Python functions among the parameters are in JavaScript. */
const functions: Record<string, (t: number) => number> = {
  'lambda t: 0.95': () => 0.95,
  'lambda t: 0.95 ** t': (t) => 0.95 ** t,
  'lambda t: t // 3': (t) => Math.floor(t / 3),
  'lambda t: 1 / (1 + t)': (t) => 1 / (1 + t),
  'lambda x: 1 / x': (x) => 1 / x,
  'lambda x: 0.99 ** x': (x) => 0.99 ** x,
};

/** The same parameters, with functions in place of their Python source. */
export function withFunctions(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('lambda ')) {
    if (!functions[value]) throw new Error(`no translation of ${value}`);
    return functions[value];
  }
  if (Array.isArray(value)) return value.map(withFunctions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFunctions(inner)]));
}

/** The schedule that `from` makes in place of the library's. */
export function madeFrom({ library, name, parameters }: Golden): Schedule {
  return from[library](name, withFunctions(parameters) as Record<string, unknown>);
}

/**
 * Compares in float64: both sides compute in it. Other orders of the same operations, and PyTorch's products step by step, differ
 * by some units in the last place of the highest rate.
 */
export function expectEqual(values: readonly number[], expected: readonly number[]): void {
  const scale = Math.max(...expected);
  const errors = expected.map((value, i) => Math.abs((values[i] as number) - value) / scale);
  expect(values).toHaveLength(expected.length);
  expect(Math.max(...errors)).toBeLessThan(1e-14);
}
