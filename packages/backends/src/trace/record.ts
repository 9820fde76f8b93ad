import {
  type DataId,
  engine,
  getBackend,
  getKernelsForBackend,
  type KernelBackend,
  type KernelFunc,
  keep,
  type Tensor,
  type TensorInfo,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { KernelCall, Operand, Recording, Source } from './trace.js';

/** What running a function gave, and what was written down meanwhile. */
export interface Recorded {
  readonly outputs: Tensor[];
  readonly recording: Recording;
  /** Why the recording cannot stand for the function, in words; undefined when it can, as far as one run shows. */
  readonly problem: string | undefined;
}

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/**
 * Runs a function from tensors to tensors operation by operation on the current backend, as it would run anyway, and
 * writes down every kernel that it calls. `run` must be synchronous.
 *
 * @param run calls the function; what it returns are the function's outputs
 * @param inputs the function's arguments
 * @param variables every variable that it reads or assigns
 * @throws whatever `run` throws
 */
export function record(run: () => Tensor[], inputs: readonly Tensor[], variables: readonly Variable[]): Recorded {
  const backend = engine().backend;
  const values: Source[] = [];
  const calls: KernelCall[] = [];
  const numbers = new Map<DataId, number>();
  const held: Tensor[] = [];
  let problem: string | undefined;

  const define = (dataId: DataId, source: Source): number => {
    numbers.set(dataId, values.length);
    return values.push(source) - 1;
  };
  const hold = (info: TensorInfo): TensorInfo => {
    // A tensor of its own, so that TensorFlow.js's books stay right.
    held.push(keep(engine().makeTensorFromTensorInfo(info)));
    backend.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...info.shape], dtype: info.dtype };
  };
  const operand = (info: TensorInfo): Operand => ({
    value: numbers.get(info.dataId) ?? define(info.dataId, { from: 'outside', tensor: hold(info) }),
    shape: [...info.shape],
    dtype: info.dtype,
  });
  const isConstant = ({ value }: Operand) => values[value]?.from === 'constant';

  const onCall = (kernelName: string, given: Inputs, attrs: object, results: TensorInfo[]): void => {
    const operands = mapInputs(given, operand);
    const all = Object.values(operands).filter((one): one is Operand => one !== undefined);
    // A kernel that hands its input's memory on, as a reshape does, makes no new value.
    if (results.length === 1 && numbers.has((results[0] as TensorInfo).dataId)) return;
    if (all.every(isConstant)) {
      for (const result of results) define(result.dataId, { from: 'constant', tensor: hold(result) });
      return;
    }
    const call = calls.length;
    const outputs = results.map((result, output) => ({
      value: define(result.dataId, { from: 'call', call, output }),
      shape: [...result.shape],
      dtype: result.dtype,
    }));
    calls.push({ kernelName, attrs: { ...attrs }, inputs: operands, outputs });
  };
  const onWrite = (info: TensorInfo) => define(info.dataId, { from: 'constant', tensor: hold(info) });
  const onRead = () => {
    problem ??= 'it reads values back while it runs';
  };

  // Memory that several of them share could not be told apart.
  const begin = (dataId: DataId, source: Source) => {
    if (numbers.has(dataId)) problem = 'two of its arguments or variables share their memory';
    define(dataId, source);
  };
  for (const [index, { dataId }] of inputs.entries()) begin(dataId, { from: 'input', index });
  for (const [index, { dataId }] of variables.entries()) begin(dataId, { from: 'variable', index });
  const recording = { values, calls, release: () => release(held) };
  try {
    const outputs = listening(backend, { onCall, onWrite, onRead }, run);
    return {
      outputs,
      recording: { ...recording, outputs: outputs.map(operand), variables: variables.map(operand) },
      problem,
    };
  } catch (error) {
    recording.release();
    throw error;
  }
}

function release(held: Tensor[]): void {
  for (const tensor of held.splice(0)) tensor.dispose();
}

function mapInputs<To>(inputs: Inputs, to: (info: TensorInfo) => To): Record<string, To | undefined> | To[] {
  // Some kernels take a list, which TensorFlow.js passes in the place of the names.
  if (Array.isArray(inputs)) return (inputs as TensorInfo[]).map(to);
  return Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, info ? to(info) : undefined]));
}

interface Listener {
  onCall(kernelName: string, inputs: Inputs, attrs: object, results: TensorInfo[]): void;
  onWrite(info: TensorInfo): void;
  onRead(): void;
}

/**
 * Runs something while every kernel call, upload and read of the backend is told. Kernels call one another, write and
 * read too; only what comes from outside of any kernel counts.
 */
function listening<Result>(backend: KernelBackend, listener: Listener, run: () => Result): Result {
  let depth = 0;
  const inside = <Value>(action: () => Value): Value => {
    depth += 1;
    try {
      return action();
    } finally {
      depth -= 1;
    }
  };
  const restore: (() => void)[] = [];
  for (const kernel of getKernelsForBackend(getBackend())) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = ((call: Parameters<KernelFunc>[0]) => {
      const result = inside(() => kernelFunc(call));
      if (depth === 0) listener.onCall(kernelName, call.inputs, call.attrs ?? {}, [result].flat());
      return result;
    }) as KernelFunc;
    restore.push(() => {
      kernel.kernelFunc = kernelFunc;
    });
  }
  const { write } = backend;
  backend.write = function (this: KernelBackend, values, shape, dtype) {
    const dataId = inside(() => write.call(this, values, shape, dtype));
    if (depth === 0) listener.onWrite({ dataId, shape: shape as number[], dtype });
    return dataId;
  };
  restore.push(() => shadow(backend, 'write', write));
  for (const name of ['read', 'readSync'] as const) {
    const original = backend[name];
    backend[name] = function (this: KernelBackend, dataId: object) {
      if (depth === 0) listener.onRead();
      return (original as (dataId: object) => never).call(this, dataId);
    };
    restore.push(() => shadow(backend, name, original));
  }
  try {
    return run();
  } finally {
    for (const undo of restore) undo();
  }
}

/** Takes a method of the instance away again, or puts the former one back. */
function shadow<Name extends 'write' | 'read' | 'readSync'>(
  backend: KernelBackend,
  name: Name,
  original: KernelBackend[Name],
): void {
  delete (backend as Partial<KernelBackend>)[name];
  if (backend[name] !== original) backend[name] = original;
}
