import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { dequal } from 'dequal';
import { sameBits } from './outcome.js';
import type { Recording, Source } from './trace.js';

/**
 * Compares two recordings of one function, made from different arguments. A function that is decided by its arguments and
 * variables alone calls the same kernels in the same way with the same constants each time.
 *
 * @returns what differs, in words; undefined when nothing does
 */
export function differenceBetween(first: Recording, second: Recording): string | undefined {
  if (first.calls.length !== second.calls.length) {
    return `it ran ${first.calls.length} operations the first time and ${second.calls.length} the second`;
  }
  for (const [index, call] of first.calls.entries()) {
    const other = second.calls[index];
    if (!dequal(call, other)) return `operation ${index} (${call.kernelName}) was not the same twice`;
  }
  if (first.values.length !== second.values.length) return 'it used more constants one time than the other';
  for (const [index, source] of first.values.entries()) {
    const problem = differenceOf(source, second.values[index] as Source);
    if (problem) return problem;
  }
  const same = dequal([first.outputs, first.variables], [second.outputs, second.variables]);
  return same ? undefined : 'its results came from other operations the second time';
}

function differenceOf(first: Source, second: Source): string | undefined {
  if (first.from === 'constant' && second.from === 'constant') {
    return sameValues(first.tensor, second.tensor)
      ? undefined
      : `a constant of shape [${first.tensor.shape}] had other values the second time, such as JavaScript's own random numbers`;
  }
  if (first.from === 'outside' && second.from === 'outside') {
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
