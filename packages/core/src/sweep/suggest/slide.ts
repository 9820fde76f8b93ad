import type { SuggestionMethod } from './method.js';

/** Points between the two ends of the interval that slides. */
const GAP = 15;
/** The slopes at its ends count as equal up to this difference. */
const THRESHOLD = 0.005;

/**
 * fastai's `slide` (Novetta's interval rule): an interval slides from the highest rate down until the slopes at its two
 * ends agree. Slopes are per step of the curve, as there.
 */
export const slide: SuggestionMethod = {
  name: 'slide',
  summary: 'where the slope has become even, coming from high rates',
  suggest({ rates, losses }) {
    if (losses.length <= GAP) return null;
    const last = losses.length - 1;
    const slopes = losses.map((_, i) => {
      const from = Math.max(0, i - 1);
      const to = Math.min(last, i + 1);
      return ((losses[to] as number) - (losses[from] as number)) / (to - from);
    });
    let found = last - GAP;
    for (let right = last; right >= GAP; right--) {
      const left = right - GAP;
      if (Math.abs((slopes[right] as number) - (slopes[left] as number)) <= THRESHOLD) break;
      found = left;
    }
    return rates[found] as number;
  },
};
