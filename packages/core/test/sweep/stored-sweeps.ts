import type { Sweep } from '../../src/results/sweep.js';

/** The sweeps of several seeds that have these losses. */
export function toSweeps(rates: readonly number[], sweeps: readonly (readonly (number | null)[])[]): Sweep[] {
  return sweeps.map((losses, seed) => ({
    seed,
    points: losses.map((loss, step) => ({ step, rate: rates[step] as number, loss })),
    stopped: losses.at(-1) === null ? 'not-finite' : losses.length < rates.length ? 'diverged' : 'end',
  }));
}
