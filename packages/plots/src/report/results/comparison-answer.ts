import type { Comparison, RankedTrial } from '@lrfind/core/results';
import { countText, measureText, numberOf, signedText } from '../texts.js';
import type { Answer } from './kind.js';

/** What a comparison shows, in its own sentences. */
export function comparisonAnswer({ conclusions, ranking, runs }: Comparison): Answer {
  const [lead, ...rest] = conclusions;
  const [best] = ranking;
  if (lead !== undefined) return { lead, rest };
  return {
    lead: best
      ? `${best.name} is the first of ${numberOf(runs.length, 'run')}.`
      : `${numberOf(runs.length, 'run')} were compared.`,
    rest: [],
  };
}

/** The final loss of a run with its spread over seeds. */
export function lossText({ loss, spread }: RankedTrial): string {
  if (loss === null) return 'none';
  return spread === null ? measureText(loss) : `${measureText(loss)} ± ${Number(spread.toPrecision(2))}`;
}

const verdicts = {
  worse: 'worse by more than the noise',
  same: 'within the noise',
  unknown: 'noise unknown: one seed',
} as const;

/** How a run stands to the best one, as three cells: difference, interval, verdict. */
export function behindTexts({ outcome, step, behind }: RankedTrial, place: number): [string, string, string] {
  if (outcome === 'diverged') return ['', '', `diverged after ${numberOf(step, 'step')}`];
  if (outcome === 'pruned') return ['', '', `given up after ${countText(step)} steps, as others were better`];
  if (!behind) return ['', '', place === 0 ? 'the best' : ''];
  const { difference, low, high, verdict } = behind;
  const interval = low === null || high === null ? 'unknown' : `${signedText(low)} to ${signedText(high)}`;
  return [signedText(difference), interval, verdicts[verdict]];
}
