/** What to expect of an execution mode until it is measured. Times are milliseconds. */
export interface ModeEstimate {
  /** How much a call is likely to save, from the time of a call in the fastest mode so far. */
  readonly saving: (time: number) => number;
  /** How much longer its first call takes. */
  readonly setup: number;
}

/** Chooses the execution mode of each call of a function. */
export interface ModeTuner {
  /** The index of the fastest mode so far. A mode that is being measured does not count yet. */
  readonly best: number;
  /**
   * The mode of the next call.
   *
   * @param now milliseconds of a clock at the beginning of the call
   * @returns the index of the mode
   */
  next(now: number): number;
}

/** Number of calls whose median a single slow call does not change. */
const SAMPLES = 7;

/**
 * A mode is measured for at least this long, because its first calls take longer than later ones, and the last calls
 * are what counts: 0.40 ms instead of 0.19 for a small network, and 0.3 instead of 0.08 with XLA.
 */
const MIN_TRIAL_MS = 20;

/**
 * Calls that are not measured: the first ones take up to twice as long as later ones, 2.3 ms instead of 1.2 for an
 * LSTM.
 */
const WARM_UP_CALLS = 8;

/**
 * Chooses by measured times. It measures the first mode first. It tries another one as soon as the remaining calls
 * would save more than its setup is likely to take, so that a short run never pays for what only a long one recovers. A
 * mode that turns out to be slower is not used again.
 *
 * @param modes an estimate for each mode; that of the first is ignored
 * @param calls number of calls to expect; undefined when it is unknown: then as many are expected as there were
 * @param onSetup gets the setup time of a mode once it was measured
 */
export function modeTuner(
  modes: readonly ModeEstimate[],
  calls: number | undefined,
  onSetup: (mode: number, setup: number) => void = () => {},
): ModeTuner {
  const samples: number[][] = modes.map(() => []);
  const elapsed: number[] = modes.map(() => 0);
  const untried = new Set([...modes.keys()].slice(1));
  let current = 0;
  let best = 0;
  let settled = modes.length === 1;
  let started = 0;
  let previous: number | undefined;

  /** Without the first sample of a later mode, which contains its setup. */
  const timeOf = (mode: number) => median(samples[mode]?.slice(mode === 0 ? 0 : 1) ?? []);
  const isWorthTrying = (mode: number, bestTime: number): boolean => {
    const { saving, setup } = modes[mode] as ModeEstimate;
    const expected = calls === undefined ? started : calls - started;
    // If the mode is slower, its trial is wasted.
    return expected * saving(bestTime) > setup + MIN_TRIAL_MS;
  };
  const decide = (): number => {
    const currentSamples = samples[current] as number[];
    const isMeasured = currentSamples.length > SAMPLES && (elapsed[current] as number) >= MIN_TRIAL_MS;
    if (!isMeasured) return current;
    if (current !== best) {
      onSetup(current, Math.max(0, (currentSamples[0] as number) - timeOf(current)));
      if (timeOf(current) < timeOf(best)) best = current;
    }
    for (const mode of untried) {
      if (!isWorthTrying(mode, timeOf(best))) continue;
      untried.delete(mode);
      return mode;
    }
    // With each call there is less to save, unless the number of calls is unknown.
    settled = untried.size === 0 || calls !== undefined;
    return best;
  };

  return {
    get best() {
      return best;
    },
    next(now) {
      if (!settled) {
        if (previous !== undefined && started > WARM_UP_CALLS) {
          // From the start of one call to that of the next, because on a GPU a call returns before it is done.
          const currentSamples = samples[current] as number[];
          currentSamples.push(now - previous);
          if (currentSamples.length > 1) elapsed[current] = (elapsed[current] as number) + now - previous;
          // Drops the oldest sample, but keeps the first, which contains the setup.
          if (currentSamples.length > 2 * SAMPLES) currentSamples.splice(1, 1);
        }
        previous = now;
        started += 1;
        current = decide();
      }
      return current;
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
