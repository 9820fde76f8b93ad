import { type DataId, type DataType, getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { NotCompilable } from '../../trace/compiled-function.js';
import { freedValues } from '../../trace/plan.js';
import type { KernelCall, Operand, Trace } from '../../trace/trace.js';
import type {
  BufferManager,
  GpuBindGroup,
  GpuBuffer,
  GpuCommandEncoder,
  GpuComputePass,
  GpuDevice,
  GpuPipeline,
  WebGpuBackend,
} from '../gpu.js';
import { dispatchLoop, type Plan } from './loop.js';

/** One call of a shader. */
export interface Dispatch {
  readonly pipeline: GpuPipeline;
  readonly bindings: GpuBindGroup;
  /** Numbers of groups of threads along three axes. */
  readonly groups: readonly [number, number, number];
}

/** A buffer, and the type of the numbers in it. */
export interface Place {
  readonly buffer: GpuBuffer;
  readonly dtype: DataType;
}

/** The calls of shaders that a trace comes to. */
export interface Collected {
  readonly dispatches: readonly Dispatch[];
  /** Where each value lies that was asked for. */
  readonly places: ReadonlyMap<number, Place>;
  /** Every buffer that was made for them, to be destroyed by the caller. */
  readonly own: readonly GpuBuffer[];
}

/**
 * Runs the steps of a plan on a backend that only notes which shaders they would call, on which buffers. Buffers of values that
 * nothing reads any more serve again; those of uniforms and of numbers from JavaScript do not, because a replay needs them as they are.
 *
 * @param ids for each value that no call makes, where it lies
 * @param kept values whose buffers must still hold them at the end
 * @throws NotCompilable where a kernel reads numbers or copies
 */
export function collect(
  trace: Trace,
  plan: Plan,
  backend: WebGpuBackend,
  ids: readonly (DataId | undefined)[],
  kept: readonly Operand[],
): Collected {
  const dispatches: Dispatch[] = [];
  const { device } = backend;
  const buffers = privateBuffers(device);
  const freedAfter = freedValues(trace, plan.steps, plan.inPlace);
  const all = [...ids];
  const placeOf = (value: number): Place => {
    const id = all[value] as DataId;
    backend.uploadToGPU(id);
    const { resource, dtype } = backend.tensorMap.get(id);
    return { buffer: resource as GpuBuffer, dtype };
  };
  const ofVariables = new Map(
    trace.values.flatMap((one, value) => (one.from === 'variable' ? [[one.index, value]] : [])),
  );
  const run = () => {
    for (const [index, step] of plan.steps.entries()) {
      if ('loop' in step) {
        for (const { value, shape, dtype } of step.outputs) {
          const variable = plan.inPlace.get(value);
          all[value] =
            variable === undefined
              ? backend.makeTensorInfo(shape, dtype).dataId
              : (all[ofVariables.get(variable) as number] as DataId);
        }
        dispatches.push(dispatchLoop(step, trace, plan, placeOf, device, buffers));
      } else {
        const results = [runCall(step.call, backend, all)].flat();
        for (const [i, { value }] of step.call.outputs.entries()) all[value] = (results[i] as TensorInfo).dataId;
      }
      for (const value of freedAfter[index] as number[]) backend.disposeData(all[value] as DataId);
    }
    const places = new Map<number, Place>();
    for (const { value } of kept) places.set(value, placeOf(value));
    for (const value of freedAfter[plan.steps.length] as number[]) backend.disposeData(all[value] as DataId);
    return places;
  };
  try {
    return { dispatches, places: onCollectingBackend(backend, buffers, dispatches, run), own: buffers.all };
  } catch (error) {
    for (const buffer of buffers.all) buffer.destroy();
    throw error;
  }
}

function runCall(call: KernelCall, backend: WebGpuBackend, places: readonly (DataId | undefined)[]) {
  const { kernelFunc } = getKernel(call.kernelName, 'webgpu');
  const info = (operand: Operand | undefined) =>
    operand && { dataId: places[operand.value], shape: operand.shape, dtype: operand.dtype };
  const inputs = Array.isArray(call.inputs)
    ? (call.inputs as Operand[]).map(info)
    : Object.fromEntries(Object.entries(call.inputs).map(([name, operand]) => [name, info(operand)]));
  return kernelFunc({ inputs: inputs as never, attrs: call.attrs as never, backend });
}

/** Makes buffers; those for results of shaders serve again once they are released. */
function privateBuffers(device: GpuDevice): BufferManager & { readonly all: GpuBuffer[] } {
  const all: GpuBuffer[] = [];
  const free = new Map<string, GpuBuffer[]>();
  const reusable = new Set<GpuBuffer>();
  const keyOf = (size: number, usage: number) => `${size} ${usage}`;
  return {
    all,
    acquireBuffer(size, usage, mappedAtCreation = false) {
      const isResult = !mappedAtCreation && (usage & GPUBufferUsage.STORAGE) !== 0;
      const present = isResult ? free.get(keyOf(size, usage))?.pop() : undefined;
      if (present) return present;
      const made = device.createBuffer({ size, usage, mappedAtCreation });
      all.push(made);
      if (isResult) reusable.add(made);
      return made;
    },
    releaseBuffer(buffer) {
      if (!reusable.has(buffer)) return;
      const key = keyOf(buffer.size, buffer.usage);
      free.set(key, [...(free.get(key) ?? []), buffer]);
    },
  };
}

declare const GPUBufferUsage: { readonly STORAGE: number };

/** Calls a function while the backend notes its calls of shaders, and does nothing else. */
function onCollectingBackend<Result>(
  backend: WebGpuBackend,
  bufferManager: BufferManager,
  dispatches: Dispatch[],
  run: () => Result,
): Result {
  let pipeline: GpuPipeline;
  let bindings: GpuBindGroup;
  const pass: GpuComputePass = {
    setPipeline(next) {
      pipeline = next;
    },
    setBindGroup(_index, next) {
      bindings = next as GpuBindGroup;
    },
    dispatchWorkgroups(x, y, z) {
      dispatches.push({ pipeline, bindings, groups: [x, y, z] });
    },
    end() {},
  };
  const encoder: GpuCommandEncoder = {
    beginComputePass: () => pass,
    copyBufferToBuffer() {
      throw new NotCompilable('one of its kernels copies a buffer');
    },
  };
  const device = new Proxy(backend.device, {
    get(target, name) {
      // A group that is only described can be made again on other buffers.
      if (name === 'createBindGroup') return (description: GpuBindGroup) => description;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const readSync = backend.readSync.bind(backend);
  return withMembers(
    backend,
    {
      device,
      bufferManager,
      commandEncoder: encoder,
      computePassEncoder: null,
      // Never as many as are submitted together.
      dispatchCountInPass: Number.NEGATIVE_INFINITY,
      uniformPendingDisposal: [],
      // Nothing waits, so that what is disposed serves again at once.
      commandQueueOwnedIds: { add() {}, has: () => false },
      submitQueue() {},
      readSync(id) {
        if (!backend.tensorMap.get(id).values) throw new NotCompilable('one of its kernels reads numbers back');
        return readSync(id);
      },
    },
    run,
  );
}

/** Calls a function while an object has other members. */
function withMembers<Target extends object, Result>(
  target: Target,
  members: Partial<Target>,
  run: () => Result,
): Result {
  const names = Object.keys(members) as (keyof Target)[];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(target, name));
  Object.assign(target, members);
  try {
    return run();
  } finally {
    for (const [i, name] of names.entries()) {
      const descriptor = before[i];
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else delete target[name];
    }
  }
}
