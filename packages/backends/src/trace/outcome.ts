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

/** Factors near 1, some above and some below. Their number is prime, so that those of a matrix differ from row to row. */
const FACTORS = Float32Array.from({ length: 997 }, (_, i) => 1 + PERTURBATION * Math.sin(i + 1));

/** A copy whose numbers are changed by about as much as rounding could change them, some up and some down. */
export function perturbedCopy(original: Tensor): Tensor {
  if (original.dtype !== 'float32') return snapshot([original])[0] as Tensor;
  // Copied from a table, because sines took 140 ms for the state of a network of 110,000 weights.
  const factors = new Float32Array(original.size);
  for (let at = 0; at < factors.length; at += FACTORS.length) factors.set(FACTORS.subarray(0, factors.length - at), at);
  return engine().keep(tidy(() => mul(original, tensor(factors, original.shape))));
}

/**
 * For each tensor the largest difference, relative to the largest finite magnitude in it. NaN equals NaN.
 *
 * @param enough a difference of at most this may be given as more than it is, but not as more than `enough`
 */
export function relativeDifferences(expected: Outcome, actual: Outcome, enough = 0): number[] {
  const others = [...actual.outputs, ...actual.state];
  return [...expected.outputs, ...expected.state].map((one, i) => relativeDifference(one, others[i] as Tensor, enough));
}

/** As {@link relativeDifferences}, for a backend that cannot read at once. All tensors must be kept until it is known. */
export async function relativeDifferencesLater(expected: Outcome, actual: Outcome, enough = 0): Promise<number[]> {
  const pairs = [...expected.outputs, ...expected.state].map(async (one, i) => {
    const other = [...actual.outputs, ...actual.state][i] as Tensor;
    if (one.dataId === other.dataId) return 0;
    const [values, others] = await Promise.all([one.data(), other.data()]);
    return differenceOf(values, others, enough);
  });
  return Promise.all(pairs);
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

function relativeDifference(expected: Tensor, actual: Tensor, enough: number): number {
  return expected.dataId === actual.dataId ? 0 : differenceOf(expected.dataSync(), actual.dataSync(), enough);
}

function differenceOf(expected: ArrayLike<number>, actual: ArrayLike<number>, enough: number): number {
  const largest = largestDifference(expected, actual);
  return largest === 0 ? 0 : largest / largestMagnitude(expected, largest / enough);
}

/*
 * The loops below mostly run before they are optimised. Written with destructuring and `Number.isNaN` for each number, they
 * took 35 ms for the state of a network of 110,000 weights. Engines replace a function by optimised code when it is called, a running
 * loop late or not at all, so the longest one is cut into calls.
 */
const NUMBERS_PER_CALL = 2048;

/** The largest difference between numbers at the same place; infinite where only one is NaN. */
function largestDifference(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const { length } = expected;
  if (actual.length !== length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let from = 0; from < length; from += NUMBERS_PER_CALL)
    largest = largestWithin(expected, actual, from, Math.min(from + NUMBERS_PER_CALL, length), largest);
  return largest;
}

/** The same for the numbers from one index to before another, or `before` where that is larger. */
function largestWithin(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  from: number,
  end: number,
  before: number,
): number {
  let largest = before;
  for (let i = from; i < end; i++) {
    const a = expected[i] as number;
    const b = actual[i] as number;
    if (a === b) continue;
    const difference = Math.abs(a - b);
    if (difference <= largest) continue;
    if (difference > largest) largest = difference;
    else if (!(Number.isNaN(a) && Number.isNaN(b))) return Number.POSITIVE_INFINITY;
  }
  return largest;
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

/** The largest finite magnitude, or the first that reaches `enough`. */
function largestMagnitude(values: ArrayLike<number>, enough: number): number {
  let largest = 0;
  for (let i = 0; i < values.length && largest < enough; i++) {
    const magnitude = Math.abs(values[i] as number);
    if (magnitude > largest && magnitude !== Number.POSITIVE_INFINITY) largest = magnitude;
  }
  return largest;
}
