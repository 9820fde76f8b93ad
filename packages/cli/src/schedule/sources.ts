import { basename } from 'node:path';
import { InputError } from '@lrfind/core';
import { printSchedule, resolveSchedule, type Schedule } from '@lrfind/core/schedules';
import { type SweepResult } from '@lrfind/core/results';
import { readSweepResult } from '../files/read-result.js';
import type { ScheduleSources } from './options.js';
import { readKerasSchedule } from './keras-file.js';

/** A schedule and what it is called: its text form, after the name of its file if it has one. */
export interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/** Every schedule that stands as text, in the order given. */
export function schedulesOfTexts(texts: readonly string[]): NamedSchedule[] {
  return texts.map((text, i) => {
    try {
      return named(resolveSchedule(text));
    } catch (error) {
      throw error instanceof InputError ? new InputError(`schedule ${i + 1}: ${error.message}`) : error;
    }
  });
}

/** The schedule of every file of Keras's. */
export function schedulesOfKeras(paths: readonly string[]): Promise<NamedSchedule[]> {
  return Promise.all(paths.map(async (path) => named(await readKerasSchedule(path), label(path, paths))));
}

/**
 * What each run says about schedules of so many steps: the one-cycle up to the high end of its usable range, four cycles within that
 * range, and its suggestion as a constant.
 *
 * @throws InputError for a file that is no run, or a run with neither a range nor a suggestion
 */
export async function schedulesOfRuns(paths: ScheduleSources['run'], steps: number): Promise<NamedSchedule[]> {
  const runs = await Promise.all(paths.map(async (path) => scheduleTexts(path, await readSweepResult(path), steps)));
  return runs.flatMap((texts, i) =>
    texts.map((text) => named(resolveSchedule(text), label(paths[i] as string, paths))),
  );
}

function scheduleTexts(path: string, { range, suggestion, reason }: SweepResult, steps: number): string[] {
  // As many digits as the summary of a run shows; the others would only look as if they were known.
  const short = (rate: number) => Number(rate.toPrecision(3));
  const texts: string[] = [];
  if (range) {
    const [low, high] = [short(range.low), short(range.high)];
    // Smith (2015) advises four cycles or more: a cycle is twice as long as its rise.
    texts.push(
      `one-cycle(${high}, steps=${steps})`,
      `cyclical(${low}, ${high}, up=${Math.max(1, Math.round(steps / 8))})`,
    );
  }
  if (suggestion) texts.push(`constant(${short(suggestion.learningRate)})`);
  if (texts.length > 0) return texts;
  throw new InputError(`--run: ${path} has neither a usable range nor a suggestion${reason ? `: ${reason}` : ''}`);
}

/** A file's name, or its path where another file has the same name. */
function label(path: string, all: readonly string[]): string {
  return all.filter((other) => basename(other) === basename(path)).length > 1 ? path : basename(path);
}

function named(schedule: Schedule, file?: string): NamedSchedule {
  const text = printSchedule(schedule);
  return { name: file === undefined ? text : `${file}: ${text}`, schedule };
}
