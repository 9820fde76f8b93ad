/** The backend that the tests of this package run on: wasm, or another that `LRFIND_TEST_BACKEND` names. */
export const backend = process.env.LRFIND_TEST_BACKEND ?? 'wasm';

/** Whether a compiled step gives the very bits of an eager one there. */
export const exact = backend === 'wasm';
