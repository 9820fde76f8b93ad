import { mean, median, square } from '../statistics.js';

/** Share of a sweep whose rates are too low to change the loss. */
const BASELINE_SHARE = 0.15;

/**
 * The number of first steps that show the loss before it changes.
 *
 * @param steps number of rates in a whole sweep
 */
export function baselineLength(steps: number): number {
  return Math.max(5, Math.round(BASELINE_SHARE * steps));
}

/**
 * The second rate of a sweep whose rates leave out the start of its range, as linear spacing does over several decades:
 * hardly any lies where the loss has not changed yet. Undefined where the rates are spaced by equal factors.
 *
 * @param rates of a whole sweep, rising, at least 2
 */
export function jumpAtStart(rates: readonly number[]): number | undefined {
  const [first, second] = rates as [number, number];
  const [before, last] = rates.slice(-2) as [number, number];
  const logs = (from: number, to: number) => Math.log(to) - Math.log(from);
  const jumps =
    logs(first, second) > BASELINE_SHARE * logs(first, last) && logs(first, second) > 2 * logs(before, last);
  return jumps ? second : undefined;
}

/**
 * A loss that moves this far within the baseline, by a factor, has been moved by the rates and not by the choice of the batch: up
 * for a moment, or down for good.
 */
const BREAKS = { up: 1e4, down: 100 } as const;

/**
 * How the first rates already change the loss by orders of magnitude, in at least half of the sweeps; null where they do not.
 * After an explosion the model is another one: units that a huge step has switched off stay off. After a fall it is that, or
 * trained.
 *
 * @param sweeps the losses of each seed, those of a step that was not taken +∞
 * @param steps number of rates in a whole sweep
 */
export function breakAtStart(sweeps: readonly (readonly number[])[], steps: number): 'explodes' | 'falls' | null {
  const before = median(sweeps.map(([first]) => first as number));
  if (!(before > 0 && before < Infinity)) return null;
  const heads = sweeps.map((losses) => losses.slice(1, baselineLength(steps)).filter(Number.isFinite));
  const seen = heads
    .filter(({ length }) => length > 0)
    .map((losses) => {
      const level = median(losses.slice(Math.floor(losses.length / 2)));
      if (Math.max(...losses) >= BREAKS.up * Math.max(before, level)) return 'explodes';
      return level >= 0 && level <= before / BREAKS.down ? 'falls' : null;
    });
  const inHalf = (...kinds: string[]) =>
    seen.filter((kind) => kind && kinds.includes(kind)).length >= sweeps.length / 2;
  if (inHalf('explodes')) return 'explodes';
  return inHalf('explodes', 'falls') ? 'falls' : null;
}

/** A sweep with fewer finite losses does not show whether the loss rose before it was NaN or infinite. */
const LEAST_CALM_LOSSES = 3;

/**
 * Whether in at least half of the sweeps the loss became NaN or infinite although the one before was no higher than those of the
 * baseline, and that at rates further apart than the baseline is long. A rate that is too high lets the loss rise first, or does
 * it at about the same rate in all sweeps.
 *
 * @param sweeps the losses of each seed, those of a step that was not taken +∞
 * @param tops the highest loss of each sweep; +∞ if a loss was not finite
 */
export function endsByChance(sweeps: readonly (readonly number[])[], tops: readonly number[]): boolean {
  const ends = sweeps.flatMap((losses, i) => {
    const finite = losses.filter(Number.isFinite);
    if (tops[i] !== Number.POSITIVE_INFINITY || finite.length < LEAST_CALM_LOSSES) return [];
    const highest = Math.max(...finite.slice(0, -1).slice(0, baselineLength(losses.length)));
    return (finite.at(-1) as number) <= highest ? [finite.length] : [];
  });
  return (
    ends.length >= sweeps.length / 2 && Math.max(...ends) - Math.min(...ends) > baselineLength(sweeps[0]?.length ?? 0)
  );
}

/** The loss before the rates are high enough to change it. */
export interface Baseline {
  /** Mean loss. */
  readonly level: number;
  /** Standard deviation of the loss from batch to batch. */
  readonly noise: number;
}

/**
 * The baseline of several sweeps.
 *
 * @param sweeps the losses of each seed; losses that are not finite are left out
 * @param steps number of rates in a whole sweep
 * @returns the mean level and the median noise over seeds; NaN when no seed has a finite loss at the start
 */
export function baselineOf(sweeps: readonly (readonly number[])[], steps: number): Baseline {
  const starts = sweeps.map((losses) => losses.slice(0, baselineLength(steps)).filter(Number.isFinite));
  const baselines = starts.filter((losses) => losses.length > 0).map(levelAndNoise);
  return { level: mean(baselines.map(({ level }) => level)), noise: median(baselines.map(({ noise }) => noise)) };
}

/** The mean of losses and their population standard deviation. */
export function levelAndNoise(losses: readonly number[]): Baseline {
  const level = mean(losses);
  return { level, noise: Math.sqrt(mean(losses.map((value) => square(value - level)))) };
}
