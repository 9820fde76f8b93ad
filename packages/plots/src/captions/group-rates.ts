import type { SweepResult, SweptGroup } from '@lrfind/core/results';
import { rateLabel } from './phrases.js';
import { intervalText, sweepSubtitle } from './sweep.js';

/** The most groups whose rates a title has room for; the legend has them too. */
const MOST_IN_TITLE = 4;

/** The suggestion of each group. */
export function groupsTitle({ groups = [] }: SweepResult): string {
  const found = groups.filter(({ suggestion }) => suggestion !== null);
  if (found.length === 0) return 'No suggestion for any group of layers';
  if (found.length > MOST_IN_TITLE) return `Suggested learning rates of ${found.length} groups of layers`;
  const rates = found.map(({ name, suggestion }) => `${name} ${rateLabel(suggestion?.learningRate as number)}`);
  return `Suggested learning rates by group: ${rates.join(', ')}`;
}

/** What the legend says after the name of a group: its rate and interval. */
export function groupSuffix({ suggestion }: Pick<SweptGroup, 'suggestion'>): string {
  if (suggestion === null) return ' – no suggestion';
  const { learningRate, low, high } = suggestion;
  return ` – ${rateLabel(learningRate)} (${intervalText(low, high)})`;
}

/** The same without the interval. */
export function shortGroupSuffix({ suggestion }: Pick<SweptGroup, 'suggestion'>): string {
  return suggestion === null ? ' – none' : ` – ${rateLabel(suggestion.learningRate)}`;
}

/** The chart in sentences, for screen readers. */
export function groupsDescription(result: SweepResult): string {
  const sentences = [
    `Loss against learning rate for each group of layers of ${sweepSubtitle(result)}`,
    ...(result.groups ?? []).map(({ name, suggestion, reason }) =>
      suggestion === null
        ? `${name}: no suggestion${reason === null ? '' : `, ${reason}`}`
        : `${name}: ${rateLabel(suggestion.learningRate)}, expected between ${intervalText(suggestion.low, suggestion.high)}`,
    ),
  ];
  return sentences.map((sentence) => sentence.replace(/\.?$/, '.')).join(' ');
}
