/** Node's `process`; a browser has none. */
export const nodeProcess = (globalThis as { readonly process?: NodeJS.Process }).process;
