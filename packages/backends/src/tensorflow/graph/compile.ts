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
import { type Compiler, type Executable, NotCompilable } from '../../trace/compiled-function.js';
import { assignedVariables, neededCalls, type Operand, type Recording } from '../../trace/trace.js';
import type { Context } from '../context.js';
import type { Contexts } from '../open.js';
import { TensorFlowError } from '../status.js';
import type { NodeBackend } from '../tfjs-node.js';
import { Graph } from './graph.js';
import { graphBinding } from './graph-binding.js';
import type { GraphFunction } from './graph-function.js';
import type { GraphFunctions, Output } from './graph-functions.js';
import { wayChoice } from './mode-tuner.js';
import { learnSetup, type Way, waysOf } from './execution-modes.js';

/**
 * Compiles recordings for TensorFlow: kernels run once more with a graph in the place of the library, and the graph
 * becomes a function of TensorFlow's, so that a call is one call.
 */
export function tensorflowCompiler(contexts: Contexts, functions: GraphFunctions): Compiler {
  return {
    // Its optimizer joins and reorders operations.
    tolerance: 1e-4,
    checks: 1,
    compile(recording, inputs, variables, calls) {
      try {
        return executable({ contexts, functions, recording, inputs, variables, calls });
      } catch (error) {
        recording.release();
        if (error instanceof TensorFlowError) throw new NotCompilable(`TensorFlow says: ${error.message}`);
        throw error;
      }
    },
  };
}

let functionsMade = 0;

interface Task {
  readonly contexts: Contexts;
  readonly functions: GraphFunctions;
  readonly recording: Recording;
  readonly inputs: readonly Tensor[];
  readonly variables: readonly Variable[];
  readonly calls: number | undefined;
}

function executable({ contexts, functions, recording, inputs, variables, calls }: Task): Executable {
  const backend = engine().backend as NodeBackend;
  const outside: TensorInfo[] = [];
  const assigned = assignedVariables(recording);
  const graph = new Graph(contexts.all, functions);
  let made: GraphFunction;
  try {
    const target = { backend, context: contexts.all, inputs, variables, outside };
    const { inputs: given, outputs } = lower(recording, graph, target);
    const results = [...recording.outputs, ...assigned.map((index) => recording.variables[index] as Operand)];
    const values = results.map(({ value }) => outputs(value));
    made = graph.toFunction(`lrfind_${++functionsMade}`, given, distinct(graph, values, given));
  } finally {
    graph.dispose();
  }
  const ways = waysOf(contexts, graph.size, isConvolutional(recording));
  const choice = wayChoice(ways, calls, (way, setup) => learnSetup(ways[way] as Way, graph.size, setup));
  /** Where XLA compiled it: where the fastest way without XLA runs. */
  let xlaPlace: Context | undefined;
  return {
    run(inputs, variables) {
      const ids = backend.getInputTensorIds([...inputs, ...variables, ...outside]);
      const way = ways[choice.next(performance.now())] as Way;
      if (!way.context) xlaPlace ??= ways[choice.best]?.context;
      const context = way.context ?? xlaPlace ?? contexts.all;
      made.addTo(context);
      const count = recording.outputs.length + assigned.length;
      const results = backend.binding.callFunction(context, made.name, way.attributes, ids, count);
      for (const [i, index] of assigned.entries()) {
        replace(backend, variables[index] as Variable, results[recording.outputs.length + i] as number);
      }
      return recording.outputs.map(({ shape, dtype }, i) => {
        const id = results[i] as number;
        return engine().makeTensorFromTensorInfo({ dataId: held(backend, shape, dtype, id), shape, dtype });
      });
    },
    dispose() {
      made.dispose();
      recording.release();
    },
  };
}

function isConvolutional({ calls }: Recording): boolean {
  return calls.some(({ kernelName }) => kernelName.includes('Conv'));
}

/** What the kernels of a recording become part of. */
interface Target {
  readonly backend: NodeBackend;
  readonly context: Context;
  readonly inputs: readonly Tensor[];
  readonly variables: readonly Variable[];
  /** Filled with the tensors that the function needs besides, in the order of its arguments. */
  readonly outside: TensorInfo[];
}

/** Runs the kernels of a recording into a graph. */
function lower(recording: Recording, graph: Graph, { backend, context, inputs, variables, outside }: Target) {
  const eager = backend.binding;
  const { binding, add, outputOf } = graphBinding(graph, context, eager);
  const numbers: number[] = [];
  const placeholders: number[] = [];
  const argument = ({ shape, dtype }: TensorInfo): number => {
    const id = add(graph.placeholder(shape, backend.getDTypeInteger(dtype)));
    placeholders.push(id);
    return id;
  };
  const given = [...inputs, ...variables].map(argument);
  for (const [value, source] of recording.values.entries()) {
    if (source.from === 'input') numbers[value] = given[source.index] as number;
    else if (source.from === 'variable') numbers[value] = given[inputs.length + source.index] as number;
    else if (source.from === 'outside') {
      outside.push(source.tensor);
      numbers[value] = argument(source.tensor);
    }
  }
  const constant = (tensor: TensorInfo): number => {
    const [id] = backend.getInputTensorIds([tensor]);
    return add(graph.constant(eager.handleOf(id as number), backend.getDTypeInteger(tensor.dtype)));
  };
  const numberOf = (value: number): number => {
    const source = recording.values[value];
    if (numbers[value] === undefined && source?.from === 'constant') numbers[value] = constant(source.tensor);
    return numbers[value] as number;
  };
  const needed = neededCalls(recording);
  for (const call of needed) for (const operand of Object.values(call.inputs)) if (operand) numberOf(operand.value);

  backend.binding = binding;
  try {
    tidy(() => {
      for (const call of recording.calls) {
        if (!needed.has(call)) continue;
        const info = ({ value, shape, dtype }: Operand): TensorInfo =>
          engine().makeTensorFromTensorInfo({ dataId: held(backend, shape, dtype, numberOf(value)), shape, dtype });
        const operands = Object.entries(call.inputs).map(([key, operand]) => [key, operand && info(operand)] as const);
        const named = Array.isArray(call.inputs) ? operands.map(([, one]) => one) : Object.fromEntries(operands);
        const results = runKernel(call.kernelName, { inputs: named, attrs: call.attrs, backend });
        for (const [index, { value }] of call.outputs.entries()) {
          const [id] = backend.getInputTensorIds([results[index] as TensorInfo]);
          numbers[value] = id as number;
        }
      }
    });
  } finally {
    backend.binding = eager;
  }
  return { inputs: placeholders.map(outputOf), outputs: (value: number) => outputOf(numberOf(value)) };
}

function runKernel(kernelName: string, call: object): TensorInfo[] {
  try {
    return [getKernel(kernelName, 'tensorflow').kernelFunc(call as Parameters<KernelFunc>[0])].flat();
  } catch (error) {
    if (error instanceof NotCompilable) throw new NotCompilable(`${kernelName} cannot be compiled: ${error.message}`);
    throw error;
  }
}

/** Results of which none is an argument itself and none comes twice, as a function wants them. */
function distinct(graph: Graph, outputs: readonly Output[], arguments_: readonly Output[]): Output[] {
  const seen = new Set(arguments_.map(keyOf));
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

/** A data id of the backend's for a tensor that the binding knows by a number. */
function held(backend: NodeBackend, shape: readonly number[], dtype: TensorInfo['dtype'], id: number): DataId {
  const dataId = {};
  const typeNumber = backend.getDTypeInteger(dtype);
  backend.tensorMap.set(dataId, { shape: [...shape], dtype: typeNumber, id, values: null, refCount: 1 });
  return dataId;
}

/** Gives a variable another tensor as its value; a clone of the variable keeps the former one. */
function replace(backend: NodeBackend, variable: Variable, id: number): void {
  const info = backend.tensorMap.get(variable.dataId);
  if (info.refCount === 1) {
    if (info.id >= 0) backend.binding.deleteTensor(info.id);
    Object.assign(info, { id, values: null });
    return;
  }
  const { shape, dtype } = variable;
  const value = engine().makeTensorFromTensorInfo({ dataId: held(backend, shape, dtype, id), shape, dtype });
  variable.assign(value);
  value.dispose();
}
