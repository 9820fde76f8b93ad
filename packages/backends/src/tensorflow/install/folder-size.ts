import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files in a folder and the folders in it. What vanishes meanwhile counts nothing. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? folderSize(path) : ((await stat(path).catch(() => undefined))?.size ?? 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const PERIOD_MS = 200;

/**
 * Tells how a folder grows while a piece of work fills it.
 *
 * @param tell is given the folder's bytes several times a second
 */
export async function watchGrowth<Result>(
  folder: string,
  tell: (bytes: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  let ended = false;
  const watch = async () => {
    const bytes = await folderSize(folder);
    if (ended) return;
    tell(bytes);
    timer = setTimeout(watch, PERIOD_MS);
  };
  let timer = setTimeout(watch, PERIOD_MS);
  try {
    return await work();
  } finally {
    ended = true;
    clearTimeout(timer);
  }
}
