// What tests and benches of the built modules need and the package does not export. Not published.
export { registerGradients } from './gradients/register.js';
export { Binding } from './tensorflow/binding.js';
export { openTensorFlow } from './tensorflow/open.js';
