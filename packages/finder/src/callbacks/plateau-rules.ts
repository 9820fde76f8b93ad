import type { Static } from 'typebox';
import { improvesAsKeras } from './monitored-metric.js';
import type { ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';

/** What the rules remember from epoch to epoch. */
export interface PlateauState {
  /** The best value so far; undefined before the first. */
  readonly best: number | undefined;
  /** Epochs without improvement. */
  readonly wait: number;
  /** Epochs left in which none is counted. */
  readonly cooldown: number;
}

/** From the state, the metric and the rate of an epoch to the state and the rate of the next. */
export type PlateauRules = (
  state: PlateauState,
  value: number,
  rate: number,
) => { readonly state: PlateauState; readonly rate: number };

type Options = Static<typeof ReduceLROnPlateauOptions> & { readonly direction: 'min' | 'max' };

/**
 * Keras's: an epoch improves on the best by more than `minDelta`; the `patience`-th epoch in a row that does not, reduces the
 * rate. The epoch with which a cooldown ends is counted. A first value of NaN stays the best one for good. Keras compares in
 * single precision, which decides where a difference is `minDelta` up to rounding.
 */
export function kerasRules({ direction, factor, patience, minDelta, cooldown, minLr }: Options): PlateauRules {
  const improves = improvesAsKeras(direction, minDelta);
  return ({ best, wait, cooldown: left }, value, rate) => {
    const cooling = Math.max(left - 1, 0);
    const waited = left > 0 ? 0 : wait;
    if (best === undefined || improves(value, best))
      return { state: { best: value, wait: 0, cooldown: cooling }, rate };
    if (cooling > 0) return { state: { best, wait: waited, cooldown: cooling }, rate };
    const bad = waited + 1;
    // At the lowest rate nothing begins anew: Keras goes on counting.
    if (bad < patience || Math.fround(rate) <= Math.fround(minLr)) {
      return { state: { best, wait: bad, cooldown: 0 }, rate };
    }
    return { state: { best, wait: 0, cooldown }, rate: Math.max(rate * factor, minLr) };
  };
}

/**
 * PyTorch's: the threshold is a share of the best value (or absolute); more than `patience` epochs in a row without improvement
 * reduce the rate. The last epoch of a cooldown is not counted. A cooldown begins also where the rate is not changed because
 * the difference would be at most `eps`. NaN is never an improvement.
 */
export function pytorchRules(options: Options): PlateauRules {
  const { direction, factor, patience, threshold, thresholdMode, cooldown, minLr, eps } = options;
  const sign = direction === 'min' ? -1 : 1;
  const improves = (value: number, best: number) => {
    const bar = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
    return direction === 'min' ? value < bar : value > bar;
  };
  return ({ best = -sign * Infinity, wait, cooldown: left }, value, rate) => {
    const improved = improves(value, best);
    const state = {
      best: improved ? value : best,
      wait: improved || left > 0 ? 0 : wait + 1,
      cooldown: Math.max(left - 1, 0),
    };
    if (state.wait <= patience) return { state, rate };
    const lower = Math.max(rate * factor, minLr);
    return { state: { ...state, wait: 0, cooldown }, rate: rate - lower > eps ? lower : rate };
  };
}
