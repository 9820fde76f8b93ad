import * as tf from '@tensorflow/tfjs-core';
import type { Backend, FoundBackend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import type { WebGpuBackend } from './gpu.js';
import { type DeviceFailure, type DeviceWatch, watchDevice } from './watch-device.js';

/** What the webgpu backend needs from the platform that it runs on. */
export interface WebGpuPlatform {
  /** Looks for what it needs. Opens nothing. */
  find(): FoundBackend;
  /** Whether it has a graphics processor that is one, and time may decide on it. */
  mayBeFaster(): Promise<boolean>;
  /**
   * Loads TensorFlow.js's package, which thereby registers its backend.
   *
   * @returns where it will compute, in words
   * @throws BackendError where a package or a GPU is missing
   */
  load(): Promise<string>;
}

const NAME = 'webgpu';

/** The npm package whose kernels compute. */
export const WEBGPU_PACKAGE = '@tensorflow/tfjs-backend-webgpu';

type BackendFactory = Parameters<typeof tf.registerBackend>[1];

let factory: BackendFactory | undefined;
const watches = new WeakMap<object, DeviceWatch>();

/** The graphics processor by WebGPU: TensorFlow.js's backend, with lrfind's kernels where training needs others. */
export function webGpu(platform: WebGpuPlatform): Backend {
  return {
    name: NAME,
    summary: 'the graphics processor, by WebGPU; needs two packages of npm and a driver',
    corrects: true,
    npmPackage: WEBGPU_PACKAGE,
    find: () => platform.find(),
    mayBeFaster: () => platform.mayBeFaster(),
    async open() {
      const device = await platform.load();
      // Imported only now: who computes elsewhere waits for none of it.
      const [{ registerKernels }, { webGpuCompiler }] = await Promise.all([
        import('./kernels.js'),
        import('./replay/compile.js'),
      ]);
      factory = tf.findBackendFactory(NAME) ?? factory;
      registerKernels();
      // Small tensors would be computed in JavaScript, in other numbers, and in a trace as if they were constants.
      tf.env().set('WEBGPU_CPU_FORWARD', false);
      await start();
      return { version: tf.version_core, device, compiler: webGpuCompiler, settle };
    },
  };
}

async function start(): Promise<void> {
  if (!tf.findBackendFactory(NAME) && factory) tf.registerBackend(NAME, factory);
  if (!(await tf.setBackend(NAME))) throw new BackendError('the webgpu backend did not start on this machine', NAME);
  const backend = tf.backend() as WebGpuBackend;
  if (!watches.has(backend)) watches.set(backend, watchDevice(backend));
}

/** What failed on the device since the last call. After the loss of a device, another one is opened. */
async function settle(): Promise<DeviceFailure | undefined> {
  const failure = await watches.get(tf.findBackend(NAME) ?? {})?.settle();
  if (failure?.lost) {
    tf.removeBackend(NAME);
    await start();
  }
  return failure;
}
