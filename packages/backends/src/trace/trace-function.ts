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
import type { KernelCall, Operand, Trace, ValueSource } from './trace.js';

/** The outputs of a function, and the trace of the call. */
export interface TracedCall {
  readonly outputs: Tensor[];
  readonly trace: Trace;
  /** Why the trace cannot be replayed, in words; undefined where nothing speaks against it. */
  readonly problem: string | undefined;
}

/** What JavaScript gives a backend to write. */
type Written = ArrayLike<unknown> | null | undefined;

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/**
 * Runs a function from tensors to tensors eagerly on the current backend, and traces every kernel that it calls.
 *
 * @param run calls the function and returns its outputs; it must be synchronous
 * @param inputs the function's arguments
 * @param variables every variable that it reads or assigns
 * @throws whatever `run` throws
 */
export function traceFunction(
  run: () => Tensor[],
  inputs: readonly Tensor[],
  variables: readonly Variable[],
): TracedCall {
  const backend = engine().backend;
  const values: ValueSource[] = [];
  const calls: KernelCall[] = [];
  const valueIndex = new Map<DataId, number>();
  const kept: Tensor[] = [];
  let problem: string | undefined;

  const addValue = (dataId: DataId, source: ValueSource): number => {
    valueIndex.set(dataId, values.length);
    return values.push(source) - 1;
  };
  const keepAlive = (info: TensorInfo): TensorInfo => {
    // A tensor of the trace's own, so that TensorFlow.js's counts of tensors stay correct.
    kept.push(keep(engine().makeTensorFromTensorInfo(info)));
    backend.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...info.shape], dtype: info.dtype };
  };
  const operand = (info: TensorInfo): Operand => ({
    value: valueIndex.get(info.dataId) ?? addValue(info.dataId, { from: 'captured', tensor: keepAlive(info) }),
    shape: [...info.shape],
    dtype: info.dtype,
  });
  const isConstant = ({ value }: Operand) => values[value]?.from === 'constant';

  const onCall = (kernelName: string, callInputs: Inputs, attrs: object, results: TensorInfo[]): void => {
    const operands = mapInputs(callInputs, operand);
    const present = Object.values(operands).filter((one): one is Operand => one !== undefined);
    // A kernel that returns its input's buffer, as a reshape does, makes no new value.
    if (results.length === 1 && valueIndex.has((results[0] as TensorInfo).dataId)) return;
    if (present.every(isConstant)) {
      for (const result of results) addValue(result.dataId, { from: 'constant', tensor: keepAlive(result) });
      return;
    }
    const call = calls.length;
    const outputs = results.map((result, output) => ({
      value: addValue(result.dataId, { from: 'call', call, output }),
      shape: [...result.shape],
      dtype: result.dtype,
    }));
    calls.push({ kernelName, attrs: { ...attrs }, inputs: operands, outputs });
  };
  const onWrite = (info: TensorInfo, values: Written) => {
    const number = values?.length === 1 && typeof values[0] === 'number' ? { number: values[0] } : {};
    addValue(info.dataId, { from: 'constant', tensor: keepAlive(info), ...number });
  };
  const onRead = () => {
    problem ??= 'it reads values back while it runs';
  };

  // A buffer that two of them share would stand for one value only.
  const addInitial = (dataId: DataId, source: ValueSource) => {
    if (valueIndex.has(dataId)) problem = 'two of its arguments or variables share their memory';
    addValue(dataId, source);
  };
  for (const [index, { dataId }] of inputs.entries()) addInitial(dataId, { from: 'input', index });
  for (const [index, { dataId }] of variables.entries()) addInitial(dataId, { from: 'variable', index });
  const release = () => {
    for (const tensor of kept.splice(0)) tensor.dispose();
  };
  try {
    const outputs = interceptBackend(backend, { onCall, onWrite, onRead }, run);
    return {
      outputs,
      trace: { values, calls, outputs: outputs.map(operand), variables: variables.map(operand), release },
      problem,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function mapInputs<To>(inputs: Inputs, to: (info: TensorInfo) => To): Record<string, To | undefined> | To[] {
  // For kernels that take a list of tensors, TensorFlow.js passes an array.
  if (Array.isArray(inputs)) return (inputs as TensorInfo[]).map(to);
  return Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, info ? to(info) : undefined]));
}

interface BackendListener {
  onCall(kernelName: string, inputs: Inputs, attrs: object, results: TensorInfo[]): void;
  onWrite(info: TensorInfo, values: Written): void;
  onRead(): void;
}

/**
 * Calls the listener for every kernel call, upload and read of the backend while a function runs. Kernels call other
 * kernels, upload and read too; the listener hears only of what happens outside of kernels.
 */
function interceptBackend<Result>(backend: KernelBackend, listener: BackendListener, run: () => Result): Result {
  let depth = 0;
  const nested = <Value>(action: () => Value): Value => {
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
      const result = nested(() => kernelFunc(call));
      if (depth === 0) listener.onCall(kernelName, call.inputs, call.attrs ?? {}, [result].flat());
      return result;
    }) as KernelFunc;
    restore.push(() => {
      kernel.kernelFunc = kernelFunc;
    });
  }
  const { write } = backend;
  backend.write = function (this: KernelBackend, values, shape, dtype) {
    const dataId = nested(() => write.call(this, values, shape, dtype));
    if (depth === 0) listener.onWrite({ dataId, shape: shape as number[], dtype }, values as Written);
    return dataId;
  };
  restore.push(() => restoreMethod(backend, 'write', write));
  for (const name of ['read', 'readSync'] as const) {
    const original = backend[name];
    backend[name] = function (this: KernelBackend, dataId: object) {
      if (depth === 0) listener.onRead();
      return (original as (dataId: object) => never).call(this, dataId);
    };
    restore.push(() => restoreMethod(backend, name, original));
  }
  try {
    return run();
  } finally {
    for (const undo of restore) undo();
  }
}

/** Removes the instance's own method, so that the prototype's is used again; or puts the former one back. */
function restoreMethod<Name extends 'write' | 'read' | 'readSync'>(
  backend: KernelBackend,
  name: Name,
  original: KernelBackend[Name],
): void {
  delete (backend as Partial<KernelBackend>)[name];
  if (backend[name] !== original) backend[name] = original;
}
