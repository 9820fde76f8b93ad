import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import { get, I32, type Lanes, set, VECTOR } from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory } from './module.js';
import { poolFunction, type WindowAddresses, type WindowCode } from './pooling.js';

type Local = (type: number) => number;

const compiled = compilePerMemory(() => [
  poolFunction(largestValue),
  poolFunction(gradientOf({ accumulate: false })),
  poolFunction(gradientOf({ accumulate: true })),
]);

/**
 * The functions of max pooling, for `pool` to run; undefined on a machine without SIMD.
 *
 * - `forward` writes the largest value of each window, or NaN where a window holds nothing else.
 * - `gradient` gives the gradient of a window to its first cell that equals the output. Where no cell does, because all
 *   are NaN, its first cell gets the gradient. It writes all cells of the window.
 * - `overlappingGradient` does the same, but adds to the cells.
 */
export function maxPooling(backend: BackendWasm) {
  const functions = compiled(backend);
  if (!functions) return undefined;
  const [forward, gradient, overlappingGradient] = functions as readonly [
    CompiledSimdFunction,
    CompiledSimdFunction,
    CompiledSimdFunction,
  ];
  return { forward, gradient, overlappingGradient };
}

/** The type of a comparison's result. */
const comparisonType = (lanes: Lanes) => (lanes === VECTOR ? VECTOR.type : I32);

function largestValue(lanes: Lanes, { output }: WindowAddresses, local: Local): WindowCode {
  const [largestSoFar, value] = [local(lanes.type), local(lanes.type)];
  return {
    start: [...wasm.constant(lanes, Number.NaN), ...set(largestSoFar)],
    // Every number replaces NaN, and NaN replaces no number.
    cell: (address) => [
      ...[...get(address), ...lanes.load(), ...set(value)],
      ...[...get(value), ...get(largestSoFar)],
      ...[
        ...get(value),
        ...get(largestSoFar),
        ...lanes.greater,
        ...get(largestSoFar),
        ...get(largestSoFar),
        ...lanes.notEqual,
        ...lanes.or,
      ],
      ...[...lanes.select, ...set(largestSoFar)],
    ],
    finish: () => [...output, ...get(largestSoFar), ...lanes.store()],
  };
}

function gradientOf({ accumulate }: { accumulate: boolean }) {
  return (lanes: Lanes, addresses: WindowAddresses, local: Local): WindowCode => {
    const [target, dy, matches] = [local(lanes.type), local(lanes.type), local(comparisonType(lanes))];
    const zero = wasm.constant(lanes, 0);
    const { gradientAt } = addresses;
    return {
      start: [
        ...[...addresses.output, ...lanes.load(), ...set(target)],
        ...[...addresses.dy, ...lanes.load(), ...set(dy)],
      ],
      // Once a cell has got the gradient, the remaining one is 0.
      cell: (address) => [
        ...[...get(address), ...lanes.load(), ...get(target), ...lanes.equal, ...set(matches)],
        ...[...gradientAt(address), ...get(dy), ...zero, ...get(matches), ...lanes.select],
        ...(accumulate ? [...gradientAt(address), ...lanes.load(), ...lanes.add] : []),
        ...lanes.store(),
        ...[...zero, ...get(dy), ...get(matches), ...lanes.select, ...set(dy)],
      ],
      finish: (first) => [
        ...[...gradientAt(first), ...gradientAt(first), ...lanes.load(), ...get(dy), ...lanes.add],
        ...lanes.store(),
      ],
    };
  };
}
