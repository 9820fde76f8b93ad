import { improvesAsKeras } from './monitored-metric.js';

/** What the rules store from epoch to epoch. */
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

/** What the rules need; `reduceLROnPlateau` describes each. */
export interface PlateauOptions {
  readonly direction: 'min' | 'max';
  readonly factor: number;
  readonly patience: number;
  readonly cooldown: number;
  readonly minLr: number;
  readonly minDelta: number;
  readonly threshold: number;
  readonly thresholdMode: 'rel' | 'abs';
  readonly eps: number;
}

/**
 * Keras's rules: an epoch improves when it beats the best by more than `minDelta`; the `patience`-th epoch in a row without
 * improvement reduces the rate. The last epoch of a cooldown is counted. A first value of NaN stays the best one. Keras
 * compares in single precision, which matters where a difference equals `minDelta` up to rounding.
 */
export function kerasRules({ direction, factor, patience, minDelta, cooldown, minLr }: PlateauOptions): PlateauRules {
  const improves = improvesAsKeras(direction, minDelta);
  return ({ best, wait, cooldown: left }, value, rate) => {
    const cooling = Math.max(left - 1, 0);
    const waited = left > 0 ? 0 : wait;
    if (best === undefined || improves(value, best))
      return { state: { best: value, wait: 0, cooldown: cooling }, rate };
    if (cooling > 0) return { state: { best, wait: waited, cooldown: cooling }, rate };
    const bad = waited + 1;
    // At the lowest rate Keras keeps counting.
    if (bad < patience || Math.fround(rate) <= Math.fround(minLr)) {
      return { state: { best, wait: bad, cooldown: 0 }, rate };
    }
    return { state: { best, wait: 0, cooldown }, rate: Math.max(rate * factor, minLr) };
  };
}

/**
 * PyTorch's rules: the threshold is a share of the best value, or absolute; more than `patience` epochs in a row without
 * improvement reduce the rate. The last epoch of a cooldown is not counted. A cooldown also begins where the rate stays
 * because it would change by at most `eps`. NaN is never an improvement.
 */
export function pytorchRules(options: PlateauOptions): PlateauRules {
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
