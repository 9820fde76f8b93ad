import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** Where a value of a traced function comes from. */
export type ValueSource =
  /** An argument of the function. */
  | { readonly from: 'input'; readonly index: number }
  /** What a variable held when the function began. */
  | { readonly from: 'variable'; readonly index: number }
  /**
   * Written by JavaScript, or computed from constants alone: the same in every call. The trace keeps it alive. `number` is its value
   * where it was written as a single number.
   */
  | { readonly from: 'constant'; readonly tensor: TensorInfo; readonly number?: number }
  /** A tensor that existed before and is not an argument, such as an uploaded dataset. The trace keeps it alive. */
  | { readonly from: 'captured'; readonly tensor: TensorInfo }
  /** An output of a kernel call. */
  | { readonly from: 'call'; readonly call: number; readonly output: number };

/** A value as one kernel call reads or makes it: calls may read the same value in different shapes. */
export interface Operand {
  /** Index into `Trace.values`. */
  readonly value: number;
  readonly shape: number[];
  readonly dtype: DataType;
}

/** One call of a kernel of the backend. */
export interface KernelCall {
  readonly kernelName: string;
  readonly attrs: object;
  /** By name, or in order for a kernel that takes a list. An optional input that was left out is undefined. */
  readonly inputs: Readonly<Record<string, Operand | undefined>> | readonly Operand[];
  readonly outputs: readonly Operand[];
}

/** Every kernel call of a function from tensors to tensors, without the numbers that it computed. */
export interface Trace {
  readonly values: readonly ValueSource[];
  /** In the order in which they ran. */
  readonly calls: readonly KernelCall[];
  /** What the function returned. */
  readonly outputs: readonly Operand[];
  /** What each variable held when the function ended. */
  readonly variables: readonly Operand[];
  /** Releases the constants and captured tensors. */
  release(): void;
}

/** The operands of a call, in a fixed order. */
export function operandsOf({ inputs }: KernelCall): Operand[] {
  return Object.values(inputs).filter((operand): operand is Operand => operand !== undefined);
}

/** The indices of the variables that the function assigned: at its end they hold another value. */
export function assignedVariables({ values, variables }: Trace): number[] {
  return variables.flatMap(({ value }, index) => {
    const source = values[value];
    return source?.from === 'variable' && source.index === index ? [] : [index];
  });
}

/** The calls on which an output or the final value of a variable depends. All others are dead code. */
export function liveCalls(trace: Trace): Set<KernelCall> {
  const liveValues = new Set([...trace.outputs, ...trace.variables].map(({ value }) => value));
  const live = new Set<KernelCall>();
  for (const call of trace.calls.toReversed()) {
    if (!call.outputs.some(({ value }) => liveValues.has(value))) continue;
    live.add(call);
    for (const { value } of operandsOf(call)) liveValues.add(value);
  }
  return live;
}
