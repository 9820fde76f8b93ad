import {
  backend,
  type DataId,
  env,
  findBackendFactory,
  type KernelBackend,
  setBackend,
  version_core,
} from '@tensorflow/tfjs-core';
import type { Backend, FoundBackend } from '../backend.js';
import { BackendError } from '../backend-error.js';

/** Backends whose errors are noticed. */
const watched = new WeakSet<object>();

/** The graphics processor by WebGL, with TensorFlow.js's kernels. */
export const webgl = asPublished('webgl', 'WebGL', () => `GPU (WebGL ${env().getNumber('WEBGL_VERSION')})`);

/** The graphics processor by WebGPU, with TensorFlow.js's kernels. */
export const webgpu = asPublished('webgpu', 'WebGPU', () => {
  failOnDeviceError(backend() as unknown as WebGpu);
  return 'GPU (WebGPU)';
});

/**
 * A backend of TensorFlow.js that the page imports itself, so that pages without it need not load it.
 *
 * @param opened what is to be done once it is current
 * @returns opens it; its kernels are as published, and every one gets its gradient
 */
function asPublished(name: string, title: string, opened: () => string): Backend {
  const npmPackage = `@tensorflow/tfjs-backend-${name}`;
  const missing = `${name} must be imported by the page: import '${npmPackage}'`;
  return {
    name,
    summary: `the graphics processor of a page by ${title}, with kernels as TensorFlow.js publishes them`,
    corrects: true,
    npmPackage,
    find(): FoundBackend {
      const usable = findBackendFactory(name) !== null && findBackendFactory(name) !== undefined;
      const device = usable ? `GPU (${title})` : null;
      return { usable, version: null, device, folder: null, source: null, notes: usable ? [] : [missing] };
    },
    async open() {
      if (!findBackendFactory(name)) throw new BackendError(missing, name);
      if (!(await setBackend(name))) throw new BackendError(`${name} did not start in this browser`, name);
      return { version: version_core, device: opened() };
    },
  };
}

/** The members of TensorFlow.js's webgpu backend that are used here. */
interface WebGpu extends Pick<KernelBackend, 'read'> {
  readonly device: {
    addEventListener(
      type: 'uncapturederror',
      listener: (event: { readonly error: { readonly message: string } }) => void,
    ): void;
  };
}

/**
 * Lets reads fail after an error of the device. Of a shader that cannot be compiled, and of memory that is used up, the page is told by
 * an event alone: the numbers that are read afterwards are wrong.
 */
function failOnDeviceError(current: WebGpu): void {
  if (watched.has(current)) return;
  watched.add(current);
  let failure: string | undefined;
  current.device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= error.message;
  });
  const read = current.read.bind(current);
  current.read = async (id: DataId) => {
    const values = await read(id);
    if (failure !== undefined) throw new BackendError(`webgpu computed wrong numbers: ${failure}`, 'webgpu');
    return values;
  };
}
