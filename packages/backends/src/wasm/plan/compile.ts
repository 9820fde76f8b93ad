import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataId, engine, getKernel, type Tensor, type TensorInfo, type Variable } from '@tensorflow/tfjs-core';
import type { Compiler, Executable } from '../../trace/compiled-function.js';
import { freedValues, inPlaceWrites, type KernelStep, type LoopStep, planSteps } from '../../trace/plan.js';
import { assignedVariables, type Operand, type Trace } from '../../trace/trace.js';
import { sizeOf } from '../heap.js';
import { wasmMemory } from '../memory.js';
import { runCalls } from '../parallel.js';
import { ELEMENTWISE } from './elementwise.js';
import { compileLoops, type LoopFunction } from './loop.js';

/**
 * Compiles traces for WebAssembly: it calls the kernels without TensorFlow.js's bookkeeping, fuses elementwise kernels
 * into loops, and writes variables in place. The results are those of the eager run, bit for bit.
 */
export const wasmCompiler: Compiler = {
  tolerance: 0,
  // A single check would miss a program that goes wrong on values that it wrote itself.
  checks: 2,
  compile(trace) {
    try {
      return executable(trace);
    } catch (error) {
      trace.release();
      throw error;
    }
  },
};

/** The buffer of each value while a call runs, by the value's index. */
type Buffers = DataId[];

function executable(trace: Trace): Executable {
  const backend = engine().backend as BackendWasm;
  const steps = planSteps(trace, { kernels: ELEMENTWISE, types: ['float32'] });
  const inPlace = inPlaceWrites(trace, steps);
  const loops = steps.filter((step): step is LoopStep => 'loop' in step);
  const functions = compileLoops(
    loops.map(({ loop }) => loop),
    wasmMemory(backend),
  );
  const runners = steps.map((step) =>
    'loop' in step
      ? loopRunner(step, functions[loops.indexOf(step)] as LoopFunction, backend, inPlace)
      : kernelRunner(step, backend),
  );
  const freedAfter = freedValues(trace, steps, inPlace);
  const assigned = assignedVariables(trace);
  // Of thousands of values, each call brings only a few. They are found once, here.
  const constants: Buffers = [];
  const bindings: { value: number; from: 'input' | 'variable'; index: number }[] = [];
  for (const [value, source] of trace.values.entries()) {
    if (source.from === 'constant' || source.from === 'captured') constants[value] = source.tensor.dataId;
    else if (source.from !== 'call') bindings.push({ value, ...source });
  }

  return {
    run(inputs, variables) {
      const buffers = [...constants];
      for (const index of assigned) ensureOwnBuffer(variables[index] as Variable, backend);
      for (const { value, from, index } of bindings) {
        buffers[value] = ((from === 'input' ? inputs : variables)[index] as Tensor).dataId;
      }
      for (const [index, run] of runners.entries()) {
        run(buffers, variables);
        for (const value of freedAfter[index] as number[]) backend.disposeData(buffers[value] as DataId);
      }
      for (const index of assigned) {
        const variable = variables[index] as Variable;
        const { value } = trace.variables[index] as Operand;
        if (inPlace.get(value) !== index) copy(buffers[value] as DataId, variable.dataId, bytesOf(variable), backend);
        invalidatePacked(variable, backend);
      }
      const outputs = trace.outputs.map(({ value, shape, dtype }) => {
        const dataId = buffers[value] as DataId;
        backend.incRef(dataId);
        return engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
      });
      for (const value of freedAfter[runners.length] as number[]) backend.disposeData(buffers[value] as DataId);
      return outputs;
    },
    dispose: () => trace.release(),
  };
}

type StepRunner = (buffers: Buffers, variables: readonly Variable[]) => void;

function kernelRunner({ call }: KernelStep, backend: BackendWasm): StepRunner {
  const { kernelFunc } = getKernel(call.kernelName, 'wasm');
  const operands = Object.entries(call.inputs) as [string, Operand | undefined][];
  const isList = Array.isArray(call.inputs);
  return (buffers) => {
    const inputs = (isList ? [] : {}) as Record<string, TensorInfo | undefined>;
    for (const [name, operand] of operands) {
      inputs[name] = operand && {
        dataId: buffers[operand.value] as DataId,
        shape: operand.shape,
        dtype: operand.dtype,
      };
    }
    const results = kernelFunc({ inputs: inputs as never, attrs: call.attrs as never, backend });
    const list = Array.isArray(results) ? results : [results];
    for (const [index, { value }] of call.outputs.entries()) buffers[value] = (list[index] as TensorInfo).dataId;
  };
}

function loopRunner(
  step: LoopStep,
  run: LoopFunction,
  backend: BackendWasm,
  inPlace: ReadonlyMap<number, number>,
): StepRunner {
  const args = new Array<number>(step.inputs.length + step.outputs.length + 2);
  args[args.length - 2] = step.rows;
  args[args.length - 1] = step.columns;
  return (buffers, variables) => {
    for (const { value, shape } of step.outputs) {
      const variable = inPlace.get(value);
      buffers[value] =
        variable === undefined ? backend.makeOutput(shape, 'float32').dataId : (variables[variable] as Variable).dataId;
    }
    let next = 0;
    for (const value of step.inputs) args[next++] = backend.getMemoryOffset(buffers[value] as DataId);
    for (const { value } of step.outputs) args[next++] = backend.getMemoryOffset(buffers[value] as DataId);
    const { rows, columns } = step;
    if (rows * columns < 2 * NUMBERS_AT_ONCE) run(...args);
    else runCalls(run, partsOf(step, args), { operations: rows * columns * args.length }, backend);
  };
}

/** Numbers of each array that a thread computes at a time. */
const NUMBERS_AT_ONCE = 2 ** 15;

/** The arguments of a loop for parts of its rows, or where it has one row, of its columns. */
function partsOf({ loop, rows, columns }: LoopStep, args: readonly number[]): number[][] {
  const byColumns = rows === 1;
  const length = byColumns ? columns : rows;
  const atOnce = byColumns ? NUMBERS_AT_ONCE : Math.ceil(NUMBERS_AT_ONCE / columns);
  /** How far an array is from one row, or column, to the next, in numbers. */
  const strides = args.slice(0, -2).map((_, i) => {
    const broadcast = loop.inputs[i] ?? 'none';
    if (broadcast === 'none') return byColumns ? 1 : columns;
    return broadcast === (byColumns ? 'row' : 'column') ? 1 : 0;
  });
  const parts: number[][] = [];
  for (let first = 0; first < length; first += atOnce) {
    const count = Math.min(atOnce, length - first);
    const addresses = strides.map((stride, i) => (args[i] as number) + 4 * stride * first);
    parts.push([...addresses, ...(byColumns ? [1, count] : [count, columns])]);
  }
  return parts;
}

/** Gives a variable a buffer that it shares with no clone, because the buffer will be overwritten. */
function ensureOwnBuffer(variable: Variable, backend: BackendWasm): void {
  if (backend.refCount(variable.dataId) === 1) return;
  const own = engine().makeTensorFromTensorInfo(backend.makeOutput(variable.shape, variable.dtype));
  copy(variable.dataId, own.dataId, bytesOf(variable), backend);
  variable.assign(own);
  own.dispose();
}

/**
 * Makes TensorFlow.js's module discard its packed copies of a variable. Its products and convolutions keep right
 * operands and filters packed, by the tensor's id, as long as the tensor is registered.
 */
function invalidatePacked({ dataId, shape }: Variable, backend: BackendWasm): void {
  const { id, memoryOffset } = backend.dataIdMap.get(dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, sizeOf(shape), memoryOffset);
}

function copy(from: DataId, to: DataId, bytes: number, backend: BackendWasm): void {
  const memory = new Uint8Array(wasmMemory(backend).memory.buffer);
  const start = backend.getMemoryOffset(from);
  memory.copyWithin(backend.getMemoryOffset(to), start, start + bytes);
}

function bytesOf({ shape, dtype }: TensorInfo): number {
  return sizeOf(shape) * (dtype === 'bool' ? 1 : 4);
}
