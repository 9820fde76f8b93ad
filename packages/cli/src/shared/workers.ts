import type { Workers } from '@lrfind/core/study';
import { checkWorkers } from '@lrfind/finder';
import { named } from './flags.js';

/**
 * Checks that as many trainings can run at once as `--workers` asks for, on the backend in use, and lets their threads start while the
 * tables are read.
 *
 * @throws InputError where they cannot
 */
export function readyWorkers(workers: Workers | undefined): void {
  if (workers !== undefined) named('--workers', () => checkWorkers(workers));
}
