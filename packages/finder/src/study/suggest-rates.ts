import type { CompletedEntry, Journal } from '@lrfind/core/study';
import { optimizerConfig } from '../optimizers/registry.js';
import { type RateSuggestion, resolveRate, type Suggest } from './learning-rate.js';
import type { PlannedTrial, RatedTrial } from './plan-trials.js';
import { suggestPeak } from './suggest-peak.js';

/** What the searches of a comparison have in common. */
export interface SuggestOptions {
  readonly seed: number;
  /** Which rows to hold out where a rate is tried. Default: some at random. */
  readonly split?: 'random' | 'last' | undefined;
  /** What was completed earlier. */
  readonly completed: readonly CompletedEntry[];
  readonly journal: Journal | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Gives every trial its learning rate. Where that is to be found, there is one search for each model, optimizer, batch size
 * and schedule.
 *
 * @throws InputError for a learning rate that is no schedule, and when a search suggests none
 */
export async function suggestRates(
  trials: readonly PlannedTrial[],
  { seed, split, completed, journal, signal }: SuggestOptions,
): Promise<RatedTrial[]> {
  const sessions = [...new Set(trials.map(({ session }) => session))];
  const known = new Map<string, RateSuggestion>(
    completed.flatMap((entry) =>
      entry.kind === 'suggested' ? [[entry.key, { suggestion: entry.suggestion, reason: null }]] : [],
    ),
  );
  const rated: RatedTrial[] = [];
  for (const trial of trials) {
    const { session, optimizer, batchSize, learningRate, evaluateAt } = trial;
    const { name, ...parameters } = optimizerConfig(optimizer);
    const length = evaluateAt.at(-1) as number;
    const suggest: Suggest = async (along) => {
      const of = [sessions.indexOf(session), { ...parameters, name }, batchSize];
      const key = JSON.stringify(along ? [...of, along.text, length] : of);
      const earlier = known.get(key);
      if (earlier) return earlier;
      const found = await suggestPeak(session, optimizer, along, { batchSize, seed, split, length }, { signal });
      if (found.suggestion) await journal?.add({ kind: 'suggested', key, suggestion: found.suggestion });
      known.set(key, found);
      return found;
    };
    const rate = await resolveRate(learningRate, suggest, length);
    rated.push({ ...trial, ...rate });
  }
  return rated;
}
