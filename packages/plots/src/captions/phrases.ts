import { countText, numberText } from '@lrfind/core';
import { type TimeUnit, timeOf } from '../curves/training-time.js';

/** An evaluation by its time: `epoch 14`, `step 1,200`. */
export function evaluationText(evaluation: { step: number; epoch: number }, unit: TimeUnit): string {
  return `${unit} ${timeText(timeOf(evaluation, unit))}`;
}

/** A length of time: `20 epochs`, `1 step`. */
export function durationText(time: number, unit: TimeUnit): string {
  const text = timeText(time);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

function timeText(time: number): string {
  return countText(Number(time.toFixed(1)));
}

/** A learning rate, typeset with three digits, as everywhere in charts: `0.00286`, `6.28×10⁻⁴`. */
export function rateLabel(rate: number): string {
  return numberText(rate, 3);
}

/** Passes over the rows with up to two decimals: `3`, `2.25`. */
export function epochText(epoch: number): string {
  return String(Number(epoch.toFixed(2)));
}

/**
 * A measured number, typeset: `0.0891`, `289,000`; `not finite` for what is not a finite number.
 *
 * @param digits significant digits; trailing zeros are left out
 */
export function finiteText(value: number | null | undefined, digits = 3): string {
  if (!Number.isFinite(value)) return 'not finite';
  const size = Math.abs(value as number);
  if (size < 1e4 || size >= 1e7) return numberText(value as number, digits);
  return (value as number).toLocaleString('en-US', { maximumSignificantDigits: digits }).replace('-', '−');
}

/** The learning rate of a recipe: a constant rate with at most four digits, a schedule as it was written. */
export function recipeRateText(text: string): string {
  const rate = Number(text);
  return rate > 0 ? numberText(rate, 4) : text;
}
