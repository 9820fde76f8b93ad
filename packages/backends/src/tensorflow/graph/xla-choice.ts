/** Which of two ways the next call of a function takes: interpreted by TensorFlow's executor, or compiled further by XLA. */
export interface XlaChoice {
  /** @param now a clock's milliseconds, at the beginning of the call */
  next(now: number): 'executor' | 'xla';
}

/** So many calls make a median that one slow call does not move. */
const SAMPLES = 7;

/** The first calls take up to twice as long as later ones (2.3 in place of 1.2 ms for an LSTM), and say nothing of these. */
const COLD = 8;

/**
 * XLA's part of the executor's time, as long as it is not measured: 0.27 to 0.55 on dense, normalised and recurrent networks
 * (two cores).
 */
const LIKELY_RATIO = 0.5;

/** Milliseconds that XLA takes to compile one operation: 8 to 11 were seen; then what it took last in this process. */
let compileTime = 10;

/**
 * Decides by what calls cost. XLA compiles for seconds, which only a long run earns back: it is chosen as soon as the calls
 * that are left would save more than the compilation is likely to take, and given up when it turns out to be slower.
 *
 * @param calls how many calls to expect; undefined when nobody knows, and then the compilation may cost as much again as
 *   was spent without it
 * @param operations how many operations the function has
 * @param possible false where XLA is known to be slower or not to work at all
 */
export function xlaChoice(calls: number | undefined, operations: number, possible: boolean): XlaChoice {
  const spent: Record<Way, number[]> = { executor: [], xla: [] };
  let way: Way = 'executor';
  let settled = !possible;
  let made = 0;
  let before: number | undefined;

  const decide = (): Way => {
    const executor = median(spent.executor);
    if (way === 'xla') {
      if (spent.xla.length < SAMPLES + 1) return 'xla';
      settled = true;
      const [first = 0, ...others] = spent.xla;
      compileTime = Math.max(0, first - median(others)) / operations;
      return median(others) < executor ? 'xla' : 'executor';
    }
    if (spent.executor.length < SAMPLES) return 'executor';
    const cost = compileTime * operations;
    const saved = (1 - LIKELY_RATIO) * executor;
    const worth = calls === undefined ? made * executor > cost : (calls - made) * saved > cost;
    return worth ? 'xla' : 'executor';
  };

  return {
    next(now) {
      if (before !== undefined && made > COLD) {
        // From one call to the next, because on a GPU a call returns before it is done.
        const list = spent[way];
        list.push(now - before);
        // The first call by XLA, which compiles, is kept.
        if (list.length > 2 * SAMPLES) list.splice(1, 1);
      }
      before = now;
      made += 1;
      if (!settled) way = decide();
      return way;
    },
  };
}

type Way = 'executor' | 'xla';

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
