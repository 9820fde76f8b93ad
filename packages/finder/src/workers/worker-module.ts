// A name of its own, so that bundlers leave it alone.
const NAME = './worker.js';

/** Where the program of a worker is. */
export const workerModule = new URL(NAME, import.meta.url);
