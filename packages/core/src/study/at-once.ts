import { settled } from '../settled.js';
import type { AbortSignalLike } from './trial.js';

/** The part of an `AbortController` that trials use. */
export interface AbortLike {
  readonly signal: AbortSignalLike;
  abort(reason: unknown): void;
}

/** What the language's own types do not include. */
const { AbortController, AbortSignal } = globalThis as unknown as {
  readonly AbortController: new () => AbortLike;
  readonly AbortSignal: { any(signals: readonly AbortSignalLike[]): AbortSignalLike };
};

/** An abort controller whose signal is aborted along with another, with the reason of that. */
export function abortLinkedTo(other: AbortSignalLike | undefined): AbortLike {
  const own = new AbortController();
  return {
    signal: other ? AbortSignal.any([other, own.signal]) : own.signal,
    abort: (reason) => own.abort(reason),
  };
}

/**
 * Runs tasks, which begin in order, some of them at once.
 *
 * @param most how many at once, at least 1
 * @param stopping is aborted with the first error; no task begins after it
 * @throws the first error, once all tasks that had begun have ended
 */
export async function runAtOnce(
  tasks: readonly (() => Promise<void>)[],
  most: number,
  stopping: AbortLike,
): Promise<void> {
  const waiting = tasks.values();
  const failures: unknown[] = [];
  const takeOn = async () => {
    for (const task of waiting) {
      if (failures.length > 0) return;
      try {
        await task();
      } catch (error) {
        failures.push(error);
        stopping.abort(error);
      }
    }
  };
  await settled(Array.from({ length: Math.min(most, tasks.length) }, takeOn));
  if (failures.length > 0) throw failures[0];
}
