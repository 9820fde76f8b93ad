// The same, for a page that has loaded TensorFlow.js already: the build takes TensorFlow.js from the page's `tf` or `ml5.tf`, so that
// lrfind trains that copy's models.
export * from './index.js';
export { type Ml5Network, type SetFoundRateOptions, setFoundRate } from './ml5.js';
