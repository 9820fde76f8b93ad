import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, sizeOf } from '../heap.js';
import { runCalls } from '../parallel.js';
import type { Windows } from '../windows.js';
import * as wasm from './instructions.js';
import { doWhile, get, I32, i32Const, increment, type Lanes, SCALAR, set, times, VECTOR } from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory, type SimdFunction, simdFunction } from './module.js';

const BYTES_PER_FLOAT = 4;

/*
 * The largest block that is summed in registers: 4 × 2 registers of sums, and four for the factors. Of 2 to 6 taps by 1
 * to 4 vectors this was fastest, 16 to 20 multiplications per nanosecond; 5 taps, or 4 by 3, took 1.5 times as long.
 */
const MAX_TAPS = 4;
const MAX_VECTORS = 2;

/** Filters with fewer bytes are summed in parts; for larger ones there is enough to do for all threads without. */
const MIN_BYTES_FOR_WHOLE = 2 ** 16;
const MAX_PARTS = 8;

/** The number of parts of the batch that are summed on their own, so that threads can. It does not depend on their number. */
export function filterGradientParts({ batch, channels, outChannels, filter }: Windows): number {
  const bytes = sizeOf(filter) * channels * outChannels * BYTES_PER_FLOAT;
  return bytes < MIN_BYTES_FOR_WHOLE ? Math.min(MAX_PARTS, batch) : 1;
}

/** The tensors of a filter gradient. */
export interface FilterGradientTensors {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
  /** [parts, filter height, filter width, channels, out channels]: the sums of each part of the batch are added to one of them. */
  readonly result: TensorInfo;
}

/**
 * The gradient of a 2-D convolution with respect to its filter, where no window extends beyond the input: the sum over
 * all output positions of each value of the window times the gradient of each output channel.
 *
 * A row of a window is contiguous in memory; its values are called taps here. Products are summed in registers over one
 * image, then in memory over the batch, so that the rounding error grows with the positions of one image only.
 *
 * @returns undefined on a machine without SIMD; else a function that adds to the result
 */
export function conv2DFilterGradient(
  backend: BackendWasm,
): ((windows: Windows, tensors: FilterGradientTensors) => void) | undefined {
  const functions = compiled(backend);
  if (!functions) return undefined;
  return (windows, tensors) => {
    const { batch, channels, outChannels, input, output, filter, stride } = windows;
    const [x, dy, result] = [tensors.x, tensors.dy, tensors.result].map((tensor) => addressOf(backend, tensor)) as [
      number,
      number,
      number,
    ];
    const row = input[2] * channels * BYTES_PER_FLOAT;
    const position = outChannels * BYTES_PER_FLOAT;
    const taps = filter[2] * channels;
    const sizes = [output[1], output[2] * position, position, stride[1] * row, stride[2] * channels * BYTES_PER_FLOAT];
    const images = [input[1] * row, output[1] * output[2] * position];
    /** The calls of each function. */
    const calls: number[][][] = functions.map(() => []);
    const parts = filterGradientParts(windows);
    const bytes = filter[1] * taps * position;
    for (let part = 0; part < parts; part++) {
      const image = Math.floor((part * batch) / parts);
      const count = Math.floor(((part + 1) * batch) / parts) - image;
      for (let i = 0; i < filter[1]; i++) {
        const xAt = x + (image * input[1] + i) * row;
        const dyAt = dy + image * output[1] * output[2] * position;
        // In groups of nearly equal size: 9 taps are 3, 3 and 3 rather than 4, 4 and 1.
        for (let tap = 0, groups = Math.ceil(taps / MAX_TAPS); groups > 0; groups--) {
          const together = Math.ceil((taps - tap) / groups);
          const to = result + part * bytes + (i * taps + tap) * position;
          calls[together - 1]?.push([xAt + tap * BYTES_PER_FLOAT, dyAt, to, ...sizes, count, ...images]);
          tap += together;
        }
      }
    }
    for (const [i, ofFunction] of calls.entries()) {
      const operations = (ofFunction.length / parts) * (i + 1) * batch * output[1] * output[2] * outChannels;
      runCalls(functions[i] as CompiledSimdFunction, ofFunction, { operations }, backend);
    }
  };
}

const compiled = compilePerMemory(() => Array.from({ length: MAX_TAPS }, (_, index) => sumOverImages(index + 1)));

/** Adds the sums over some images, for a number of taps of one row of the filter. */
function sumOverImages(taps: number): SimdFunction {
  // `rows` is a number; the rest are bytes: a row of `dy`, a position of `dy`, the strides of windows down and right.
  return simdFunction(
    [
      ...(['x', 'dy', 'result', 'rows', 'dyRow', 'position', 'down', 'right'] as const),
      ...(['images', 'xImage', 'dyImage'] as const),
    ],
    ({ x, dy, result, rows, dyRow, position, down, right, images, xImage, dyImage }, local) => {
      const [channel, next, rowsLeft, sumsAt] = [local(I32), local(I32), local(I32), local(I32)];
      const [xRow, xAt, dyAt, dyEnd] = [local(I32), local(I32), local(I32), local(I32)];

      /** Processes output channels in blocks of `vectors` × lanes, as long as a whole block is left. */
      const channels = (lanes: Lanes, vectors: number): number[] => {
        const bytes = BYTES_PER_FLOAT * lanes.width;
        const sums = Array.from({ length: taps }, () => Array.from({ length: vectors }, () => local(lanes.type)));
        const gradients = Array.from({ length: vectors }, () => local(lanes.type));
        const value = local(lanes.type);
        const atPosition = [
          ...gradients.flatMap((gradient, v) => [...get(dyAt), ...lanes.load(v * bytes), ...set(gradient)]),
          ...sums.flatMap((ofTap, tap) => [
            ...[...get(xAt), ...lanes.loadSplat(tap * BYTES_PER_FLOAT), ...set(value)],
            ...ofTap.flatMap((sum, v) => [
              ...[...get(sum), ...get(value), ...get(gradients[v] as number)],
              ...[...lanes.multiply, ...lanes.add, ...set(sum)],
            ]),
          ]),
          ...[...increment(xAt, get(right)), ...increment(dyAt, get(position))],
        ];
        const eachRow = [
          ...[...get(xRow), ...set(xAt), ...get(dyAt), ...get(dyRow), ...wasm.add, ...set(dyEnd)],
          ...doWhile(atPosition, [...get(dyAt), ...get(dyEnd), ...wasm.notEqual]),
          ...[...increment(xRow, get(down)), ...increment(rowsLeft, i32Const(-1))],
        ];
        const addToMemory = sums.flatMap((ofTap) => [
          ...ofTap.flatMap((sum, v) => [
            ...[...get(sumsAt), ...get(sumsAt), ...lanes.load(v * bytes), ...get(sum), ...lanes.add],
            ...lanes.store(v * bytes),
          ]),
          ...increment(sumsAt, get(position)),
        ]);
        const done = [
          ...[...get(channel), ...i32Const(vectors * bytes), ...wasm.add, ...set(next)],
          ...[...get(next), ...get(position), ...wasm.greater],
        ];
        return wasm.loopUntil(done, [
          ...sums.flat().flatMap((sum) => [...wasm.constant(lanes, 0), ...set(sum)]),
          ...[...get(x), ...set(xRow), ...get(rows), ...set(rowsLeft)],
          ...[...get(dy), ...get(channel), ...wasm.add, ...set(dyAt)],
          ...doWhile(eachRow, get(rowsLeft)),
          ...[...get(result), ...get(channel), ...wasm.add, ...set(sumsAt)],
          ...addToMemory,
          ...[...get(next), ...set(channel)],
        ]);
      };
      return times(images, [
        ...[...i32Const(0), ...set(channel)],
        ...[...channels(VECTOR, MAX_VECTORS), ...channels(VECTOR, 1), ...channels(SCALAR, 1)],
        ...[...increment(x, get(xImage)), ...increment(dy, get(dyImage))],
      ]);
    },
  );
}
