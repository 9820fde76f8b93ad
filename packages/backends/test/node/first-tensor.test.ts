import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Runs a program with the built library, in a process of its own, since a backend lasts as long as its process. */
async function run(program: string): Promise<{ stdout: string[]; stderr: string }> {
  const head = `
    import * as tf from '@tensorflow/tfjs-core';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    import { backendInUse, ensureBackend, useBackend } from '@lrfind/backends';`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', `${head}\n${program}`],
    { cwd: new URL('../..', import.meta.url) },
  );
  return { stdout: stdout.trim().split('\n'), stderr };
}

const made = `
  const xs = tf.ones([8, 2]);
  const ys = tf.ones([8, 1]);
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })] });`;

test('a model made before any backend was chosen moves to the best one, with its numbers, when it is trained', async () => {
  const { stdout, stderr } = await run(`${made}
    console.log(tf.getBackend());
    const { notes } = await ensureBackend();
    console.log(tf.getBackend() === backendInUse().name && tf.getBackend() !== 'cpu', notes.length);
    console.log(model.predict(xs).dataSync()[0]);`);
  expect(stdout).toEqual(['cpu', 'true 1', '2']);
  expect(stderr).toBe('');
});

test('without a backend, model.fit trains too, since gradients come with the first tensor', async () => {
  const { stdout } = await run(`${made}
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const { history } = await model.fit(xs, ys, { epochs: 1, batchSize: 8, verbose: 0 });
    console.log(history.loss[0]);`);
  // (1 + 1 − 1)²
  expect(stdout).toEqual(['1']);
});

test('tf.ready takes the best backend', async () => {
  const { stdout } = await run(`await tf.ready(); console.log(tf.getBackend() !== 'cpu');`);
  expect(stdout).toEqual(['true']);
});

test('plain JavaScript that the caller chose stays, and the console says once that it is slow', async () => {
  const { stdout, stderr } = await run(`
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    for (let i = 0; i < 2; i++) await ensureBackend();
    console.log(tf.getBackend());`);
  expect(stdout).toEqual(['cpu']);
  expect(stderr.match(/lrfind: backend cpu: plain JavaScript, slow; call useBackend\(\) first/g)).toHaveLength(1);
});

test("useBackend('cpu') is heeded without a warning", async () => {
  const { stdout, stderr } = await run(`${made}
    await useBackend('cpu');
    await ensureBackend();
    console.log(tf.getBackend());`);
  expect(stdout).toEqual(['cpu']);
  expect(stderr).toBe('');
});
