import type { Comparison } from '@lrfind/core/results';
import type { Journal, JournalEntry } from '@lrfind/core/study';
import { type CompareOptions, compare } from '@lrfind/finder';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);

/** Points of the plane, and a height for each. */
export const data = { xs: rows, ys: rows.map(([x = 0, y = 0]) => [x * y]) };

/** A small network that has dropout, so that seeds matter. */
export function smallModel(units = 8): LayersModel {
  return sequential({
    name: 'small',
    layers: [
      layers.dense({ name: 'a', units, activation: 'tanh', inputShape: [2] }),
      layers.dropout({ name: 'b', rate: 0.1 }),
      layers.dense({ name: 'c', units: 1 }),
    ],
  });
}

/** So many trials with rates between 1e-4 and 1. */
export function rates(count: number): { learningRate: number; name: string }[] {
  return Array.from({ length: count }, (_, i) => ({ learningRate: 10 ** (-4 + (4 * i) / count), name: `trial ${i}` }));
}

/** Compares, with weights that are drawn. */
export function study(options: Partial<CompareOptions>, model = smallModel()): Promise<Comparison> {
  return compare(model, data, {
    ...{ trials: rates(4), steps: 20, repeats: 1, initialWeights: 'drawn', loss: 'meanSquaredError' },
    ...options,
  });
}

/** A journal that remembers what it was given. */
export function rememberedJournal(): Journal & { readonly entries: JournalEntry[] } {
  const entries: JournalEntry[] = [];
  return {
    entries,
    open: async () => [...entries],
    async add(entry) {
      entries.push(entry);
    },
  };
}

/** A result as text, without times. */
export function untimed(result: unknown): string {
  return JSON.stringify(result, (key, value: unknown) =>
    ['seconds', 'msPerStep', 'started'].includes(key) ? null : value,
  );
}
