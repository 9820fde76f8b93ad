import type { ComparisonEvent } from '@lrfind/finder';
import { progressBar } from '../shared/terminal/progress.js';
import { measureText } from '../shared/measures-text.js';

/** A progress bar over the measurements of all trainings: the latest, and its loss on the held-out rows. */
export function comparisonProgress(): (event: ComparisonEvent) => void {
  const show = progressBar('{run} | seed {seed} | epoch {epoch} | held-out loss {loss}');
  let done = 0;
  return ({ run, seed, point: { epoch, validation }, trainings, points }) => {
    done += 1;
    const loss = measureText(validation?.loss ?? null);
    show(done, trainings * points, { run, seed, epoch: Number(epoch.toFixed(2)), loss });
  };
}
