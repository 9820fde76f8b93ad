import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { dequal } from 'dequal';
import { sameBits } from './outcome.js';
import type { Trace, ValueSource } from './trace.js';

/**
 * Compares two traces of one function, made with different arguments. A function whose results depend on its arguments
 * and variables alone calls the same kernels with the same attributes and constants each time.
 *
 * @param same whether two constants hold the same bits. Default: they are read and compared
 * @returns how they differ, in words; undefined when they do not
 */
export function traceDifference(first: Trace, second: Trace, same = sameValues): string | undefined {
  if (first.calls.length !== second.calls.length) {
    return `it ran ${first.calls.length} operations the first time and ${second.calls.length} the second`;
  }
  for (const [index, call] of first.calls.entries()) {
    const other = second.calls[index];
    if (!dequal(call, other)) return `operation ${index} (${call.kernelName}) was not the same twice`;
  }
  if (first.values.length !== second.values.length) return 'it used more constants one time than the other';
  for (const [index, source] of first.values.entries()) {
    const problem = sourceDifference(source, second.values[index] as ValueSource, same);
    if (problem) return problem;
  }
  const sameResults = dequal([first.outputs, first.variables], [second.outputs, second.variables]);
  return sameResults ? undefined : 'its results came from other operations the second time';
}

function sourceDifference(first: ValueSource, second: ValueSource, same: typeof sameValues): string | undefined {
  if (first.from === 'constant' && second.from === 'constant') {
    return same(first.tensor, second.tensor) ? undefined : otherConstant(first.tensor);
  }
  if (first.from === 'captured' && second.from === 'captured') {
    return first.tensor.dataId === second.tensor.dataId ? undefined : 'it read another tensor the second time';
  }
  return dequal(first, second) ? undefined : 'a value came from elsewhere the second time';
}

function otherConstant({ shape }: TensorInfo): string {
  return `a constant of shape [${shape}] had other values the second time, such as JavaScript's own random numbers`;
}

/** As {@link traceDifference}, for a backend that cannot read at once. Both traces must be kept until it is known. */
export async function traceDifferenceLater(first: Trace, second: Trace): Promise<string | undefined> {
  const pairs: (readonly [TensorInfo, TensorInfo])[] = [];
  const difference = traceDifference(first, second, (a, b) => {
    pairs.push([a, b]);
    return hasSameForm(a, b);
  });
  if (difference !== undefined) return difference;
  const { backend } = engine();
  for (const [a, b] of pairs) {
    if (a.dataId === b.dataId) continue;
    const [first, second] = await Promise.all([backend.read(a.dataId), backend.read(b.dataId)]);
    if (!sameNumbers(first, second)) return otherConstant(a);
  }
  return undefined;
}

function hasSameForm(first: TensorInfo, second: TensorInfo): boolean {
  return first.dtype === second.dtype && dequal(first.shape, second.shape);
}

function sameValues(first: TensorInfo, second: TensorInfo): boolean {
  if (first.dataId === second.dataId) return true;
  if (!hasSameForm(first, second)) return false;
  return sameNumbers(engine().readSync(first.dataId), engine().readSync(second.dataId));
}

function sameNumbers(a: unknown, b: unknown): boolean {
  return ArrayBuffer.isView(a) && ArrayBuffer.isView(b) ? sameBits(a, b) : dequal(a, b);
}
