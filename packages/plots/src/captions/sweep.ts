import { counted, numberText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';

/** The suggestion, or why there is none. */
export function sweepTitle({ suggestion, reason }: SweepResult): string {
  if (suggestion === null) return `No suggestion${reason === null ? '' : `: ${reason}`}`;
  const { learningRate, low, high, verdict, schedule } = suggestion;
  const name = schedule?.includes('(') ? `peak rate, ${schedule.replace(/\(.*$/, '')}:` : 'learning rate';
  return `Suggested ${name} ${numberText(learningRate, 3)} (${intervalText(low, high)}, ${verdict})`;
}

/** The model, how it was trained and with how many seeds. */
export function sweepSubtitle({ setup, sweeps }: SweepResult): string {
  const parts = [setup.model, setup.optimizer.name, setup.loss, counted(sweeps.length, 'seed')];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Two rates as an interval. */
export function intervalText(low: number, high: number): string {
  return low === high ? numberText(low, 3) : `${numberText(low, 3)} to ${numberText(high, 3)}`;
}

/** The chart in sentences, for screen readers. */
export function sweepDescription(result: SweepResult): string {
  const { steepest, divergence, criticalRate, range, diagnosis } = result;
  const critical = criticalRate?.rate ?? null;
  const sentences = [
    `Loss against learning rate for ${sweepSubtitle(result)}`,
    sweepTitle(result),
    steepest && `The loss falls fastest at ${numberText(steepest.rate, 3)}`,
    divergence && `It diverges at ${numberText(divergence.rate, 3)}`,
    critical !== null && `The critical rate of the first update is ${numberText(critical, 3)}`,
    range && `Usable range ${intervalText(range.low, range.high)}`,
    ...diagnosis,
  ].filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '');
  return sentences.map((sentence) => sentence.replace(/\.?$/, '.')).join(' ');
}
