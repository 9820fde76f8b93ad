// The tasks of this study: the first small networks of bench/study, dense or convolutional and new to training, whose trainings are two to eight
// times as long as those in which rates are tried. Nothing that was measured decides which these are.
import { taskOf } from '../study/tasks.js';

/** The schedules that are compared. */
export const SCHEDULES = /** @type {const} */ (['constant', 'cosine', 'one-cycle']);

const LEAST_STEPS = 250;
const MOST_STEPS = 1000;
const MOST_PARAMETERS = 12_500;

/**
 * The first tasks with even numbers (for making rules) or odd ones (for judging).
 *
 * @param {'making' | 'judging'} split @param {number} count
 */
export function* chosenTasks(split, count) {
  for (let number = split === 'making' ? 0 : 1, found = 0; found < count; number += 2) {
    const task = taskOf(number);
    if (
      task.fineTunes ||
      !['dense', 'convolutions'].includes(task.network) ||
      task.steps < LEAST_STEPS ||
      task.steps > MOST_STEPS
    )
      continue;
    const model = task.model();
    const parameters = model.countParams();
    model.dispose();
    if (parameters > MOST_PARAMETERS) continue;
    found++;
    yield { ...task, parameters };
  }
}
