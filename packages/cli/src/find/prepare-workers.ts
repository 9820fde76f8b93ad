import { stat } from 'node:fs/promises';
import { prepareWorkers } from '@lrfind/finder';

/** A search on a table of at least this many bytes is likely to take some seconds, and to be worth workers. */
const LEAST_BYTES = 4e6;

/**
 * Lets the workers of a search start while its table is read, where the table is large.
 *
 * @returns lets them open the backend too, once it is chosen
 */
export async function prepareForTable(path: string, backend: string): Promise<() => void> {
  const found = backend === 'cpu' ? undefined : await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size < LEAST_BYTES) return () => {};
  prepareWorkers();
  return prepareWorkers;
}
