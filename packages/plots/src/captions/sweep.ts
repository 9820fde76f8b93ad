import type { SweepResult } from '@lrfind/core/results';
import { numberText } from '../text/numbers.js';

/** The heading: the answer, or why there is none. */
export function headline({ suggestion, reason }: SweepResult): string {
  if (suggestion === null) return `No suggestion${reason === null ? '' : `: ${reason}`}`;
  const { learningRate, low, high, verdict } = suggestion;
  return `Suggested learning rate ${numberText(learningRate)} (${interval(low, high)}, ${verdict})`;
}

/** What was trained and how often. */
export function subject({ setup, seeds }: SweepResult): string {
  const count = seeds.length === 1 ? '1 seed' : `${seeds.length} seeds`;
  return [setup.model, setup.optimizer.name, setup.loss, count].filter((part) => part !== '').join(' · ');
}

/** Two rates as an interval. */
export function interval(low: number, high: number): string {
  return low === high ? numberText(low) : `${numberText(low)} to ${numberText(high)}`;
}

/** The chart in sentences, for those who cannot see it. */
export function description(run: SweepResult): string {
  const { steepest, divergence, range, diagnosis } = run;
  const sentences = [
    `Loss against learning rate for ${subject(run)}`,
    headline(run),
    steepest && `The loss falls fastest at ${numberText(steepest.rate)}`,
    divergence && `It diverges at ${numberText(divergence.rate)}`,
    range && `Usable range ${interval(range.low, range.high)}`,
    ...diagnosis,
  ].filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '');
  return sentences.map((sentence) => sentence.replace(/\.?$/, '.')).join(' ');
}
