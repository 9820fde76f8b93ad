import type { SuggestionMethod } from './method.js';

/** Points between the two ends of the interval (fastai's `lr_diff`). */
const INTERVAL_POINTS = 15;

/** Slopes that differ by at most this, in loss per point, count as equal (fastai's `thresh`). */
const SLOPE_TOLERANCE = 0.005;

/**
 * fastai's `slide` (Novetta's interval rule): an interval slides down from the highest rate until the slopes at its two
 * ends agree. As in fastai, slopes are per point of the curve.
 */
export const slide: SuggestionMethod = {
  name: 'slide',
  summary: 'where the slope has become even, coming from high rates',
  suggest({ rates, losses }) {
    if (losses.length <= INTERVAL_POINTS) return null;
    const last = losses.length - 1;
    const slopes = losses.map((_, i) => {
      const from = Math.max(0, i - 1);
      const to = Math.min(last, i + 1);
      return ((losses[to] as number) - (losses[from] as number)) / (to - from);
    });
    let found = last - INTERVAL_POINTS;
    for (let right = last; right >= INTERVAL_POINTS; right--) {
      const left = right - INTERVAL_POINTS;
      if (Math.abs((slopes[right] as number) - (slopes[left] as number)) <= SLOPE_TOLERANCE) break;
      found = left;
    }
    return rates[found] as number;
  },
};
