import { util } from '@tensorflow/tfjs-core';
import { type KernelCall, neededCalls, type Operand, operandsOf, type Recording } from '../../trace/trace.js';
import { ELEMENTWISE } from './elementwise.js';
import type { Loop, Reach } from './loop.js';
import { type OperandReach, reachOf } from './broadcast.js';

/** A kernel of the backend, called as it was recorded. */
export interface KernelStep {
  readonly call: KernelCall;
}

/** Several recorded calls as one loop. */
export interface LoopStep {
  readonly loop: Loop;
  readonly rows: number;
  readonly columns: number;
  /** The values behind the loop's inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly Operand[];
}

export type Step = KernelStep | LoopStep;

/** Elementwise calls over arrays of one size that will run together, at the place of one of them. */
interface Group {
  readonly size: number;
  /** The length of its rows; undefined while any will do. */
  columns: number | undefined;
  readonly calls: KernelCall[];
  /** Values that its calls read or make. */
  readonly touches: Set<number>;
  /** The number of the call in whose place it runs. */
  place: number;
  /** Whether somebody else already reads what it makes, so that it may not run later. */
  awaited: boolean;
}

/** One pass gains nothing more beyond so many arrays, and takes very long to compile. */
const MOST_VALUES = 48;

/**
 * The order of work that gives the same values as a recording, with nothing in it that no result needs, and neighbouring
 * elementwise kernels joined into loops.
 */
export function stepsOf(recording: Recording): Step[] {
  const needed = neededCalls(recording);
  const groupOf = new Map<KernelCall, Group>();
  const groups: Group[] = [];
  const madeBy = new Map<number, number>();
  const placeOf = (value: number): number => {
    const index = madeBy.get(value);
    if (index === undefined) return -1;
    return groupOf.get(recording.calls[index] as KernelCall)?.place ?? index;
  };
  for (const [index, call] of recording.calls.entries()) {
    for (const { value } of call.outputs) madeBy.set(value, index);
    if (!needed.has(call)) continue;
    const reaches = fusible(call);
    if (reaches) {
      const columns = reaches.find((one) => one.columns !== undefined)?.columns;
      const size = util.sizeFromShape((call.outputs[0] as Operand).shape);
      const joined = groups.findLast((group) => {
        if (group.size !== size || group.touches.size + reaches.length > MOST_VALUES) return false;
        if (columns !== undefined && group.columns !== undefined && columns !== group.columns) return false;
        const shares = operandsOf(call).some(({ value }, i) => reaches[i]?.reach === 'all' && group.touches.has(value));
        return shares && mayJoin(group, call);
      });
      const group = joined ?? { size, columns, calls: [], touches: new Set(), place: index, awaited: false };
      if (!joined) groups.push(group);
      if (!operandsOf(call).every(({ value }) => isReady(group, value))) group.place = index;
      group.columns ??= columns;
      group.calls.push(call);
      for (const { value } of [...operandsOf(call), ...call.outputs]) group.touches.add(value);
      groupOf.set(call, group);
    }
    for (const { value } of operandsOf(call)) {
      const made = madeBy.get(value);
      const maker = made === undefined ? undefined : groupOf.get(recording.calls[made] as KernelCall);
      if (maker && maker !== groupOf.get(call)) maker.awaited = true;
    }
  }

  /** Whether a value is there when the group runs. */
  function isReady(group: Group, value: number): boolean {
    const made = madeBy.get(value);
    const maker = made === undefined ? undefined : groupOf.get(recording.calls[made] as KernelCall);
    return maker === group || placeOf(value) < group.place;
  }
  /** Either the call is moved up to the group, or the group down to the call. */
  function mayJoin(group: Group, call: KernelCall): boolean {
    return !group.awaited || operandsOf(call).every(({ value }) => isReady(group, value));
  }

  const readers = readersOf(recording, needed);
  return recording.calls.flatMap((call, index): Step[] => {
    const group = groupOf.get(call);
    if (group) return group.place === index ? [loopStep(group, readers)] : [];
    return needed.has(call) ? [{ call }] : [];
  });
}

/** How a call's operands are read when it can be part of a loop; undefined when it cannot. */
function fusible(call: KernelCall): OperandReach[] | undefined {
  const output = call.outputs[0] as Operand;
  const operands = operandsOf(call);
  if (!ELEMENTWISE[call.kernelName] || util.sizeFromShape(output.shape) === 0) return undefined;
  if ([output, ...operands].some(({ dtype }) => dtype !== 'float32')) return undefined;
  const reaches = operands.map(({ shape }) => reachOf(shape, output.shape));
  const columns = new Set(reaches.map((one) => one?.columns).filter((one) => one !== undefined));
  return columns.size > 1 || reaches.includes(undefined) ? undefined : (reaches as OperandReach[]);
}

/** For each value the calls that read it; `null` stands for the caller of the function. */
function readersOf(recording: Recording, needed: ReadonlySet<KernelCall>): Map<number, Set<KernelCall | null>> {
  const readers = new Map<number, Set<KernelCall | null>>();
  const add = (value: number, reader: KernelCall | null) => {
    const present = readers.get(value);
    if (present) present.add(reader);
    else readers.set(value, new Set([reader]));
  };
  for (const call of needed) for (const { value } of operandsOf(call)) add(value, call);
  for (const { value } of [...recording.outputs, ...recording.variables]) add(value, null);
  return readers;
}

function loopStep(group: Group, readers: ReadonlyMap<number, ReadonlySet<KernelCall | null>>): LoopStep {
  const made = new Map(group.calls.map((call, node) => [(call.outputs[0] as Operand).value, node]));
  const inputs: { value: number; reach: Reach }[] = [];
  const inputOf = (value: number, reach: Reach): number => {
    const present = inputs.findIndex((one) => one.value === value && one.reach === reach);
    return present >= 0 ? present : inputs.push({ value, reach }) - 1;
  };
  const argsOf = (call: KernelCall) =>
    (ELEMENTWISE[call.kernelName]?.inputs ?? []).map((name) => {
      const { value, shape } = (call.inputs as Record<string, Operand>)[name] as Operand;
      const node = made.get(value);
      if (node !== undefined) return { node };
      const { reach } = reachOf(shape, (call.outputs[0] as Operand).shape) as OperandReach;
      return { input: inputOf(value, reach) };
    });
  const args = group.calls.map(argsOf);
  const nodes = group.calls.map(({ kernelName, attrs }, index) => ({
    kernelName,
    attrs: attrs as Record<string, unknown>,
    args: (args[index] ?? []).map((arg) => arg.input ?? inputs.length + (arg.node as number)),
  }));
  const mine = new Set<KernelCall | null>(group.calls);
  const isRead = ({ value }: Operand) => [...(readers.get(value) ?? [])].some((reader) => !mine.has(reader));
  const results = group.calls.map((call) => call.outputs[0] as Operand);
  const outputs = results.filter(isRead);
  const columns = group.columns ?? group.size;
  return {
    loop: {
      inputs: inputs.map(({ reach }) => reach),
      nodes,
      outputs: outputs.map((output) => results.indexOf(output)),
    },
    rows: group.size / columns,
    columns,
    inputs: inputs.map(({ value }) => value),
    outputs,
  };
}
