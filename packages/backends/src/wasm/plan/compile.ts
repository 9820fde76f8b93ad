import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataId, engine, getKernel, type Tensor, type TensorInfo, type Variable } from '@tensorflow/tfjs-core';
import { type Compiler, type Executable, NotCompilable } from '../../trace/compiled-function.js';
import { assignedVariables, type Operand, operandsOf, type Recording } from '../../trace/trace.js';
import { sizeOf } from '../heap.js';
import { wasmMemory } from '../memory.js';
import { compileLoops, type LoopFunction } from './loop.js';
import { type KernelStep, type LoopStep, type Step, stepsOf } from './steps.js';

/**
 * Compiles recordings for WebAssembly: the kernels one after the other without TensorFlow.js's bookkeeping between them,
 * elementwise ones joined, and variables written in place. The bits are those of the eager run.
 */
export const wasmCompiler: Compiler = {
  tolerance: 0,
  // One would not show a program that goes wrong on what it wrote itself.
  checks: 2,
  compile(recording) {
    try {
      return executable(recording);
    } catch (error) {
      recording.release();
      throw error;
    }
  },
};

/** Values by their numbers while a call runs: where each one's memory is. */
type Places = DataId[];

function executable(recording: Recording): Executable {
  const backend = engine().backend as BackendWasm;
  const steps = stepsOf(recording);
  const written = writtenInPlace(recording, steps);
  const loops = steps.filter((step): step is LoopStep => 'loop' in step);
  const functions = compileLoops(
    loops.map(({ loop }) => loop),
    wasmMemory(backend),
  );
  const runs = steps.map((step) =>
    'loop' in step
      ? loopRun(step, functions[loops.indexOf(step)] as LoopFunction, backend, written)
      : kernelRun(step, backend),
  );
  const frees = lastReads(recording, steps, written);
  const assigned = assignedVariables(recording);
  // The values that each call brings are few among thousands, and sought out here rather than in every call.
  const fixed: Places = [];
  const given: { value: number; from: 'input' | 'variable'; index: number }[] = [];
  for (const [value, source] of recording.values.entries()) {
    if (source.from === 'constant' || source.from === 'outside') fixed[value] = source.tensor.dataId;
    else if (source.from !== 'call') given.push({ value, ...source });
  }

  return {
    run(inputs, variables) {
      const places = [...fixed];
      for (const index of assigned) ownMemory(variables[index] as Variable, backend);
      for (const { value, from, index } of given) {
        places[value] = ((from === 'input' ? inputs : variables)[index] as Tensor).dataId;
      }
      for (const [index, run] of runs.entries()) {
        run(places, variables);
        for (const value of frees[index] as number[]) backend.disposeData(places[value] as DataId);
      }
      for (const index of assigned) {
        const variable = variables[index] as Variable;
        const { value } = recording.variables[index] as Operand;
        if (written.get(value) !== index) copy(places[value] as DataId, variable.dataId, bytesOf(variable), backend);
        forgetPacked(variable, backend);
      }
      const outputs = recording.outputs.map(({ value, shape, dtype }) => {
        const dataId = places[value] as DataId;
        backend.incRef(dataId);
        return engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
      });
      for (const value of frees[runs.length] as number[]) backend.disposeData(places[value] as DataId);
      return outputs;
    },
    dispose: () => recording.release(),
  };
}

type SweepResult = (places: Places, variables: readonly Variable[]) => void;

function kernelRun({ call }: KernelStep, backend: BackendWasm): SweepResult {
  const { kernelFunc } = getKernel(call.kernelName, 'wasm');
  const operands = Object.entries(call.inputs) as [string, Operand | undefined][];
  const isList = Array.isArray(call.inputs);
  return (places) => {
    const inputs = (isList ? [] : {}) as Record<string, TensorInfo | undefined>;
    for (const [name, operand] of operands) {
      inputs[name] = operand && {
        dataId: places[operand.value] as DataId,
        shape: operand.shape,
        dtype: operand.dtype,
      };
    }
    const results = kernelFunc({ inputs: inputs as never, attrs: call.attrs as never, backend });
    const list = Array.isArray(results) ? results : [results];
    for (const [index, { value }] of call.outputs.entries()) places[value] = (list[index] as TensorInfo).dataId;
  };
}

function loopRun(step: LoopStep, run: LoopFunction, backend: BackendWasm, written: ReadonlyMap<number, number>): SweepResult {
  const pointers = new Array<number>(step.inputs.length + step.outputs.length + 2);
  pointers[pointers.length - 2] = step.rows;
  pointers[pointers.length - 1] = step.columns;
  return (places, variables) => {
    for (const { value, shape } of step.outputs) {
      const variable = written.get(value);
      places[value] =
        variable === undefined ? backend.makeOutput(shape, 'float32').dataId : (variables[variable] as Variable).dataId;
    }
    let next = 0;
    for (const value of step.inputs) pointers[next++] = backend.getMemoryOffset(places[value] as DataId);
    for (const { value } of step.outputs) pointers[next++] = backend.getMemoryOffset(places[value] as DataId);
    run(...pointers);
  };
}

/**
 * The values that a loop may write straight into a variable's memory, with the number of the variable: nobody may read the
 * variable's former value afterwards.
 *
 * @throws NotCompilable when variables exchange their values, or a former value is returned
 */
function writtenInPlace(recording: Recording, steps: readonly Step[]): Map<number, number> {
  const written = new Map<number, number>();
  const returned = new Set(recording.outputs.map(({ value }) => value));
  const lastRead = new Map<number, number>();
  for (const [index, step] of steps.entries()) for (const value of readBy(step)) lastRead.set(value, index);
  const madeAt = new Map(
    steps.flatMap((step, index) => ('loop' in step ? step.outputs.map(({ value }) => [value, index] as const) : [])),
  );
  for (const [variable, { value }] of recording.variables.entries()) {
    const source = recording.values[value];
    if (source?.from === 'variable' && source.index !== variable) {
      throw new NotCompilable('it assigns one variable to another');
    }
    const initial = recording.values.findIndex((one) => one.from === 'variable' && one.index === variable);
    if (value === initial) continue;
    if (returned.has(initial)) throw new NotCompilable('it returns the former value of a variable that it assigns');
    const at = madeAt.get(value);
    if (at === undefined || written.has(value)) continue;
    if ((lastRead.get(initial) ?? -1) > at) continue;
    const { inputs, loop } = steps[at] as LoopStep;
    if (inputs.some((input, i) => input === initial && loop.inputs[i] !== 'all')) continue;
    written.set(value, variable);
  }
  return written;
}

function readBy(step: Step): readonly number[] {
  return 'loop' in step ? step.inputs : operandsOf(step.call).map(({ value }) => value);
}

/** For each step the values that can be freed after it, then those that can be freed at the very end. */
function lastReads(recording: Recording, steps: readonly Step[], written: ReadonlyMap<number, number>): number[][] {
  const last = new Map<number, number>();
  for (const [index, step] of steps.entries()) {
    // Outputs that nobody reads go at once.
    const made = 'loop' in step ? step.outputs : step.call.outputs;
    for (const { value } of made) if (!written.has(value)) last.set(value, index);
    for (const value of readBy(step)) if (last.has(value)) last.set(value, index);
  }
  for (const { value } of [...recording.outputs, ...recording.variables]) {
    if (last.has(value)) last.set(value, steps.length);
  }
  const frees: number[][] = Array.from({ length: steps.length + 1 }, () => []);
  for (const [value, index] of last) frees[index]?.push(value);
  return frees;
}

/** Gives a variable memory that it shares with no clone, for it will be overwritten. */
function ownMemory(variable: Variable, backend: BackendWasm): void {
  if (backend.refCount(variable.dataId) === 1) return;
  const own = engine().makeTensorFromTensorInfo(backend.makeOutput(variable.shape, variable.dtype));
  copy(variable.dataId, own.dataId, bytesOf(variable), backend);
  variable.assign(own);
  own.dispose();
}

/**
 * Tells the module that a variable's values are others: its products and convolutions keep filters and right-hand operands
 * in a packed form, by the tensor's number, as long as the tensor is registered.
 */
function forgetPacked({ dataId, shape }: Variable, backend: BackendWasm): void {
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
