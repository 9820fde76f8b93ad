import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { threadsAsked } from '../threads-asked.js';
import { installAdvice } from './install/advice.js';
import { locateTensorFlow } from './locate.js';

/** Where it was loaded from; another folder cannot take its place in the same process. */
let loadedFrom: string | undefined;

/** TensorFlow's own C library, on a GPU where its build and the machine have one. */
export const tensorflow = {
  name: 'tensorflow' as const,
  summary: 'TensorFlow itself, on the CPU or a CUDA GPU; "lrfind backend install" fetches it',
  async open() {
    const asked = threadsAsked('tensorflow');
    const folder = loadedFrom ?? located();
    const { openTensorFlow } = await import('./open.js');
    const { register } = await import('./register.js');
    const { gpuName } = await import('./gpu-name.js');
    const { tensorflowCompiler } = await import('./graph/compile.js');
    const opened = openTensorFlow(folder, asked);
    loadedFrom = folder;
    register(opened.all);
    if (!(await tf.setBackend('tensorflow'))) {
      throw new BackendError('the tensorflow backend did not start on this machine', 'tensorflow', []);
    }
    const { version, threads, all, graphs } = opened;
    const device = all.gpu
      ? `GPU (${gpuName()}, TensorFlow ${version})`
      : `CPU (TensorFlow ${version}, ${threads} thread${threads === 1 ? '' : 's'})`;
    return { version, device, compiler: tensorflowCompiler(opened, graphs) };
  },
} satisfies Backend;

function located(): string {
  const tensorflow = locateTensorFlow();
  if (tensorflow.found) return tensorflow.folder;
  const reasons = [...tensorflow.reasons, installAdvice()].join('; ');
  throw new BackendError(`no TensorFlow was found: ${reasons}`, 'tensorflow', []);
}
