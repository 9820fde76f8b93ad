import { counted } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { sweepShape } from '../curves/sweep-shape.js';
import { rateLabel } from './phrases.js';

/** The suggestion, or why there is none. Of a flat curve, which tells no rate, that it is flat. */
export function sweepTitle(result: SweepResult): string {
  const { suggestion, reason, verification } = result;
  const flat = sweepShape(result).flat && !verification;
  if (suggestion === null) {
    if (flat) return 'The loss does not fall at any learning rate';
    return `No suggestion${reason === null ? '' : `: ${reason}`}`;
  }
  const { learningRate, low, high, verdict, schedule } = suggestion;
  if (flat)
    return `The loss does not fall at any learning rate; ${rateLabel(learningRate)} is a guess (${intervalText(low, high)}, ${verdict})`;
  const name = schedule?.includes('(') ? `peak rate, ${schedule.replace(/\(.*$/, '')}:` : 'learning rate';
  return `Suggested ${name} ${rateLabel(learningRate)} (${intervalText(low, high)}, ${verdict})`;
}

/** Where the curve is cut off; then the model, how it was trained and with how many seeds. */
export function sweepSubtitle(result: SweepResult): string {
  const { setup, sweeps } = result;
  const { cutAtEnd, cutAtStart } = sweepShape(result);
  const cut = cutAtEnd ? 'still falling at the last rate' : cutAtStart ? 'falling from the first rate on' : '';
  const parts = [cut, setup.model, setup.optimizer.name, setup.loss, counted(sweeps.length, 'seed')];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Two rates as an interval. */
export function intervalText(low: number, high: number): string {
  return low === high ? rateLabel(low) : `${rateLabel(low)} to ${rateLabel(high)}`;
}

/** The chart in sentences, for screen readers. */
export function sweepDescription(result: SweepResult): string {
  const { steepest, divergence, criticalRate, range, diagnosis } = result;
  const critical = criticalRate?.rate ?? null;
  const sentences = [
    `Loss against learning rate for ${sweepSubtitle(result)}`,
    sweepTitle(result),
    steepest && `The loss falls fastest at ${rateLabel(steepest.rate)}`,
    divergence && `It diverges at ${rateLabel(divergence.rate)}`,
    critical !== null && `The critical rate of the first update is ${rateLabel(critical)}`,
    range && `Usable range ${intervalText(range.low, range.high)}`,
    ...diagnosis,
  ].filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '');
  return sentences.map((sentence) => sentence.replace(/\.?$/, '.')).join(' ');
}
