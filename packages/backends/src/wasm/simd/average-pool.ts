import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import { get, type Lanes, set } from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory } from './module.js';
import { poolFunction, type WindowAddresses, type WindowCode } from './pooling.js';

const compiled = compilePerMemory(() => [
  poolFunction(gradientOf({ accumulate: false })),
  poolFunction(gradientOf({ accumulate: true })),
]);

/**
 * The functions of average pooling, for `pool` to run; undefined on a machine without SIMD.
 *
 * - `gradient` writes to each cell of a window the gradient of the window divided by the number of its cells inside the input.
 * - `overlappingGradient` does the same, but adds to the cells.
 */
export function averagePooling(backend: BackendWasm) {
  const functions = compiled(backend);
  if (!functions) return undefined;
  const [gradient, overlappingGradient] = functions as readonly [CompiledSimdFunction, CompiledSimdFunction];
  return { gradient, overlappingGradient };
}

function gradientOf({ accumulate }: { accumulate: boolean }) {
  return (lanes: Lanes, { dy, cells, gradientAt }: WindowAddresses, local: (type: number) => number): WindowCode => {
    const share = local(lanes.type);
    return {
      start: [...dy, ...lanes.load(), ...cells, ...wasm.toFloat, ...lanes.splat, ...lanes.divide, ...set(share)],
      cell: (address) => [
        ...[...gradientAt(address), ...get(share)],
        ...(accumulate ? [...gradientAt(address), ...lanes.load(), ...lanes.add] : []),
        ...lanes.store(),
      ],
      finish: () => [],
    };
  };
}
