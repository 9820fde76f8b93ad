import type { RankedTrial } from '../results/comparison.js';

/**
 * Summarises a comparison in sentences: the best trial, ties within the noise, worse trials, and failures.
 *
 * @param ranking from `rank`, best first
 * @param seeds trainings of each trial
 * @param misfits names of trials whose schedule is longer or shorter than the training
 * @returns no sentences for no trials
 */
export function conclude(ranking: readonly RankedTrial[], seeds: number, misfits: readonly string[] = []): string[] {
  const [best, ...others] = ranking;
  if (!best) return [];
  const lost = namesOf(ranking.filter(({ outcome }) => outcome === 'failed'));
  if (best.outcome === 'failed') return [`No trial could be trained: ${lost}.`];
  if (best.outcome !== 'finished') {
    const diverged = ranking.filter(({ outcome }) => outcome === 'diverged').length;
    const stopped = ranking.filter(({ outcome }) => outcome === 'pruned').length;
    const all = diverged === 1 ? 'it' : `all ${diverged}`;
    return [
      stopped === 0
        ? `No trial finished: ${all} diverged, so the rates are too high for this model.`
        : `No trial finished: ${diverged} diverged, after ${stopped} had been stopped early because these were better. Compare without halving.`,
      ...(lost ? [`Failed, and not compared: ${lost}.`] : []),
    ];
  }
  const failed = ranking.filter(learntNothing);
  const hasFailed = new Set(failed);
  const of = (verdict: 'same' | 'worse') =>
    namesOf(others.filter((each) => each.behind?.verdict === verdict && !hasFailed.has(each)));
  const [same, worse] = [of('same'), of('worse')];
  const pruned = namesOf(others.filter(({ outcome }) => outcome === 'pruned'));
  const diverged = namesOf(ranking.filter(({ outcome }) => outcome === 'diverged'));
  const sentences = [
    `${best.name} ended with the lowest loss on the validation rows.`,
    others.some(({ behind }) => behind?.verdict === 'unknown') &&
      `${seeds === 1 ? 'One seed cannot' : `${seeds} seeds cannot`} tell which differences are real; three can (--repeats 3).`,
    same && `Within the noise of ${seeds} seeds: ${same}.`,
    worse && `Worse by more than the noise: ${worse}.`,
    pruned && `Stopped early, because other trials were better: ${pruned}.`,
    failed.length > 0 && `No better at the end than before the first step: ${namesOf(failed)}.`,
    diverged && `Diverged: ${diverged}.`,
    lost && `Failed, and not compared: ${lost}.`,
    misfits.length > 0 &&
      `Not compared as they are meant, because the schedule is longer or shorter than the training: ${misfits.join('; ')}.`,
    overfits(best) &&
      `It was best after epoch ${epochText(best.best?.epoch)} and got worse afterwards: fewer epochs are enough.`,
  ];
  return sentences.filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '');
}

/** So many names a sentence can bear. */
const MOST_NAMES = 12;

function namesOf(trials: readonly RankedTrial[]): string {
  const names = trials.map(({ name }) => name);
  if (names.length <= MOST_NAMES) return names.join('; ');
  const shown = names.slice(0, MOST_NAMES / 2);
  return `${shown.join('; ')}; and ${names.length - shown.length} others`;
}

/** Whether a finished trial has a loss at least as high as before its first step. */
function learntNothing({ outcome, loss, start }: RankedTrial): boolean {
  return outcome === 'finished' && loss !== null && start !== null && loss >= start;
}

/** Whether the lowest loss was lower than the last by more than the spread of the last. */
function overfits({ best, loss, spread }: RankedTrial): boolean {
  return best !== null && loss !== null && spread !== null && loss - best.loss > spread;
}

function epochText(epoch = 0): string {
  return String(Number(epoch.toFixed(1)));
}
