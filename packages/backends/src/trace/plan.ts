import { type DataType, util } from '@tensorflow/tfjs-core';
import { type Broadcast, broadcastOf, type OperandBroadcast } from './broadcast.js';
import { NotCompilable } from './compiled-function.js';
import { type KernelCall, liveCalls, type Operand, operandsOf, type Trace } from './trace.js';

/** Which kernels a backend can fuse into loops. */
export interface Fusible {
  /** Those whose output depends element by element on their inputs, by TensorFlow.js's names, with the names of their inputs; `accepts` says which calls. */
  readonly kernels: Readonly<
    Record<string, { readonly inputs: readonly string[]; readonly accepts?: (call: KernelCall) => boolean }>
  >;
  /** The types of their inputs and outputs. */
  readonly types: readonly DataType[];
}

/** One elementwise kernel within a loop. */
export interface LoopNode {
  readonly kernelName: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** For each argument the index of a loop input, or the number of loop inputs plus the index of an earlier node. */
  readonly args: readonly number[];
}

/** Several elementwise kernels, fused into one pass over the memory. */
export interface Loop {
  readonly inputs: readonly Broadcast[];
  readonly nodes: readonly LoopNode[];
  /** The nodes whose values are stored. An output may share its buffer with an input that is not broadcast. */
  readonly outputs: readonly number[];
}

/** A kernel of the backend, called as in the trace. */
export interface KernelStep {
  readonly call: KernelCall;
}

/** Several traced calls, fused into one loop. */
export interface LoopStep {
  readonly loop: Loop;
  readonly rows: number;
  readonly columns: number;
  /** The values of the loop's inputs. */
  readonly inputs: readonly number[];
  /** The values of the loop's outputs. */
  readonly outputs: readonly Operand[];
  /** What is fused: a node of the loop for each. */
  readonly calls: readonly KernelCall[];
}

/** One step of a plan. */
export type Step = KernelStep | LoopStep;

/** Elementwise calls over arrays of one size. */
interface Fused {
  readonly size: number;
  /** The number of columns of its loop; undefined while any number will do. */
  readonly columns: number | undefined;
  readonly calls: readonly KernelCall[];
}

/** Calls that will be fused into one loop. */
interface FusionGroup extends Fused {
  columns: number | undefined;
  readonly calls: KernelCall[];
  /** Values that its calls read or make. */
  readonly values: Set<number>;
  /** The index of the call in whose place the loop runs. */
  position: number;
  /** Whether a call outside the group already reads one of its results, so that the loop may not move down. */
  pinned: boolean;
}

/** A loop over more arrays is hardly faster, and takes very long to compile. */
const MAX_VALUES = 48;

/**
 * The steps that compute the same values as a trace, without dead code, and with adjacent elementwise kernels fused
 * into loops.
 */
export function planSteps(trace: Trace, fusible: Fusible): Step[] {
  const live = liveCalls(trace);
  const groupOf = new Map<KernelCall, FusionGroup>();
  const groups: FusionGroup[] = [];
  const producerOf = new Map<number, number>();
  const positionOf = (value: number): number => {
    const index = producerOf.get(value);
    if (index === undefined) return -1;
    return groupOf.get(trace.calls[index] as KernelCall)?.position ?? index;
  };
  for (const [index, call] of trace.calls.entries()) {
    for (const { value } of call.outputs) producerOf.set(value, index);
    if (!live.has(call)) continue;
    const broadcasts = fusibleOperands(call, fusible);
    if (broadcasts) {
      const columns = broadcasts.find((one) => one.columns !== undefined)?.columns;
      const size = util.sizeFromShape((call.outputs[0] as Operand).shape);
      const joined = groups.findLast((group) => {
        if (group.size !== size || group.values.size + broadcasts.length > MAX_VALUES) return false;
        if (columns !== undefined && group.columns !== undefined && columns !== group.columns) return false;
        const sharesArray = operandsOf(call).some(
          ({ value }, i) => broadcasts[i]?.broadcast === 'none' && group.values.has(value),
        );
        return sharesArray && mayJoin(group, call);
      });
      const group = joined ?? { size, columns, calls: [], values: new Set(), position: index, pinned: false };
      if (!joined) groups.push(group);
      if (!operandsOf(call).every(({ value }) => isReady(group, value))) group.position = index;
      group.columns ??= columns;
      group.calls.push(call);
      for (const { value } of [...operandsOf(call), ...call.outputs]) group.values.add(value);
      groupOf.set(call, group);
    }
    for (const { value } of operandsOf(call)) {
      const producer = producerGroup(value);
      if (producer && producer !== groupOf.get(call)) producer.pinned = true;
    }
  }

  /** The group of the call that makes a value, if it is in one. */
  function producerGroup(value: number): FusionGroup | undefined {
    const index = producerOf.get(value);
    return index === undefined ? undefined : groupOf.get(trace.calls[index] as KernelCall);
  }
  /** Whether a value is available where the group runs. */
  function isReady(group: FusionGroup, value: number): boolean {
    return producerGroup(value) === group || positionOf(value) < group.position;
  }
  /** Whether either the call can move up to the group, or the group down to the call. */
  function mayJoin(group: FusionGroup, call: KernelCall): boolean {
    return !group.pinned || operandsOf(call).every(({ value }) => isReady(group, value));
  }

  const readers = readersOf(trace, live);
  return trace.calls.flatMap((call, index): Step[] => {
    const group = groupOf.get(call);
    if (group) return group.position === index ? [loopStep(group, readers, fusible)] : [];
    return live.has(call) ? [{ call }] : [];
  });
}

/** How a call's operands are broadcast; undefined when the call cannot be part of a loop. */
function fusibleOperands(call: KernelCall, { kernels, types }: Fusible): OperandBroadcast[] | undefined {
  const output = call.outputs[0] as Operand;
  const operands = operandsOf(call);
  const kernel = Object.hasOwn(kernels, call.kernelName) ? kernels[call.kernelName] : undefined;
  if (!kernel || kernel.accepts?.(call) === false || util.sizeFromShape(output.shape) === 0) return undefined;
  if (![output, ...operands].every(({ dtype }) => types.includes(dtype))) return undefined;
  const broadcasts = operands.map(({ shape }) => broadcastOf(shape, output.shape));
  const columns = new Set(broadcasts.map((one) => one?.columns).filter((one) => one !== undefined));
  return columns.size > 1 || broadcasts.includes(undefined) ? undefined : (broadcasts as OperandBroadcast[]);
}

/** For each value the calls that read it. `null` stands for the caller of the function. */
type Readers = ReadonlyMap<number, ReadonlySet<KernelCall | null>>;

/** The live calls that read each value. */
export function readersOf(trace: Trace, live: ReadonlySet<KernelCall> = liveCalls(trace)): Readers {
  const readers = new Map<number, Set<KernelCall | null>>();
  const add = (value: number, reader: KernelCall | null) => {
    const present = readers.get(value);
    if (present) present.add(reader);
    else readers.set(value, new Set([reader]));
  };
  for (const call of live) for (const { value } of operandsOf(call)) add(value, call);
  for (const { value } of [...trace.outputs, ...trace.variables]) add(value, null);
  return readers;
}

/** A loop with its first calls only, and one with the others. */
export function splitLoop(step: LoopStep, first: number, readers: Readers, fusible: Fusible): [LoopStep, LoopStep] {
  const { rows, columns, calls } = step;
  const part = (calls: readonly KernelCall[]) => loopStep({ size: rows * columns, columns, calls }, readers, fusible);
  return [part(calls.slice(0, first)), part(calls.slice(first))];
}

/**
 * One loop that computes a loop and then another. The first must not be read before the second's place.
 *
 * @returns undefined where they go over other sizes
 */
export function joinLoops(first: LoopStep, second: LoopStep, readers: Readers, fusible: Fusible): LoopStep | undefined {
  const size = first.rows * first.columns;
  const [columns, others] = [first, second].map(columnsOf);
  if (second.rows * second.columns !== size || (columns && others && columns !== others)) return undefined;
  return loopStep({ size, columns: columns ?? others, calls: [...first.calls, ...second.calls] }, readers, fusible);
}

/** The number of columns that a loop must have; undefined where any number will do. */
function columnsOf({ loop, columns }: LoopStep): number | undefined {
  return loop.inputs.every((broadcast) => broadcast === 'none' || broadcast === 'scalar') ? undefined : columns;
}

function loopStep(group: Fused, readers: Readers, { kernels }: Fusible): LoopStep {
  const nodeOf = new Map(group.calls.map((call, node) => [(call.outputs[0] as Operand).value, node]));
  const inputs: { value: number; broadcast: Broadcast }[] = [];
  const inputOf = (value: number, broadcast: Broadcast): number => {
    const present = inputs.findIndex((one) => one.value === value && one.broadcast === broadcast);
    return present >= 0 ? present : inputs.push({ value, broadcast }) - 1;
  };
  const argsOf = (call: KernelCall) =>
    (kernels[call.kernelName]?.inputs ?? []).map((name) => {
      const { value, shape } = (call.inputs as Record<string, Operand>)[name] as Operand;
      const node = nodeOf.get(value);
      if (node !== undefined) return { node };
      const { broadcast } = broadcastOf(shape, (call.outputs[0] as Operand).shape) as OperandBroadcast;
      return { input: inputOf(value, broadcast) };
    });
  const args = group.calls.map(argsOf);
  const nodes = group.calls.map(({ kernelName, attrs }, index) => ({
    kernelName,
    attrs: attrs as Record<string, unknown>,
    args: (args[index] ?? []).map((arg) => arg.input ?? inputs.length + (arg.node as number)),
  }));
  const members = new Set<KernelCall | null>(group.calls);
  const isReadOutside = ({ value }: Operand) => [...(readers.get(value) ?? [])].some((reader) => !members.has(reader));
  const results = group.calls.map((call) => call.outputs[0] as Operand);
  const outputs = results.filter(isReadOutside);
  const columns = group.columns ?? group.size;
  return {
    loop: {
      inputs: inputs.map(({ broadcast }) => broadcast),
      nodes,
      outputs: outputs.map((output) => results.indexOf(output)),
    },
    rows: group.size / columns,
    columns,
    inputs: inputs.map(({ value }) => value),
    outputs,
    calls: group.calls,
  };
}

/**
 * The values that a loop may write directly to the buffer of a variable, with the variable's index: nothing reads the
 * variable's old value afterwards.
 *
 * @throws NotCompilable when one variable is assigned to another, or the old value of an assigned variable is returned
 */
export function inPlaceWrites(trace: Trace, steps: readonly Step[]): Map<number, number> {
  const inPlace = new Map<number, number>();
  const returned = new Set(trace.outputs.map(({ value }) => value));
  const lastRead = new Map<number, number>();
  for (const [index, step] of steps.entries()) for (const value of valuesReadBy(step)) lastRead.set(value, index);
  const producer = new Map(
    steps.flatMap((step, index) => ('loop' in step ? step.outputs.map(({ value }) => [value, index] as const) : [])),
  );
  for (const [variable, { value }] of trace.variables.entries()) {
    const source = trace.values[value];
    if (source?.from === 'variable' && source.index !== variable) {
      throw new NotCompilable('it assigns one variable to another');
    }
    const initial = trace.values.findIndex((one) => one.from === 'variable' && one.index === variable);
    if (value === initial) continue;
    if (returned.has(initial)) throw new NotCompilable('it returns the former value of a variable that it assigns');
    const stepIndex = producer.get(value);
    if (stepIndex === undefined || inPlace.has(value)) continue;
    if ((lastRead.get(initial) ?? -1) > stepIndex) continue;
    const { inputs, loop } = steps[stepIndex] as LoopStep;
    if (inputs.some((input, i) => input === initial && loop.inputs[i] !== 'none')) continue;
    inPlace.set(value, variable);
  }
  return inPlace;
}

export function valuesReadBy(step: Step): readonly number[] {
  return 'loop' in step ? step.inputs : operandsOf(step.call).map(({ value }) => value);
}

/** For each step the values whose buffers can be freed after it; the last entry holds those to free at the very end. */
export function freedValues(trace: Trace, steps: readonly Step[], inPlace: ReadonlyMap<number, number>): number[][] {
  const lastUse = new Map<number, number>();
  for (const [index, step] of steps.entries()) {
    // An output that no step reads is freed after the step that makes it.
    const results = 'loop' in step ? step.outputs : step.call.outputs;
    for (const { value } of results) if (!inPlace.has(value)) lastUse.set(value, index);
    for (const value of valuesReadBy(step)) if (lastUse.has(value)) lastUse.set(value, index);
  }
  for (const { value } of [...trace.outputs, ...trace.variables]) {
    if (lastUse.has(value)) lastUse.set(value, steps.length);
  }
  const freed: number[][] = Array.from({ length: steps.length + 1 }, () => []);
  for (const [value, index] of lastUse) freed[index]?.push(value);
  return freed;
}
