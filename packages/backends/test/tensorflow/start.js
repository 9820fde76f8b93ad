// Starts TensorFlow with the built package, computes once, and ends at once; for exit.test.ts.
import { Binding, openTensorFlow } from '../../dist/internals.js';

const binding = new Binding(openTensorFlow(/** @type {string} */ (process.env.LRFIND_TENSORFLOW)).all);
const one = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1));
const [minusOne] = binding.executeOp('Neg', [], [one], 1);
if (minusOne && binding.tensorDataSync(minusOne.id)[0] === -1) process.exit(5);
