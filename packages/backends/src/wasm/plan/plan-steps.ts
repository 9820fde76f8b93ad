import { util } from '@tensorflow/tfjs-core';
import { type KernelCall, liveCalls, type Operand, operandsOf, type Trace } from '../../trace/trace.js';
import { type Broadcast, broadcastOf, type OperandBroadcast } from './broadcast.js';
import { ELEMENTWISE } from './elementwise.js';
import type { Loop } from './loop.js';

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
}

/** One step of a plan. */
export type Step = KernelStep | LoopStep;

/** Elementwise calls over arrays of one size that will be fused into one loop. */
interface FusionGroup {
  readonly size: number;
  /** The number of columns of its loop; undefined while any number will do. */
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
export function planSteps(trace: Trace): Step[] {
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
    const broadcasts = fusibleOperands(call);
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
    if (group) return group.position === index ? [loopStep(group, readers)] : [];
    return live.has(call) ? [{ call }] : [];
  });
}

/** How a call's operands are broadcast; undefined when the call cannot be part of a loop. */
function fusibleOperands(call: KernelCall): OperandBroadcast[] | undefined {
  const output = call.outputs[0] as Operand;
  const operands = operandsOf(call);
  if (!ELEMENTWISE[call.kernelName] || util.sizeFromShape(output.shape) === 0) return undefined;
  if ([output, ...operands].some(({ dtype }) => dtype !== 'float32')) return undefined;
  const broadcasts = operands.map(({ shape }) => broadcastOf(shape, output.shape));
  const columns = new Set(broadcasts.map((one) => one?.columns).filter((one) => one !== undefined));
  return columns.size > 1 || broadcasts.includes(undefined) ? undefined : (broadcasts as OperandBroadcast[]);
}

/** For each value the calls that read it. `null` stands for the caller of the function. */
function readersOf(trace: Trace, live: ReadonlySet<KernelCall>): Map<number, Set<KernelCall | null>> {
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

function loopStep(group: FusionGroup, readers: ReadonlyMap<number, ReadonlySet<KernelCall | null>>): LoopStep {
  const nodeOf = new Map(group.calls.map((call, node) => [(call.outputs[0] as Operand).value, node]));
  const inputs: { value: number; broadcast: Broadcast }[] = [];
  const inputOf = (value: number, broadcast: Broadcast): number => {
    const present = inputs.findIndex((one) => one.value === value && one.broadcast === broadcast);
    return present >= 0 ? present : inputs.push({ value, broadcast }) - 1;
  };
  const argsOf = (call: KernelCall) =>
    (ELEMENTWISE[call.kernelName]?.inputs ?? []).map((name) => {
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
  };
}
