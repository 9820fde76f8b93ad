import { rateText } from '@lrfind/core';
import type { StepEvent, TryEvent } from '@lrfind/finder';
import { progressOn } from '../shared/terminal/progress.js';
import { restoreTerminal } from '../shared/terminal/restore.js';

/** A progress bar over the steps of all sweeps, with group, rate and loss of the latest. */
export function sweepProgress(): (event: StepEvent) => void {
  const show = progressOn('sweep {sweep}/{sweeps}{of} | rate {rate} | loss {loss}');
  return ({ group, part, parts, repeat, repeats, step, steps, rate, loss }) =>
    show((part * repeats + repeat) * steps + step + 1, steps * repeats * parts, {
      sweep: part * repeats + repeat + 1,
      sweeps: repeats * parts,
      of: group === null ? '' : ` of ${group}`,
      rate: rateText(rate),
      loss: loss === null ? 'not finite' : loss.toPrecision(4),
    });
}

/** A progress bar over the trainings with which the answer is tried; how many there will be shows only as they go. */
export function tryProgress(schedules: number): (event: TryEvent) => void {
  let show: ReturnType<typeof progressOn> | undefined;
  let steps = 0;
  const taken = new Map<string, number>();
  return ({ rate, seed, step, length, schedule }) => {
    if (!show) restoreTerminal();
    show ??= progressOn('trying {schedule}rates | rate {rate}');
    const training = `${schedule} ${rate} ${seed}`;
    steps += step - (taken.get(training) ?? 0);
    taken.set(training, step);
    const total = schedules * TYPICAL_LENGTHS * length;
    const of = schedule === undefined ? '' : `${schedule}: `;
    show(Math.min(steps, total), total, { schedule: of, rate: rateText(rate) });
  };
}

/** A verification takes about the steps of this many whole trainings. */
const TYPICAL_LENGTHS = 9;
