/** What is expected of a way to run a function, as long as it is not measured. Times are milliseconds. */
export interface Expectation {
  /** Its time by that of the best way so far. */
  readonly ratio: number;
  /** What its first call takes besides. */
  readonly setup: number;
}

/** Which of several ways the next call of a function takes. */
export interface WayChoice {
  /** The fastest way so far, of those that are not on trial. */
  readonly best: number;
  /**
   * @param now a clock's milliseconds, at the beginning of the call
   * @returns the number of the way
   */
  next(now: number): number;
}

/** So many calls make a median that one slow call does not move. */
const SAMPLES = 7;

/**
 * A way is measured for so many milliseconds at least: the first calls of each take longer than later ones (0.40 in place of 0.19 ms
 * for a small network and 0.3 in place of 0.08 by XLA), and the last ones are what counts.
 */
const TRIAL = 20;

/** The first calls take up to twice as long as later ones (2.3 in place of 1.2 ms for an LSTM), and say nothing of these. */
const COLD = 8;

/**
 * Decides by what calls cost. The first way is the first to be measured. Another is tried as soon as the calls that are left
 * would save more than its set-up is likely to take, so that a short run never pays for what only a long one earns back;
 * what turns out slower is given up.
 *
 * @param ways what to expect of each; the first one's ratio and set-up are not looked at
 * @param calls how many calls to expect; undefined when nobody knows, and then a set-up may cost as much again as was
 *   spent without it
 * @param learn told what the set-up of a way took, once it was tried
 */
export function wayChoice(
  ways: readonly Expectation[],
  calls: number | undefined,
  learn: (way: number, setup: number) => void = () => {},
): WayChoice {
  const spent: number[][] = ways.map(() => []);
  const elapsed: number[] = ways.map(() => 0);
  const untried = new Set([...ways.keys()].slice(1));
  let current = 0;
  let best = 0;
  let settled = ways.length === 1;
  let made = 0;
  let before: number | undefined;

  const typical = (way: number) => median(spent[way]?.slice(way === 0 ? 0 : 1) ?? []);
  const isWorth = (way: number, time: number): boolean => {
    const { ratio, setup } = ways[way] as Expectation;
    // What is slower costs its trial for nothing.
    const cost = setup + TRIAL;
    return calls === undefined ? made * time > cost : (calls - made) * (1 - ratio) * time > cost;
  };
  const decide = (): number => {
    const samples = spent[current] as number[];
    const isMeasured = samples.length > SAMPLES && (elapsed[current] as number) >= TRIAL;
    if (!isMeasured) return current;
    if (current !== best) {
      learn(current, Math.max(0, (samples[0] as number) - typical(current)));
      if (typical(current) < typical(best)) best = current;
    }
    for (const way of untried) {
      if (!isWorth(way, typical(best))) continue;
      untried.delete(way);
      return way;
    }
    // With every call there is less to save, unless nobody knows how many there will be.
    settled = untried.size === 0 || calls !== undefined;
    return best;
  };

  return {
    get best() {
      return best;
    },
    next(now) {
      if (!settled) {
        if (before !== undefined && made > COLD) {
          // From one call to the next, because on a GPU a call returns before it is done.
          const samples = spent[current] as number[];
          samples.push(now - before);
          if (samples.length > 1) elapsed[current] = (elapsed[current] as number) + now - before;
          // A way's first call, with its set-up, is kept.
          if (samples.length > 2 * SAMPLES) samples.splice(1, 1);
        }
        before = now;
        made += 1;
        current = decide();
      }
      return current;
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
