/**
 * The backend that the tests of a file run on: wasm, or another that `LRFIND_TEST_BACKEND` names. A file that imports this runs on
 * TensorFlow too, since what it claims depends on kernels, devices or compiled steps. What is the same on every backend, such as
 * refusals, journals and the order of events, is tested on wasm alone.
 */
export const backend = process.env.LRFIND_TEST_BACKEND ?? 'wasm';

/** Whether a compiled step gives the very bits of an eager one there. */
export const exact = backend === 'wasm';
