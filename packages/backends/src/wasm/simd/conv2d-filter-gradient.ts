import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf } from '../heap.js';
import type { Windows } from '../windows.js';
import * as wasm from './instructions.js';
import { advance, doWhile, FOUR, get, I32, integer, type Lanes, ONE, set } from './instructions.js';
import { type Compiled, compiledOnce, type SimdFunction, simdFunction } from './module.js';

const WORD = 4;

/*
 * Eight registers of sums, and four for what is multiplied, are as many as fit: of 2 to 6 taps by 1 to 4 times four
 * channels these took least, 16 to 20 multiplications a nanosecond; 5 taps, or 4 by 3, took half as long again.
 */
const MOST_TAPS = 4;
const MOST_VECTORS = 2;

/** The tensors of a filter's gradient. */
export interface FilterGradientTensors {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
  readonly result: TensorInfo;
}

/**
 * The gradient of a 2-D convolution with respect to its filter, where no window leaves the input: at every position of the
 * output, each number of the window times the slope of each output channel. A window's row lies together in memory, and
 * what follows calls its numbers taps. Products are summed in registers over an image and then in the memory, so that
 * rounding grows with the positions of one image and not with those of the batch.
 *
 * @returns undefined on a machine without SIMD; else a function that adds to the result
 */
export function conv2DFilterGradient(
  backend: BackendWasm,
): ((windows: Windows, tensors: FilterGradientTensors) => void) | undefined {
  const functions = compiled(backend);
  if (!functions) return undefined;
  return ({ batch, channels, outChannels, input, output, filter, stride }, tensors) => {
    const [x, dy, result] = [tensors.x, tensors.dy, tensors.result].map((tensor) => addressOf(backend, tensor)) as [
      number,
      number,
      number,
    ];
    const row = input[2] * channels * WORD;
    const position = outChannels * WORD;
    const taps = filter[2] * channels;
    const sizes = [output[1], output[2] * position, position, stride[1] * row, stride[2] * channels * WORD];
    for (let image = 0; image < batch; image++) {
      const dyAt = dy + image * output[1] * output[2] * position;
      for (let i = 0; i < filter[1]; i++) {
        const xAt = x + (image * input[1] + i) * row;
        // In groups as even as can be: 9 taps are three times 3 rather than 4, 4 and 1.
        for (let tap = 0, groups = Math.ceil(taps / MOST_TAPS); groups > 0; groups--) {
          const count = Math.ceil((taps - tap) / groups);
          (functions[count - 1] as Compiled)(xAt + tap * WORD, dyAt, result + (i * taps + tap) * position, ...sizes);
          tap += count;
        }
      }
    }
  };
}

const compiled = compiledOnce(() => Array.from({ length: MOST_TAPS }, (_, index) => sumOverImage(index + 1)));

/** So many taps of one row of the filter, over one image. */
function sumOverImage(taps: number): SimdFunction {
  // `rows` counts; the others are bytes: a row of `dy`, a position of it, a step of the windows down and one to the right.
  return simdFunction(
    ['x', 'dy', 'result', 'rows', 'dyRow', 'position', 'down', 'right'],
    ({ x, dy, result, rows, dyRow, position, down, right }, local) => {
      const [channel, next, rowsLeft, sumsAt] = [local(I32), local(I32), local(I32), local(I32)];
      const [xRow, xAt, dyAt, dyEnd] = [local(I32), local(I32), local(I32), local(I32)];

      /** As many blocks of so many channels as are left. */
      const channels = (lanes: Lanes, vectors: number): number[] => {
        const bytes = WORD * lanes.width;
        const sums = Array.from({ length: taps }, () => Array.from({ length: vectors }, () => local(lanes.type)));
        const slopes = Array.from({ length: vectors }, () => local(lanes.type));
        const value = local(lanes.type);
        const atPosition = [
          ...slopes.flatMap((slope, v) => [...get(dyAt), ...lanes.load(v * bytes), ...set(slope)]),
          ...sums.flatMap((ofTap, tap) => [
            ...[...get(xAt), ...lanes.loadSpread(tap * WORD), ...set(value)],
            ...ofTap.flatMap((sum, v) => [
              ...[
                ...get(sum),
                ...get(value),
                ...get(slopes[v] as number),
                ...lanes.multiply,
                ...lanes.add,
                ...set(sum),
              ],
            ]),
          ]),
          ...[...advance(xAt, get(right)), ...advance(dyAt, get(position))],
        ];
        const eachRow = [
          ...[...get(xRow), ...set(xAt), ...get(dyAt), ...get(dyRow), ...wasm.add, ...set(dyEnd)],
          ...doWhile(atPosition, [...get(dyAt), ...get(dyEnd), ...wasm.differs]),
          ...[...advance(xRow, get(down)), ...advance(rowsLeft, integer(-1))],
        ];
        const addToMemory = sums.flatMap((ofTap) => [
          ...ofTap.flatMap((sum, v) => [
            ...[...get(sumsAt), ...get(sumsAt), ...lanes.load(v * bytes), ...get(sum), ...lanes.add],
            ...lanes.store(v * bytes),
          ]),
          ...advance(sumsAt, get(position)),
        ]);
        const done = [
          ...[...get(channel), ...integer(vectors * bytes), ...wasm.add, ...set(next)],
          ...[...get(next), ...get(position), ...wasm.above],
        ];
        return wasm.until(done, [
          ...sums.flat().flatMap((sum) => [...wasm.constant(lanes, 0), ...set(sum)]),
          ...[...get(x), ...set(xRow), ...get(rows), ...set(rowsLeft)],
          ...[...get(dy), ...get(channel), ...wasm.add, ...set(dyAt)],
          ...doWhile(eachRow, get(rowsLeft)),
          ...[...get(result), ...get(channel), ...wasm.add, ...set(sumsAt)],
          ...addToMemory,
          ...[...get(next), ...set(channel)],
        ]);
      };
      return [...channels(FOUR, MOST_VECTORS), ...channels(FOUR, 1), ...channels(ONE, 1)];
    },
  );
}
