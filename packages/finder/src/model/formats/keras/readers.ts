// The readers of Keras's formats: one module, since programs of Node load many files more slowly.
export { readConverted } from './converted.js';
export { readKeras, readKerasHdf5, readKerasJson } from './read.js';
