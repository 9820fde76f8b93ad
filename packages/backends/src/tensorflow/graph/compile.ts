import {
  type DataId,
  engine,
  getKernel,
  type KernelFunc,
  type Tensor,
  type TensorInfo,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { STATELESS_RANDOM_UNIFORM } from '../../random/stateless-uniform.js';
import { type Compiler, type Executable, NotCompilable } from '../../trace/compiled-function.js';
import { assignedVariables, liveCalls, type Operand, type Trace } from '../../trace/trace.js';
import type { Context } from '../context.js';
import type { Contexts } from '../open.js';
import { TensorFlowError } from '../status.js';
import type { NodeBackend } from '../tfjs-node.js';
import { type ExecutionMode, executionModes, recordSetup } from './execution-modes.js';
import { Graph } from './graph.js';
import { graphBinding } from './graph-binding.js';
import type { GraphFunction } from './graph-function.js';
import type { GraphFunctions, Output } from './graph-functions.js';
import { modeTuner } from './mode-tuner.js';

/**
 * Compiles traces for TensorFlow: the kernels of the trace run once more with a binding that adds their operations to a
 * graph. The graph becomes a TensorFlow function, which replays the trace in a single call.
 */
export function tensorflowCompiler(contexts: Contexts, functions: GraphFunctions): Compiler {
  return {
    // TensorFlow's graph optimizer fuses and reorders operations.
    tolerance: 1e-4,
    checks: 1,
    compile(trace, inputs, variables, calls) {
      try {
        return executable({ contexts, functions, trace, inputs, variables, calls });
      } catch (error) {
        trace.release();
        if (error instanceof TensorFlowError) throw new NotCompilable(`TensorFlow says: ${error.message}`);
        throw error;
      }
    },
  };
}

let functionCount = 0;

interface CompileOptions {
  readonly contexts: Contexts;
  readonly functions: GraphFunctions;
  readonly trace: Trace;
  readonly inputs: readonly Tensor[];
  readonly variables: readonly Variable[];
  readonly calls: number | undefined;
}

function executable({ contexts, functions, trace, inputs, variables, calls }: CompileOptions): Executable {
  const backend = engine().backend as NodeBackend;
  const captured: TensorInfo[] = [];
  const assigned = assignedVariables(trace);
  const graph = new Graph(contexts.all, functions);
  let fn: GraphFunction;
  try {
    const target = { backend, context: contexts.all, inputs, variables, captured };
    const { parameters, outputOf } = lower(trace, graph, target);
    const results = [...trace.outputs, ...assigned.map((index) => trace.variables[index] as Operand)];
    const outputs = results.map(({ value }) => outputOf(value));
    fn = graph.toFunction(`lrfind_${++functionCount}`, parameters, distinctOutputs(graph, outputs, parameters));
  } finally {
    graph.dispose();
  }
  const modes = executionModes(contexts, graph.size, {
    convolutions: contains(trace, 'Conv'),
    randomNumbers: contains(trace, STATELESS_RANDOM_UNIFORM),
  });
  const tuner = modeTuner(modes, calls, (mode, setup) => recordSetup(modes[mode] as ExecutionMode, graph.size, setup));
  /** The context in which XLA runs: that of the fastest mode when XLA was first used. */
  let xlaContext: Context | undefined;
  return {
    run(inputs, variables) {
      const ids = backend.getInputTensorIds([...inputs, ...variables, ...captured]);
      const mode = modes[tuner.next(performance.now())] as ExecutionMode;
      if (!mode.context) xlaContext ??= modes[tuner.best]?.context;
      const context = mode.context ?? xlaContext ?? contexts.all;
      fn.addTo(context);
      const count = trace.outputs.length + assigned.length;
      const results = backend.binding.callFunction(context, fn.name, mode.attributes, ids, count);
      for (const [i, index] of assigned.entries()) {
        assignTensor(backend, variables[index] as Variable, results[trace.outputs.length + i] as number);
      }
      return trace.outputs.map(({ shape, dtype }, i) => {
        const id = results[i] as number;
        return engine().makeTensorFromTensorInfo({ dataId: addDataId(backend, shape, dtype, id), shape, dtype });
      });
    },
    dispose() {
      fn.dispose();
      trace.release();
    },
  };
}

/** Whether a kernel is called whose name contains a word. */
function contains({ calls }: Trace, word: string): boolean {
  return calls.some(({ kernelName }) => kernelName.includes(word));
}

/** What a trace is lowered with. */
interface LoweringTarget {
  readonly backend: NodeBackend;
  readonly context: Context;
  readonly inputs: readonly Tensor[];
  readonly variables: readonly Variable[];
  /** Gets the captured tensors, in the order of the function's parameters after inputs and variables. */
  readonly captured: TensorInfo[];
}

/**
 * Runs the kernels of a trace into a graph.
 *
 * @returns the parameters of the function, and the graph's output for each value of the trace
 */
function lower(trace: Trace, graph: Graph, { backend, context, inputs, variables, captured }: LoweringTarget) {
  const eager = backend.binding;
  const { binding, add, outputOf } = graphBinding(graph, context, eager);
  /** The binding's id of each value. */
  const ids: number[] = [];
  const parameters: number[] = [];
  const addParameter = ({ shape, dtype }: TensorInfo): number => {
    const id = add(graph.placeholder(shape, backend.getDTypeInteger(dtype)));
    parameters.push(id);
    return id;
  };
  const argumentIds = [...inputs, ...variables].map(addParameter);
  for (const [value, source] of trace.values.entries()) {
    if (source.from === 'input') ids[value] = argumentIds[source.index] as number;
    else if (source.from === 'variable') ids[value] = argumentIds[inputs.length + source.index] as number;
    else if (source.from === 'captured') {
      captured.push(source.tensor);
      ids[value] = addParameter(source.tensor);
    }
  }
  const addConstant = (tensor: TensorInfo): number => {
    const [id] = backend.getInputTensorIds([tensor]);
    return add(graph.constant(eager.handleOf(id as number), backend.getDTypeInteger(tensor.dtype)));
  };
  const idOf = (value: number): number => {
    const source = trace.values[value];
    if (ids[value] === undefined && source?.from === 'constant') ids[value] = addConstant(source.tensor);
    return ids[value] as number;
  };
  const live = liveCalls(trace);
  for (const call of live) for (const operand of Object.values(call.inputs)) if (operand) idOf(operand.value);

  backend.binding = binding;
  try {
    tidy(() => {
      for (const call of trace.calls) {
        if (!live.has(call)) continue;
        const tensorOf = ({ value, shape, dtype }: Operand): TensorInfo =>
          engine().makeTensorFromTensorInfo({ dataId: addDataId(backend, shape, dtype, idOf(value)), shape, dtype });
        const entries = Object.entries(call.inputs).map(
          ([key, operand]) => [key, operand && tensorOf(operand)] as const,
        );
        const callInputs = Array.isArray(call.inputs) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
        const results = runKernel(call.kernelName, { inputs: callInputs, attrs: call.attrs, backend });
        for (const [index, { value }] of call.outputs.entries()) {
          const [id] = backend.getInputTensorIds([results[index] as TensorInfo]);
          ids[value] = id as number;
        }
      }
    });
  } finally {
    backend.binding = eager;
  }
  return { parameters: parameters.map(outputOf), outputOf: (value: number) => outputOf(idOf(value)) };
}

function runKernel(kernelName: string, call: object): TensorInfo[] {
  try {
    return [getKernel(kernelName, 'tensorflow').kernelFunc(call as Parameters<KernelFunc>[0])].flat();
  } catch (error) {
    if (error instanceof NotCompilable) throw new NotCompilable(`${kernelName} cannot be compiled: ${error.message}`);
    throw error;
  }
}

/** Adds copies, so that no output is a parameter or occurs twice: a TensorFlow function cannot return these. */
function distinctOutputs(graph: Graph, outputs: readonly Output[], parameters: readonly Output[]): Output[] {
  const seen = new Set(parameters.map(keyOf));
  return outputs.map((output) => {
    const key = keyOf(output);
    if (!seen.has(key)) {
      seen.add(key);
      return output;
    }
    return graph.operation('Identity', [], [output], 1)[0]?.output as Output;
  });
}

const keyOf = ({ oper, index }: Output) => `${oper}:${index}`;

/** Makes a data id of the backend for a tensor of the binding. */
function addDataId(backend: NodeBackend, shape: readonly number[], dtype: TensorInfo['dtype'], id: number): DataId {
  const dataId = {};
  const typeNumber = backend.getDTypeInteger(dtype);
  backend.tensorMap.set(dataId, { shape: [...shape], dtype: typeNumber, id, values: null, refCount: 1 });
  return dataId;
}

/** Assigns a tensor of the binding to a variable. Clones of the variable keep the old value. */
function assignTensor(backend: NodeBackend, variable: Variable, id: number): void {
  const info = backend.tensorMap.get(variable.dataId);
  if (info.refCount === 1) {
    if (info.id >= 0) backend.binding.deleteTensor(info.id);
    Object.assign(info, { id, values: null });
    return;
  }
  const { shape, dtype } = variable;
  const value = engine().makeTensorFromTensorInfo({ dataId: addDataId(backend, shape, dtype, id), shape, dtype });
  variable.assign(value);
  value.dispose();
}
