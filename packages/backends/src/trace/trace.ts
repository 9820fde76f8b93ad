import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** Where a value of a recorded function comes from. */
export type Source =
  /** The function's argument of this number. */
  | { readonly from: 'input'; readonly index: number }
  /** What the variable of this number held when the function began. */
  | { readonly from: 'variable'; readonly index: number }
  /** Written by JavaScript, or computed from nothing but such: the same on every call. The recording keeps it alive. */
  | { readonly from: 'constant'; readonly tensor: TensorInfo }
  /** A tensor that existed before and is no argument, such as an uploaded table. The recording keeps it alive. */
  | { readonly from: 'outside'; readonly tensor: TensorInfo }
  /** The output of this number of the call of this number. */
  | { readonly from: 'call'; readonly call: number; readonly output: number };

/** A value as one kernel sees it: the same numbers may be read in several shapes. */
export interface Operand {
  /** Index into `Recording.values`. */
  readonly value: number;
  readonly shape: number[];
  readonly dtype: DataType;
}

/** One call of a kernel of the backend. */
export interface KernelCall {
  readonly kernelName: string;
  readonly attrs: object;
  /** By name, or in order for a kernel that takes a list; an optional input that was left out is undefined. */
  readonly inputs: Readonly<Record<string, Operand | undefined>> | readonly Operand[];
  readonly outputs: readonly Operand[];
}

/** Everything that a function from tensors to tensors did, kernel by kernel, without the values. */
export interface Recording {
  readonly values: readonly Source[];
  /** In the order in which they ran. */
  readonly calls: readonly KernelCall[];
  /** What the function returned. */
  readonly outputs: readonly Operand[];
  /** What each variable held when the function ended. */
  readonly variables: readonly Operand[];
  /** Gives up the constants and outside tensors that were kept alive. */
  release(): void;
}

/** The operands of a call, in a fixed order. */
export function operandsOf({ inputs }: KernelCall): Operand[] {
  return Object.values(inputs).filter((operand): operand is Operand => operand !== undefined);
}

/** The numbers of the variables that hold something else at the end than at the beginning. */
export function assignedVariables({ values, variables }: Recording): number[] {
  return variables.flatMap(({ value }, index) => {
    const source = values[value];
    return source?.from === 'variable' && source.index === index ? [] : [index];
  });
}

/** The calls that a returned value or what a variable holds at the end depends on. */
export function neededCalls(recording: Recording): Set<KernelCall> {
  const wanted = new Set([...recording.outputs, ...recording.variables].map(({ value }) => value));
  const needed = new Set<KernelCall>();
  for (const call of recording.calls.toReversed()) {
    if (!call.outputs.some(({ value }) => wanted.has(value))) continue;
    needed.add(call);
    for (const { value } of operandsOf(call)) wanted.add(value);
  }
  return needed;
}
