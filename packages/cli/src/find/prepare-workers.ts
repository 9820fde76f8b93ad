import { stat } from 'node:fs/promises';
import { prepareWorkers } from '@lrfind/finder';

/** A search on a table of at least this many bytes is likely to take some seconds, and to be worth workers. */
const LEAST_BYTES = 4e6;

/** Lets the workers of a search start while its table is read, where the table is large. */
export async function prepareForTable(path: string, backend: string): Promise<void> {
  if (backend === 'cpu') return;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && found.size >= LEAST_BYTES) prepareWorkers();
}
