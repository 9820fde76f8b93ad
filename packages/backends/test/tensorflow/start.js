// Starts TensorFlow with the built package, computes once, and ends at once; for exit.test.ts.
import { Binding } from '../../dist/tensorflow/binding.js';
import { openTensorFlow } from '../../dist/tensorflow/open.js';

const binding = new Binding(openTensorFlow(/** @type {string} */ (process.env.LRFIND_TENSORFLOW)).all);
const one = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1));
const [minusOne] = binding.executeOp('Neg', [], [one], 1);
if (minusOne && binding.tensorDataSync(minusOne.id)[0] === -1) process.exit(5);
