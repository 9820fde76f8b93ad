import { threadsEach } from '@lrfind/backends';

/** What a process that runs jobs is told by the worker that started it, as JSON in the environment. */
export interface ProcessSettings {
  readonly backend: string;
  /** Folder of the cache. */
  readonly cache: string;
  readonly cacheBytes: number;
  readonly shared?: string | undefined;
  readonly allowCode: boolean;
  /** Number of the worker's process, without which this one has nobody to work for. */
  readonly worker: number;
}

/** The variables of the environment that hold the settings, and the URL of Redis. */
export const SETTINGS = 'LRFIND_WORKER_SETTINGS';
export const URL_VARIABLE = 'LRFIND_QUEUE';

/**
 * The environment of a process that runs jobs: that of the worker, and what the process is told.
 *
 * @param url of Redis
 * @param concurrency how many such processes the worker has
 */
export function processEnvironment(settings: ProcessSettings, url: string, concurrency: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // A process that is alone computes with as many threads as its backend does otherwise.
    ...(concurrency > 1 && { LRFIND_THREADS: String(threadsEach(concurrency)) }),
    [SETTINGS]: JSON.stringify(settings),
    [URL_VARIABLE]: url,
  };
}
