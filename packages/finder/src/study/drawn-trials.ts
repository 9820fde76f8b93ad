import type { ScheduleSpec } from '@lrfind/core/schedules';
import type { DrawnTrials, Trial } from '@lrfind/core/study';
import { optimizerConfig } from '../optimizers/registry.js';
import type { TrialOptions } from '../options.js';
import { scheduleOf } from './learning-rate.js';
import type { PlannedSearch } from './plan-search.js';
import type { PlannedTrial, RatedTrial } from './plan-trials.js';

/**
 * The trials of a search that draws each by how the earlier ones did, as JSON.
 *
 * @param first the first trial, which has the model and the rows of all
 * @param rated the trials as they are drawn: the first one, to which the others are added
 * @param plan plans a drawn trial
 */
export function drawnTrials(
  { count, next }: PlannedSearch & Required<Pick<PlannedSearch, 'next'>>,
  first: Trial,
  rated: RatedTrial[],
  plan: (options: TrialOptions) => PlannedTrial,
): DrawnTrials {
  let begun = 0;
  return {
    count,
    evaluations: first.evaluateAt.length,
    draw(ranked) {
      begun += 1;
      if (begun === 1) return first;
      const planned = plan(next(ranked));
      const { name, optimizer, batchSize, learningRate, evaluateAt } = planned;
      const rate = scheduleOf(learningRate as ScheduleSpec, evaluateAt.at(-1));
      rated.push({ ...planned, ...rate, suggestion: null });
      const { config } = rate.schedule;
      if (!config) throw new Error(`the drawn schedule ${rate.text} has no JSON form`);
      const recipe = { ...first.recipe, optimizer: optimizerConfig(optimizer), batchSize, schedule: config };
      return { ...first, trial: name, recipe, evaluateAt };
    },
  };
}
