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
    const shown = {
      sweep: repetition + 1,
      sweeps: repetitions,
      rate: rateText(rate),
      loss: loss === null ? 'not finite' : loss.toPrecision(4),
    };
    const done = repetition * steps + step + 1;
    if (bar) return bar.update(done, shown);
    const format = '{bar} {percentage}% | sweep {sweep}/{sweeps} | rate {rate} | loss {loss}';
    bar = new SingleBar(
      { stream: process.stderr, format, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    bar.start(steps * repetitions, done, shown);
  };
}

/** Takes the bar away and shows the cursor again. Does nothing when no bar was drawn. */
export function restoreTerminal(): void {
  bar?.stop();
  bar = undefined;
}
