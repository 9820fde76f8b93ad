// What a page imports that searches with a loop of its own.
export { findRate } from '../../src/loop/index.js';
