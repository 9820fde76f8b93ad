import { engine, mul, type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';

/** The outputs of a call, and what the variables held afterwards. */
export interface Outcome {
  readonly outputs: Tensor[];
  readonly state: Tensor[];
}

/** Clones that hold the current values of tensors until they are disposed. */
export function snapshot(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((one) => engine().keep(one.clone()));
}

/** Assigns a value to each variable. The values stay the caller's. */
export function assignAll(variables: readonly Variable[], values: readonly Tensor[]): void {
  for (const [index, variable] of variables.entries()) tidy(() => variable.assign((values[index] as Tensor).clone()));
}

/** About eight times the rounding error of a float32 number. */
const PERTURBATION = 1e-6;

/** A copy whose numbers are changed by about as much as rounding could change them, some up and some down. */
export function perturbedCopy(original: Tensor): Tensor {
  if (original.dtype !== 'float32') return snapshot([original])[0] as Tensor;
  const factors = Float32Array.from({ length: original.size }, (_, i) => 1 + PERTURBATION * Math.sin(i + 1));
  return engine().keep(tidy(() => mul(original, tensor(factors, original.shape))));
}

/** For each tensor the largest difference, relative to the largest finite magnitude in it. NaN equals NaN. */
export function relativeDifferences(expected: Outcome, actual: Outcome): number[] {
  const others = [...actual.outputs, ...actual.state];
  return [...expected.outputs, ...expected.state].map((one, i) => relativeDifference(one, others[i] as Tensor));
}

/** Reordering additions may change a result by up to this many times the effect of the perturbation. */
const SENSITIVITY_MARGIN = 10;

/**
 * Whether rounding explains the differences.
 *
 * @param sensitivities how much each tensor changed when the variables were perturbed
 */
export function withinRounding(
  differences: readonly number[],
  sensitivities: readonly number[],
  tolerance: number,
): boolean {
  return differences.every((one, i) => one <= Math.max(tolerance, SENSITIVITY_MARGIN * (sensitivities[i] as number)));
}

function relativeDifference(expected: Tensor, actual: Tensor): number {
  if (expected.dataId === actual.dataId) return 0;
  const expectedValues = expected.dataSync();
  const actualValues = actual.dataSync();
  // A comparison of bits is fast, and usually enough.
  if (sameBits(expectedValues, actualValues)) return 0;
  if (actualValues.length !== expectedValues.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < expectedValues.length; i++) {
    const [a, b] = [expectedValues[i] as number, actualValues[i] as number];
    if (a === b) continue;
    const difference = Math.abs(a - b);
    if (difference > largest) largest = difference;
    else if (Number.isNaN(difference) && !(Number.isNaN(a) && Number.isNaN(b))) return Number.POSITIVE_INFINITY;
  }
  return largest === 0 ? 0 : largest / largestMagnitude(expectedValues);
}

/** Whether two arrays hold the same bits, payloads of NaN included. */
export function sameBits(first: ArrayBufferView, second: ArrayBufferView): boolean {
  if (first.byteLength !== second.byteLength) return false;
  const [a, b] = [first, second].map(({ buffer, byteOffset, byteLength }) =>
    (byteOffset | byteLength) % 4 === 0
      ? new Uint32Array(buffer, byteOffset, byteLength >> 2)
      : new Uint8Array(buffer, byteOffset, byteLength),
  ) as [Uint32Array | Uint8Array, Uint32Array | Uint8Array];
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The largest finite magnitude. */
function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] as number);
    if (magnitude > largest && magnitude !== Number.POSITIVE_INFINITY) largest = magnitude;
  }
  return largest;
}
