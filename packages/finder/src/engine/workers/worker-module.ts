// A name of its own, so that bundlers leave it alone.
const NAME = '../../worker.js';

/** Where the program of a worker is. A script in a page has no such place. */
export const workerModule = (): URL => new URL(NAME, import.meta.url);
