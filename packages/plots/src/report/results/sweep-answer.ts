import type { SweepResult } from '@lrfind/core/results';
import { rateText } from '../texts.js';
import type { Answer } from './kind.js';

/** What a verdict means to somebody who only wants to train. */
const sureness = {
  sure: 'The answer is sure: the loss falls clearly and the sweeps agree.',
  fair: 'The answer is fairly sure: a neighbouring rate may be a little better.',
  unsure: 'The answer is unsure: take it as a starting point and try rates around it.',
} as const;

/** The suggested rate in sentences, or why there is none. */
export function sweepAnswer({ suggestion, reason, range }: SweepResult): Answer {
  const usable =
    range &&
    `A schedule that changes the rate during training, such as a cyclical or one-cycle schedule, may move between ${rateText(range.low)} and ${rateText(range.high)}.`;
  const rest = (sentences: (string | null)[]) => sentences.filter((sentence) => sentence !== null);
  if (!suggestion)
    return { lead: `No learning rate can be suggested${reason ? `: ${reason}` : ''}.`, rest: rest([usable]) };
  const { learningRate, low, high, verdict } = suggestion;
  return {
    lead: `Train with a learning rate of ${rateText(learningRate)}.`,
    rest: rest([
      `The best constant rate is expected between ${rateText(low)} and ${rateText(high)}.`,
      sureness[verdict],
      usable,
    ]),
  };
}
