import { counted } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, FoundBackend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { threadSetting } from '../thread-setting.js';
import { type LocatedTensorFlow, locateTensorFlow } from './locate.js';
import { insideProcess } from './process-end.js';
import { installAdvice } from './wheels.js';

/** The folder that the library was loaded from. A process cannot load another one. */
let loadedFrom: string | undefined;

/** TensorFlow's C library, on a CUDA GPU where the build supports it and the machine has one. */
export const tensorflow: Backend = {
  name: 'tensorflow',
  summary: 'TensorFlow itself, on the CPU or a CUDA GPU; "lrfind backend install" fetches it',
  // An open backend of this name is either this one or another package's.
  corrects: false,
  find: findTensorFlow,
  async open() {
    const requestedThreads = threadSetting(process.env.LRFIND_THREADS, 'tensorflow');
    const located = loadedFrom === undefined ? requireLocated() : { folder: loadedFrom, cuda: undefined };
    const { folder } = located;
    const { opened, gpuName, register, tensorflowCompiler } = await insideProcess(async () => {
      // These load native code.
      const { preloadLibrary } = await import('./c-library.js');
      const loading = preloadLibrary(folder, located.cuda);
      const { gpuName, openTensorFlow } = await import('./open.js');
      const { loadKernels, register } = await import('./register.js');
      const { tensorflowCompiler } = await import('./graph/compile.js');
      // In the meantime.
      loadKernels();
      await loading;
      return { opened: openTensorFlow(folder, requestedThreads), gpuName, register, tensorflowCompiler };
    });
    loadedFrom = folder;
    register(opened.all);
    if (!(await tf.setBackend('tensorflow'))) {
      throw new BackendError('the tensorflow backend did not start on this machine', 'tensorflow');
    }
    const { version, threads, all, graphs } = opened;
    const device = all.gpu
      ? `GPU (${gpuName()}, TensorFlow ${version})`
      : `CPU (TensorFlow ${version}, ${counted(threads, 'thread')})`;
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
    return { usable: true, version, device: possibleDevices(cuda), folder, source, notes };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { ...missing, notes: [error.message] };
  }
}

function possibleDevices(cuda: boolean | undefined): string {
  if (cuda === false) return 'CPU';
  return cuda ? 'CUDA GPU where there is one, else CPU' : 'CPU, or CUDA GPU if it was built for that';
}

function requireLocated(): LocatedTensorFlow {
  const located = locateTensorFlow();
  if (located.found) return located;
  const reasons = [...located.reasons, installAdvice()].join('; ');
  throw new BackendError(`no TensorFlow was found: ${reasons}`, 'tensorflow');
}
