import type { StepEvent } from '@lrfind/finder';
import { Presets, SingleBar } from 'cli-progress';
import { rateText } from './numbers.js';

let bar: SingleBar | undefined;

/**
 * A progress bar on stderr: rate and loss of the latest step, over all repetitions.
 *
 * @returns what to call after each step; call `restoreTerminal` at the end
 */
export function progressBar(): (event: StepEvent) => void {
  return ({ repetition, repetitions, step, steps, rate, loss }) => {
    if (!bar) {
      const format = '{bar} {percentage}% | sweep {sweep}/{sweeps} | rate {rate} | loss {loss}';
      bar = new SingleBar(
        { stream: process.stderr, format, hideCursor: true, clearOnComplete: true },
        Presets.shades_classic,
      );
      bar.start(steps * repetitions, 0);
    }
    bar.update(repetition * steps + step + 1, {
      sweep: repetition + 1,
      sweeps: repetitions,
      rate: rateText(rate),
      loss: loss === null ? 'not finite' : loss.toPrecision(4),
    });
  };
}

/** Takes the bar away and shows the cursor again. Does nothing when no bar was drawn. */
export function restoreTerminal(): void {
  bar?.stop();
  bar = undefined;
}
