import type { Job } from 'bullmq';

/** How many of some jobs ran at once, at most. */
export function mostAtOnce(jobs: readonly Job[]): number {
  const moments = jobs.flatMap(({ processedOn, finishedOn }) => [
    { at: processedOn as number, change: 1 },
    { at: finishedOn as number, change: -1 },
  ]);
  // A job may begin in the millisecond in which another one ends.
  moments.sort((a, b) => a.at - b.at || a.change - b.change);
  let running = 0;
  let most = 0;
  for (const { change } of moments) {
    running += change;
    most = Math.max(most, running);
  }
  return most;
}
