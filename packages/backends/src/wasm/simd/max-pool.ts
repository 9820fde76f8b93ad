import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import { FOUR, get, I32, type Lanes, set } from './instructions.js';
import { type Compiled, compiledOnce } from './module.js';
import { poolFunction, type WindowAddresses, type WindowCode } from './pooling.js';

type Local = (type: number) => number;

const compiled = compiledOnce(() => [poolFunction(largest), poolFunction(slopes(false)), poolFunction(slopes(true))]);

/**
 * The functions of max pooling, to be run by `pool`; undefined on a machine without SIMD.
 *
 * - `forward` writes each window's largest value, and NaN where there is nothing else.
 * - `gradient` gives a window's slope to its first cell that equals the output, and to its first of all where none does,
 *   which is so when all are NaN. It writes all cells of the window; `overlapping` adds to them.
 */
export function maxPooling(backend: BackendWasm) {
  const functions = compiled(backend);
  if (!functions) return undefined;
  const [forward, gradient, overlapping] = functions as readonly [Compiled, Compiled, Compiled];
  return { forward, gradient, overlapping };
}

/** The comparison's type. */
const hitType = (lanes: Lanes) => (lanes === FOUR ? FOUR.type : I32);

function largest(lanes: Lanes, { output }: WindowAddresses, local: Local): WindowCode {
  const [sofar, value] = [local(lanes.type), local(lanes.type)];
  return {
    start: [...wasm.constant(lanes, Number.NaN), ...set(sofar)],
    // NaN must give way to every number and no number to NaN: what comes first stays when it is not NaN itself.
    cell: (address) => [
      ...[...get(address), ...lanes.load(), ...set(value)],
      ...[...get(value), ...get(sofar)],
      ...[...get(value), ...get(sofar), ...lanes.greater, ...get(sofar), ...get(sofar), ...lanes.differs, ...lanes.or],
      ...[...lanes.select, ...set(sofar)],
    ],
    finish: () => [...output, ...get(sofar), ...lanes.store()],
  };
}

function slopes(accumulate: boolean) {
  return (lanes: Lanes, addresses: WindowAddresses, local: Local): WindowCode => {
    const [target, slope, hit] = [local(lanes.type), local(lanes.type), local(hitType(lanes))];
    const zero = wasm.constant(lanes, 0);
    const { ofGradient } = addresses;
    return {
      start: [
        ...[...addresses.output, ...lanes.load(), ...set(target)],
        ...[...addresses.slopes, ...lanes.load(), ...set(slope)],
      ],
      // Once given away, the slope is 0.
      cell: (address) => [
        ...[...get(address), ...lanes.load(), ...get(target), ...lanes.equal, ...set(hit)],
        ...[...ofGradient(address), ...get(slope), ...zero, ...get(hit), ...lanes.select],
        ...(accumulate ? [...ofGradient(address), ...lanes.load(), ...lanes.add] : []),
        ...lanes.store(),
        ...[...zero, ...get(slope), ...get(hit), ...lanes.select, ...set(slope)],
      ],
      finish: (first) => [
        ...[...ofGradient(first), ...ofGradient(first), ...lanes.load(), ...get(slope), ...lanes.add],
        ...lanes.store(),
      ],
    };
  };
}
