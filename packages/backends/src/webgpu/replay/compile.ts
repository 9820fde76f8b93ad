import { type DataId, engine, type Tensor, type TensorInfo, type Variable } from '@tensorflow/tfjs-core';
import { type Compiler, type Executable, NotCompilable } from '../../trace/compiled-function.js';
import { assignedVariables, type Operand, type Trace } from '../../trace/trace.js';
import type { GpuBuffer, TensorData, WebGpuBackend } from '../gpu.js';
import { collect, type Place } from './collect.js';
import { planLoops } from './loop.js';

/**
 * Compiles traces for WebGPU: the calls of shaders that the kernels come to are noted once, each with its buffers and uniforms, and
 * replayed by one submission for each call of the function. The shaders are those of the eager run, so the results are too.
 */
export const webGpuCompiler: Compiler = {
  // Some of TensorFlow.js's shaders add up in whatever order their threads run.
  tolerance: 1e-4,
  // A single check would miss a program that goes wrong on values that it wrote itself.
  checks: 2,
  readsLater: true,
  compile(trace, inputs, variables) {
    try {
      return executable(trace, inputs, variables);
    } catch (error) {
      trace.release();
      throw error;
    }
  },
};

/** How often a replay has written a tensor in place, which TensorFlow.js does not know. */
const writes = new WeakMap<DataId, number>();
const careful = new WeakSet<WebGpuBackend>();

/** TensorFlow.js keeps numbers that it has read. Of tensors written in place it may only keep what no write has followed. */
function keepOnlyPresentNumbers(backend: WebGpuBackend): void {
  if (careful.has(backend)) return;
  careful.add(backend);
  const keep = backend.convertAndCacheOnCPU.bind(backend);
  backend.convertAndCacheOnCPU = (id, values) => (writes.has(id) ? values : keep(id, values));
  const read = backend.read.bind(backend);
  backend.read = async (id) => {
    const before = writes.get(id);
    const values = (await read(id)) as Float32Array;
    if (before !== undefined && before === writes.get(id) && backend.tensorMap.has(id)) keep(id, values);
    return values;
  };
}

function executable(trace: Trace, inputs: readonly Tensor[], variables: readonly Variable[]): Executable {
  const backend = engine().backend as WebGpuBackend;
  const { device } = backend;
  keepOnlyPresentNumbers(backend);
  const assigned = assignedVariables(trace);
  const plan = planLoops(trace, device);

  const ids: (DataId | undefined)[] = [];
  const inputBuffers: { readonly index: number; readonly buffer: GpuBuffer }[] = [];
  const temporary: DataId[] = [];
  for (const [value, source] of trace.values.entries()) {
    if (source.from === 'constant' || source.from === 'captured') ids[value] = source.tensor.dataId;
    if (source.from === 'variable') ids[value] = (variables[source.index] as Variable).dataId;
    if (source.from === 'input') {
      const { shape, dataId } = inputs[source.index] as Tensor;
      const info = backend.makeTensorInfo(shape, backend.tensorMap.get(dataId).dtype);
      backend.uploadToGPU(info.dataId);
      temporary.push(info.dataId);
      ids[value] = info.dataId;
      inputBuffers.push({ index: source.index, buffer: dataOf(info, backend).resource as GpuBuffer });
    }
    if (ids[value]) backend.uploadToGPU(ids[value]);
  }
  const results = assigned.map((index) => trace.variables[index] as Operand);
  const free = (buffers: readonly GpuBuffer[]) => {
    for (const buffer of buffers) buffer.destroy();
    for (const id of temporary) backend.disposeData(id);
  };
  let collected: ReturnType<typeof collect>;
  try {
    collected = collect(trace, plan, backend, ids, [...trace.outputs, ...results]);
  } catch (error) {
    free([]);
    throw error;
  }
  const { dispatches, places, own } = collected;
  if (
    assigned.some(
      (index, i) =>
        places.get((results[i] as Operand).value)?.dtype !== dataOf(variables[index] as Variable, backend).dtype,
    )
  ) {
    free(own);
    throw new NotCompilable('it assigns numbers of another type to a variable');
  }

  /** The buffer of each variable that the groups below were made for. */
  const bound = variables.map((variable) => dataOf(variable, backend).resource as GpuBuffer);
  const variableOf = new Map(bound.map((buffer, index) => [buffer, index]));
  const calls = dispatches.map(({ pipeline, groups, bindings }) => ({
    pipeline,
    groups,
    layout: bindings.layout,
    entries: bindings.entries.map(({ binding, resource }) => ({
      binding,
      resource,
      variable: variableOf.get(resource.buffer),
    })),
    group: device.createBindGroup(bindings),
  }));
  const rebind = (changed: ReadonlySet<number>) => {
    for (const call of calls) {
      if (!call.entries.some(({ variable }) => variable !== undefined && changed.has(variable))) continue;
      const entries = call.entries.map(({ binding, resource, variable }) => ({
        binding,
        resource: variable === undefined ? resource : { buffer: bound[variable] as GpuBuffer },
      }));
      call.group = device.createBindGroup({ layout: call.layout, entries });
    }
  };
  /** Where a value lies when the shaders have run. */
  const placeOf = ({ value }: Operand) => {
    const source = trace.values[value];
    const { buffer, dtype } = places.get(value) as Place;
    const variable = source?.from === 'variable' ? source.index : plan.inPlace.get(value);
    return { dtype, buffer: variable === undefined ? buffer : (bound[variable] as GpuBuffer) };
  };

  return {
    run(inputs, variables) {
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      for (const index of assigned) ensureOwnBuffer(variables[index] as Variable, backend);
      const changed = new Set<number>();
      for (const [index, variable] of variables.entries()) {
        backend.uploadToGPU(variable.dataId);
        const { resource } = dataOf(variable, backend);
        if (resource === bound[index]) continue;
        bound[index] = resource as GpuBuffer;
        changed.add(index);
      }
      if (changed.size > 0) rebind(changed);
      for (const { index, buffer } of inputBuffers) fill(buffer, dataOf(inputs[index] as Tensor, backend), backend);

      backend.ensureCommandEncoderReady();
      const encoder = backend.commandEncoder as NonNullable<typeof backend.commandEncoder>;
      const pass = encoder.beginComputePass();
      for (const { pipeline, group, groups } of calls) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...groups);
      }
      pass.end();
      const outputs = trace.outputs.map((operand) => {
        const { buffer, dtype } = placeOf(operand);
        const info = backend.makeTensorInfo(operand.shape, dtype);
        backend.uploadToGPU(info.dataId);
        encoder.copyBufferToBuffer(buffer, 0, dataOf(info, backend).resource as GpuBuffer, 0, buffer.size);
        return engine().makeTensorFromTensorInfo({ ...info, dtype: operand.dtype });
      });
      for (const [i, index] of assigned.entries()) {
        const variable = variables[index] as Variable;
        const result = results[i] as Operand;
        const { buffer } = placeOf(result);
        if (plan.inPlace.get(result.value) !== index)
          encoder.copyBufferToBuffer(buffer, 0, bound[index] as GpuBuffer, 0, buffer.size);
        dataOf(variable, backend).values = null;
        writes.set(variable.dataId, (writes.get(variable.dataId) ?? 0) + 1);
      }
      backend.submitQueue();
      return outputs;
    },
    dispose() {
      free(own);
      trace.release();
    },
  };
}

function dataOf({ dataId }: TensorInfo, backend: WebGpuBackend): TensorData {
  return backend.tensorMap.get(dataId);
}

/** Gives a variable a buffer that it shares with no clone, because the buffer will be overwritten. */
function ensureOwnBuffer(variable: Variable, backend: WebGpuBackend): void {
  const { refCount, dtype } = dataOf(variable, backend);
  if (refCount === 1) return;
  const own = backend.makeTensorInfo(variable.shape, dtype);
  backend.uploadToGPU(own.dataId);
  fill(dataOf(own, backend).resource as GpuBuffer, dataOf(variable, backend), backend);
  const copy = engine().makeTensorFromTensorInfo({ ...own, dtype: variable.dtype });
  variable.assign(copy);
  copy.dispose();
}

/** Copies the numbers of a tensor to a buffer. */
function fill(buffer: GpuBuffer, { values, resource, dtype }: TensorData, backend: WebGpuBackend): void {
  if (resource) backend.commandEncoder?.copyBufferToBuffer(resource, 0, buffer, 0, buffer.size);
  else if (values && values.length > 0)
    backend.device.queue.writeBuffer(buffer, 0, dtype === 'float32' ? values : Int32Array.from(values));
}
