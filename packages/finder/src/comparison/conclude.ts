import type { Comparison, Standing } from '../comparison-result.js';

/** What a comparison shows, in sentences: the best, what cannot be told from it, what is worse, what failed. */
export function conclude(ranking: readonly Standing[], seeds: number): string[] {
  const [best, ...others] = ranking;
  if (!best) return [];
  if (best.outcome !== 'finished') {
    return [
      `No run finished: ${ranking.length === 1 ? 'it' : `all ${ranking.length}`} diverged, so the rates are too high for this model.`,
    ];
  }
  const failed = ranking.filter(learntNothing);
  const of = (verdict: 'same' | 'worse') =>
    named(others.filter((each) => each.behind?.verdict === verdict && !failed.includes(each)));
  const [same, worse] = [of('same'), of('worse')];
  const pruned = named(others.filter(({ outcome }) => outcome === 'pruned'));
  const diverged = named(ranking.filter(({ outcome }) => outcome === 'diverged'));
  const sentences = [
    `${best.name} ended with the lowest loss on the held-out rows.`,
    seeds === 1 &&
      others.some(({ behind }) => behind) &&
      'One seed shows no noise: more seeds tell which differences are real.',
    same && `Within the noise of ${seeds} seeds of it: ${same}.`,
    worse && `Worse by more than the noise: ${worse}.`,
    pruned && `Given up half-way, as others were better: ${pruned}.`,
    failed.length > 0 && `No better at the end than before the first step: ${named(failed)}.`,
    diverged && `Diverged: ${diverged}.`,
    overfits(best) &&
      `It was best after epoch ${epochText(best.best?.epoch)} and got worse afterwards: fewer epochs would do.`,
  ];
  return sentences.filter((sentence): sentence is string => typeof sentence === 'string' && sentence !== '');
}

function named(standings: readonly Standing[]): string {
  return standings.map(({ name }) => name).join('; ');
}

/** Whether a run that was trained to its end has a loss as high as it had begun with. */
function learntNothing({ outcome, loss, start }: Standing): boolean {
  return outcome === 'finished' && loss !== null && start !== null && loss >= start;
}

/** Whether the lowest loss was earlier, and lower by more than the spread of the last. */
function overfits({ best, loss, spread }: Comparison['ranking'][number]): boolean {
  return best !== null && loss !== null && spread !== null && loss - best.loss > spread;
}

function epochText(epoch = 0): string {
  return String(Number(epoch.toFixed(1)));
}
