import * as tf from '@tensorflow/tfjs-core';
import type { Backend, FoundBackend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { threadSetting } from '../thread-setting.js';
import { installAdvice } from './install/advice.js';
import { locateTensorFlow } from './locate.js';

/** Where it was loaded from; another folder cannot take its place in the same process. */
let loadedFrom: string | undefined;

/** TensorFlow's own C library, on a GPU where its build and the machine have one. */
export const tensorflow: Backend = {
  name: 'tensorflow',
  summary: 'TensorFlow itself, on the CPU or a CUDA GPU; "lrfind backend install" fetches it',
  // A backend of this name is ours already, or another package's.
  corrects: false,
  find: findTensorFlow,
  async open() {
    const asked = threadSetting('tensorflow');
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
};

function findTensorFlow(): FoundBackend {
  const missing = { usable: false, version: null, device: null, folder: null, source: null };
  try {
    const located = locateTensorFlow();
    if (!located.found) return { ...missing, notes: [...located.reasons, installAdvice()] };
    const { version = null, folder, source, cuda, missingCuda } = located;
    const notes = missingCuda.length > 0 ? [`NVIDIA's libraries ${missingCuda.join(', ')} are missing beside it`] : [];
    return { usable: true, version, device: deviceOf(cuda), folder, source, notes };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { ...missing, notes: [error.message] };
  }
}

function deviceOf(cuda: boolean | undefined): string {
  if (cuda === false) return 'CPU';
  return cuda ? 'CUDA GPU where there is one, else CPU' : 'CPU, or CUDA GPU if it was built for that';
}

function located(): string {
  const tensorflow = locateTensorFlow();
  if (tensorflow.found) return tensorflow.folder;
  const reasons = [...tensorflow.reasons, installAdvice()].join('; ');
  throw new BackendError(`no TensorFlow was found: ${reasons}`, 'tensorflow', []);
}
