import { assertOptions, InputError, notAllowed } from '../errors.js';
import { MAX_FLOAT32 } from '../float32.js';
import { counted, rateText } from '../format.js';
import { RATE_LIMITS } from '../rate-limits.js';
import type { Sweep, SweepResult } from '../results/sweep.js';
import { mean } from '../statistics.js';
import { declared } from '../sweep/declared-options.js';
import { type ReadingOptions, readingOf } from './loop-options.js';
import { sweepResult } from './result.js';

/** A loss that a training step had at a rate. */
export interface RecordedLoss {
  /** Learning rate of the step, above 0; 0 only where a range begins, and that step is left out. */
  readonly rate: number;
  /** Loss of the batch before the update; NaN, an infinity or null where it was not finite. */
  readonly loss: number | null;
  /** Which sweep it belongs to, a whole number at least 0. Default: 0, a single sweep. */
  readonly seed?: number | undefined;
  /** Where it was recorded, for messages, such as `losses.csv: line 3`. Default: its place in the list. */
  readonly place?: string | undefined;
}

/** Two sweeps have the same rate where they differ by no more than numbers that were written with seven digits. */
const SAME_RATE = 1e-6;

/**
 * Analyses losses that any program has recorded while its learning rate rose, by the same analysis as `findLearningRate`.
 *
 * Rates may be spaced by equal factors, equal steps or anyhow, in any order. Losses of one sweep at one rate are averaged. A sweep ends with
 * its first loss that is not finite, by rising rates. All sweeps have the same rates as far as they go.
 *
 * @param losses one for each step
 * @throws InputError for a rate or a loss that is no number, for fewer than 2 or more than 10,000 rates, and for sweeps whose rates differ
 *
 * @example
 * const losses = Array.from({ length: 80 }, (_, i) => 1e-5 * 1.2 ** i).map((rate) => ({ rate, loss: 2.3 / (1 + rate / 0.01) + rate }));
 * const { suggestion } = analyseLosses(losses, { optimizer: 'adam' });
 */
export function analyseLosses(losses: readonly RecordedLoss[], options: ReadingOptions = {}): SweepResult {
  if (!Array.isArray(losses)) throw notAllowed('losses', 'a list of { rate, loss }', losses);
  assertOptions(options, ['name', 'loss', 'optimizer', 'suggest']);
  const reading = readingOf(options, 'recorded losses');
  const checked = losses.map((each, i) => checkedLoss(each, each?.place ?? `losses[${i}]`));
  const kept = checked.filter(({ rate }) => rate > 0);
  const notes: string[] = [];
  if (kept.length < checked.length)
    notes.push(`${counted(checked.length - kept.length, 'step')} at rate 0 left out: it has no place among factors`);
  const seeds = [...new Set(kept.map(({ seed }) => seed))].toSorted((a, b) => a - b);
  let averaged = 0;
  let unsorted = 0;
  const recorded = seeds.map((seed) => {
    const own = kept.filter((each) => each.seed === seed);
    const rising = own.toSorted((a, b) => a.rate - b.rate);
    if (own.some((each, i) => each !== rising[i])) unsorted += 1;
    const steps: Checked[][] = [];
    for (const each of rising) {
      if (steps.at(-1)?.[0]?.rate === each.rate) steps.at(-1)?.push(each);
      else steps.push([each]);
    }
    averaged += rising.length - steps.length;
    return { seed, steps };
  });
  if (unsorted > 0) notes.push(`rates did not rise step by step in ${counted(unsorted, 'sweep')}: sorted by rate`);
  if (averaged > 0)
    notes.push(`${counted(averaged, 'step')} at a rate that the sweep had already: their losses are averaged`);
  const longest = recorded.reduce((most, { steps }) => Math.max(most, steps.length), 0);
  const { minimum, maximum } = declared.steps;
  if (longest < minimum || longest > maximum)
    throw new InputError(
      `losses must be at ${minimum} to ${maximum} different rates in a sweep; got ${longest}${longest > maximum ? ': leave out steps, or average several' : ''}`,
    );
  const rates = (recorded.find(({ steps }) => steps.length === longest)?.steps ?? []).map(
    ([first]) => (first as Checked).rate,
  );
  let after = 0;
  const sweeps = recorded.map(({ seed, steps }): Sweep => {
    const points = steps.map((same, step) => {
      const [first] = same as [Checked];
      const rate = rates[step] as number;
      if (Math.abs(first.rate / rate - 1) > SAME_RATE)
        throw new InputError(
          `${first.place}: sweeps must have the same rates; seed ${seed} has ${rateText(first.rate, 7)} as its rate number ${step + 1}, and another seed ${rateText(rate, 7)}`,
        );
      return {
        step,
        rate,
        loss: same.some(({ loss }) => loss === null) ? null : mean(same.map(({ loss }) => loss as number)),
      };
    });
    const end = points.findIndex(({ loss }) => loss === null);
    if (end < 0) return { seed, points, stopped: points.length < rates.length ? 'diverged' : 'end' };
    after += points.slice(end + 1).filter(({ loss }) => loss !== null).length;
    return { seed, points: points.slice(0, end + 1), stopped: 'not-finite' };
  });
  if (after > 0) notes.push(`${counted(after, 'step')} at higher rates than a loss that is not finite: left out`);
  return sweepResult({ rates, sweeps, backend: 'recorded', notes, options: {}, started: new Date() }, reading);
}

/** A recorded loss whose numbers are checked. */
interface Checked {
  readonly rate: number;
  readonly loss: number | null;
  readonly seed: number;
  readonly place: string;
}

function checkedLoss(given: RecordedLoss | undefined, place: string): Checked {
  const { rate, loss, seed = 0 } = given ?? ({} as Partial<RecordedLoss>);
  const [, most] = RATE_LIMITS;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= most) || (rate > 0 && rate < RATE_LIMITS[0]))
    throw notAllowed(`${place}: rate`, `a number from ${RATE_LIMITS[0]} to ${most}`, rate);
  if (loss !== null && typeof loss !== 'number') throw notAllowed(`${place}: loss`, 'a number or null', loss);
  if (!Number.isSafeInteger(seed) || seed < 0) throw notAllowed(`${place}: seed`, 'a whole number at least 0', seed);
  return { rate, loss: loss !== null && Math.abs(loss) <= MAX_FLOAT32 ? loss : null, seed, place };
}
