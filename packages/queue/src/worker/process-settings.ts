/** What a process that runs jobs is told by the worker that started it, as JSON in the environment. */
export interface ProcessSettings {
  readonly backend: string;
  /** Folder of the cache. */
  readonly cache: string;
  readonly cacheBytes: number;
  readonly shared?: string | undefined;
  readonly allowCode: boolean;
}

/** The variables of the environment that hold the settings, and the URL of Redis. */
export const SETTINGS = 'LRFIND_WORKER_SETTINGS';
export const URL_VARIABLE = 'LRFIND_QUEUE';
