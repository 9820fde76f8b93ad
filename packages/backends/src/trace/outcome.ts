import { engine, mul, type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';

/** What a call gave, and what its variables held afterwards. */
export interface Outcome {
  readonly outputs: Tensor[];
  readonly state: Tensor[];
}

/** The values of tensors under references of their own, kept until they are disposed. */
export function copiesOf(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((one) => engine().keep(one.clone()));
}

export function assignAll(variables: readonly Variable[], values: readonly Tensor[]): void {
  for (const [index, variable] of variables.entries()) tidy(() => variable.assign((values[index] as Tensor).clone()));
}

/** About eight times the rounding of a float32 number. */
const NUDGE = 1e-6;

/** A copy whose numbers differ by about as much as rounding might have made them, some upwards and some downwards. */
export function nudgedCopyOf(original: Tensor): Tensor {
  if (original.dtype !== 'float32') return copiesOf([original])[0] as Tensor;
  const factors = Float32Array.from({ length: original.size }, (_, i) => 1 + NUDGE * Math.sin(i + 1));
  return engine().keep(tidy(() => mul(original, tensor(factors, original.shape))));
}

/** For each tensor the largest difference, relative to the largest finite size in it; NaN equals NaN. */
export function differencesBetween(expected: Outcome, actual: Outcome): number[] {
  const others = [...actual.outputs, ...actual.state];
  return [...expected.outputs, ...expected.state].map((one, i) => difference(one, others[i] as Tensor));
}

/** How much more than a nudge may the order of additions change what rounding decides. */
const MARGIN = 10;

/**
 * Whether differences are no more than rounding.
 *
 * @param sensitivities how much each tensor moved when the variables were nudged
 */
export function areRounding(
  differences: readonly number[],
  sensitivities: readonly number[],
  tolerance: number,
): boolean {
  return differences.every((one, i) => one <= Math.max(tolerance, MARGIN * (sensitivities[i] as number)));
}

function difference(expected: Tensor, actual: Tensor): number {
  if (expected.dataId === actual.dataId) return 0;
  const wanted = expected.dataSync();
  const got = actual.dataSync();
  // Where all bits agree there is no need to look at 330,000 numbers one by one.
  if (sameBits(wanted, got)) return 0;
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [wanted[i] as number, got[i] as number];
    if (a === b) continue;
    const apart = Math.abs(a - b);
    if (apart > worst) worst = apart;
    else if (Number.isNaN(apart) && !(Number.isNaN(a) && Number.isNaN(b))) return Number.POSITIVE_INFINITY;
  }
  return worst === 0 ? 0 : worst / largest(wanted);
}

/** Whether two arrays hold the same bits, NaN payloads included. */
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

/** The largest finite size. */
function largest(values: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i] as number);
    if (value > size && value !== Number.POSITIVE_INFINITY) size = value;
  }
  return size;
}
