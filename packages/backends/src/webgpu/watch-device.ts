import type { DataId } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.js';
import { MemoryError } from '../memory-error.js';
import type { GpuError, GpuErrorKind, WebGpuBackend } from './gpu.js';

/** What went wrong on a device. */
export interface DeviceFailure {
  readonly error: BackendError | MemoryError;
  /** Whether the device is gone, with all numbers that only it had. */
  readonly lost: boolean;
}

/** Notices what a device reports. */
export interface DeviceWatch {
  /**
   * Waits until the device has checked everything that was asked of it.
   *
   * @returns the first failure since the last call, which is thereby forgotten; undefined where there was none
   */
  settle(): Promise<DeviceFailure | undefined>;
}

const KINDS: readonly GpuErrorKind[] = ['validation', 'out-of-memory', 'internal'];

/** Milliseconds within which a device says that it is lost, once a read has failed: it ends its work first. */
const LOSS_NOTICE = 10_000;

/** Milliseconds between two questions whether it is lost. */
const LOSS_INTERVAL = 20;

/**
 * Lets reads of a backend fail after an error of its device. WebGPU throws nothing where a shader does not compile or memory is used up:
 * it reports that later, and computes wrong numbers meanwhile. So each read waits until all that was asked before is checked. Once
 * something has failed, reads go on failing until `settle`: what was asked together with it was not done either. Only numbers that
 * JavaScript already has can be read. Reading at once is refused.
 */
export function watchDevice(backend: WebGpuBackend): DeviceWatch {
  const { device } = backend;
  let error: DeviceFailure['error'] | undefined;
  let loss: BackendError | undefined;
  const note = (kind: GpuErrorKind | undefined, { message }: GpuError) => {
    error ??=
      kind === 'out-of-memory'
        ? new MemoryError(
            `webgpu: the memory of the GPU is used up (${firstLine(message)}); use a smaller batch or model`,
          )
        : new BackendError(`webgpu computed wrong numbers: ${firstLine(message)}`, 'webgpu');
  };
  device.lost.then(({ reason, message }) => {
    loss = new BackendError(`webgpu lost its device (${reason}): ${firstLine(message)}`, 'webgpu');
    // Whatever was reported before follows from it.
    error = loss;
  });
  device.addEventListener('uncapturederror', ({ error }) => note(undefined, error));
  const begin = () => {
    for (const kind of KINDS) device.pushErrorScope(kind);
  };
  begin();

  let checking: Promise<void> | undefined;
  /** Resolves when all that was asked so far is checked; reads that begin together share one check. */
  const checked = () => {
    checking ??= Promise.resolve().then(async () => {
      checking = undefined;
      // The innermost scope is the last kind.
      const kinds = KINDS.toReversed();
      const results = kinds.map(() => device.popErrorScope());
      begin();
      for (const [i, result] of (await Promise.allSettled(results)).entries())
        if (result.status === 'fulfilled' && result.value) note(kinds[i], result.value);
    });
    return checking;
  };

  /** Waits until the device is known to be lost. Dawn says so only while it is asked for something. */
  const noticedLoss = async () => {
    for (let waited = 0; !loss && waited < LOSS_NOTICE; waited += LOSS_INTERVAL) {
      await device.queue.onSubmittedWorkDone().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, LOSS_INTERVAL));
    }
  };

  const keep = backend.convertAndCacheOnCPU.bind(backend);
  // A tensor may be disposed while it is read.
  backend.convertAndCacheOnCPU = (id, values) => (backend.tensorMap.has(id) ? keep(id, values) : values);
  const read = backend.read.bind(backend);
  backend.read = async (id: DataId) => {
    if (backend.tensorMap.get(id)?.values) return read(id);
    const reading = read(id);
    const [values] = await Promise.allSettled([reading, checked()]);
    if (values.status === 'rejected' && !error) await noticedLoss();
    const failure = loss ?? error;
    if (failure) throw failure;
    if (values.status === 'rejected') throw values.reason;
    return values.value;
  };

  const readSync = backend.readSync.bind(backend);
  // TensorFlow.js reads at once by a canvas, which Node lacks and which changes some bits.
  backend.readSync = (id: DataId) => {
    const data = backend.tensorMap.get(id);
    if (data.values || data.dtype === 'string' || data.dtype === 'complex64') return readSync(id);
    throw new BackendError(
      'webgpu cannot read numbers at once, as dataSync() and arraySync() do: await data() or array()',
      'webgpu',
    );
  };

  return {
    async settle() {
      if (backend.commandEncoder) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      await checked();
      const found = error && { error, lost: loss !== undefined };
      error = undefined;
      return found;
    },
  };
}

/** Messages of shaders go on with their text. */
function firstLine(message: string): string {
  return message.trim().split('\n')[0] ?? '';
}
