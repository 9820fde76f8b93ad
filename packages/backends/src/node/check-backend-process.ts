import * as tf from '@tensorflow/tfjs-core';
import { BackendError, NoDeviceError } from '../backend-error.js';
import { NO_DEVICE } from './check-backend.js';
import { useBackend } from './index.js';

/** The program that `checkBackend` runs. Its argument is a backend's name or `auto`; it prints name, version and device as JSON. */
async function check(choice: string): Promise<void> {
  const { name, version, device } = await useBackend(choice);
  const weights = tf.variable(tf.ones([3, 1]));
  // (1 + 2 + 3 − 5)² = 1, and its gradient is 2 · (6 − 5) · x.
  const { value, grads } = tf.variableGrads(() => {
    const prediction = tf.matMul([[1, 2, 3]], weights as unknown as tf.Tensor2D);
    return tf.sum(tf.square(tf.sub(prediction, 5))) as tf.Scalar;
  });
  weights.assign(tf.sub(weights, tf.mul(0.5, grads[weights.name] as tf.Tensor)));
  const results = [...(await value.data()), ...(await weights.data())];
  if (results.join() !== '1,0,-1,-2') {
    throw new BackendError(`loss and weights after a step must be 1, 0, -1, -2; got ${results.join(', ')}`, name);
  }
  process.stdout.write(JSON.stringify({ name, version, device }));
}

await check(process.argv[2] as string).catch((error) => {
  process.stderr.write(`${error instanceof BackendError ? error.message : error.stack}\n`);
  process.exitCode = error instanceof NoDeviceError ? NO_DEVICE : 1;
});
