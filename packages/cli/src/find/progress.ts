import type { StepEvent } from '@lrfind/finder';
import { rateText } from '../shared/terminal/numbers.js';
import { progressBar } from '../shared/terminal/progress.js';

/** A progress bar over the steps of all sweeps: rate and loss of the latest. */
export function sweepProgress(): (event: StepEvent) => void {
  const show = progressBar('sweep {sweep}/{sweeps} | rate {rate} | loss {loss}');
  return ({ repetition, repetitions, step, steps, rate, loss }) =>
    show(repetition * steps + step + 1, steps * repetitions, {
      sweep: repetition + 1,
      sweeps: repetitions,
      rate: rateText(rate),
      loss: loss === null ? 'not finite' : loss.toPrecision(4),
    });
}
