import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { dequal } from 'dequal';
import { sameBits } from './outcome.js';
import type { Trace, ValueSource } from './trace.js';

/**
 * Compares two traces of one function, made with different arguments. A function whose results depend on its arguments
 * and variables alone calls the same kernels with the same attributes and constants each time.
 *
 * @returns how they differ, in words; undefined when they do not
 */
export function traceDifference(first: Trace, second: Trace): string | undefined {
  if (first.calls.length !== second.calls.length) {
    return `it ran ${first.calls.length} operations the first time and ${second.calls.length} the second`;
  }
  for (const [index, call] of first.calls.entries()) {
    const other = second.calls[index];
    if (!dequal(call, other)) return `operation ${index} (${call.kernelName}) was not the same twice`;
  }
  if (first.values.length !== second.values.length) return 'it used more constants one time than the other';
  for (const [index, source] of first.values.entries()) {
    const problem = sourceDifference(source, second.values[index] as ValueSource);
    if (problem) return problem;
  }
  const same = dequal([first.outputs, first.variables], [second.outputs, second.variables]);
  return same ? undefined : 'its results came from other operations the second time';
}

function sourceDifference(first: ValueSource, second: ValueSource): string | undefined {
  if (first.from === 'constant' && second.from === 'constant') {
    return sameValues(first.tensor, second.tensor)
      ? undefined
      : `a constant of shape [${first.tensor.shape}] had other values the second time, such as JavaScript's own random numbers`;
  }
  if (first.from === 'captured' && second.from === 'captured') {
    return first.tensor.dataId === second.tensor.dataId ? undefined : 'it read another tensor the second time';
  }
  return dequal(first, second) ? undefined : 'a value came from elsewhere the second time';
}

function sameValues(first: TensorInfo, second: TensorInfo): boolean {
  if (first.dataId === second.dataId) return true;
  if (first.dtype !== second.dtype || !dequal(first.shape, second.shape)) return false;
  const [a, b] = [first, second].map(({ dataId }) => engine().readSync(dataId));
  return ArrayBuffer.isView(a) && ArrayBuffer.isView(b) ? sameBits(a, b) : dequal(a, b);
}
