import type { Behind } from '../results/comparison.js';
import type { OutdoneSchedule, TriedRate, Verification } from '../results/verification.js';
import { cappedMeans, meanStart } from './favoured-rate.js';
import { pairedDifferences } from './paired-differences.js';
import { heldOutLoss, VERIFICATION_SEEDS } from './try-rates.js';

/** Which of several schedules did best. */
export interface RankedSchedules {
  readonly best: Verification;
  /** The tried rate along it that did best; undefined where no rate has trainings to the end. */
  readonly rate: number | undefined;
  /** Best first. */
  readonly others: readonly OutdoneSchedule[];
}

/**
 * Ranks schedules by the validation loss of the best rate of each, after equally many steps, and compares them with the first: seed
 * by seed, because trainings with one seed have the same initial weights and batches.
 *
 * @param tried at least one, all tried over the same length with the same seeds
 */
export function rankSchedules(tried: readonly Verification[]): RankedSchedules {
  const [first, ...rest] = tried
    .map((verification) => ({ verification, ...bestOf(verification.tried) }))
    .toSorted((a, b) => a.level - b.level) as [Ranked, ...Ranked[]];
  const behind = pairedDifferences(
    rest.map(({ losses }) => losses),
    first.losses,
  );
  return {
    best: { ...first.verification, loss: first.level },
    rate: first.rate,
    others: rest.map(({ verification, level }, i) => ({
      ...verification,
      loss: level,
      behind: behind[i] as Behind,
    })),
  };
}

interface Ranked {
  readonly verification: Verification;
  readonly level: number;
  readonly losses: readonly number[];
  readonly rate: number | undefined;
}

/** The losses of the rate that did best, by seed. */
function bestOf(tried: readonly TriedRate[]): Omit<Ranked, 'verification'> {
  const whole = tried.filter(
    ({ trainings }) =>
      trainings.length === VERIFICATION_SEEDS && trainings.every(({ outcome }) => outcome === 'finished'),
  );
  const losses = whole.map(({ trainings }) => trainings.map(({ evaluations }) => heldOutLoss(evaluations.at(-1))));
  const levels = cappedMeans(losses, meanStart(tried.flatMap(({ trainings }) => trainings)));
  const level = Math.min(...levels);
  const at = levels.indexOf(level);
  return { level, losses: losses[at] ?? [], rate: whole[at]?.rate };
}
