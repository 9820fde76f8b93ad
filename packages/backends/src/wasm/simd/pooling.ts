import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf } from '../heap.js';
import type { Windows } from '../windows.js';
import * as wasm from './instructions.js';
import { advance, type Code, doWhile, FOUR, get, I32, integer, type Lanes, ONE, set } from './instructions.js';
import { type Compiled, type SimdFunction, simdFunction } from './module.js';

const WORD = 4;

/** What a pooling does with a window, in one channel or four. */
export interface WindowCode {
  readonly start: Code;
  /** For each cell, from the first to the last; the local holds its address in the input. */
  readonly cell: (address: number) => Code;
  /** The local holds the address of the first cell in the input. */
  readonly finish: (first: number) => Code;
}

/** Code that leaves addresses. */
export interface WindowAddresses {
  /** Where the window is in two arrays of the output's shape. */
  readonly output: Code;
  readonly slopes: Code;
  /** Where a cell of the input, whose address a local holds, is in a third array, of the input's shape. */
  readonly ofGradient: (cell: number) => Code;
}

/** A pooling as a function for {@link pool}, without branches that depend on a value. */
export function poolFunction(
  windowCode: (lanes: Lanes, addresses: WindowAddresses, local: (type: number) => number) => WindowCode,
): SimdFunction {
  // Addresses; how far the gradient lies behind the input; how many windows; the others are steps and spans in bytes.
  return simdFunction(
    [
      ...(['input', 'output', 'slopes', 'gradient', 'count'] as const),
      ...(['step', 'cell', 'columns', 'row', 'rows', 'layer', 'layers'] as const),
    ],
    (parameters, local) => {
      const { input, output, slopes, gradient, count, step, cell, columns, row, rows, layer, layers } = parameters;
      const [channel, inFours, first] = [local(I32), local(I32), local(I32)];
      const sum = (a: number, b: number) => [...get(a), ...get(b), ...wasm.add];
      const addresses: WindowAddresses = {
        output: sum(output, channel),
        slopes: sum(slopes, channel),
        ofGradient: (address) => sum(address, gradient),
      };
      /** Visits what lies every `by` bytes, from `start` on, over so many bytes. */
      const along = (start: number, bytes: number, by: number, body: (at: number) => Code): number[] => {
        const [at, end] = [local(I32), local(I32)];
        return [
          ...[...get(start), ...set(at), ...sum(start, bytes), ...set(end)],
          ...doWhile([...body(at), ...advance(at, get(by))], [...get(at), ...get(end), ...wasm.differs]),
        ];
      };
      const channels = (lanes: Lanes, end: number): number[] => {
        const code = windowCode(lanes, addresses, local);
        return wasm.until(
          [...get(channel), ...get(end), ...wasm.atLeast],
          [
            ...[...code.start, ...sum(input, channel), ...set(first)],
            ...along(first, layers, layer, (atLayer) =>
              along(atLayer, rows, row, (atRow) => along(atRow, columns, cell, code.cell)),
            ),
            ...[...code.finish(first), ...advance(channel, integer(WORD * lanes.width))],
          ],
        );
      };
      return [
        ...[...get(cell), ...integer(-WORD * FOUR.width), ...wasm.and, ...set(inFours)],
        ...doWhile(
          [
            ...[...integer(0), ...set(channel), ...channels(FOUR, inFours), ...channels(ONE, cell)],
            ...[...advance(input, get(step)), ...advance(output, get(cell)), ...advance(slopes, get(cell))],
            ...advance(count, integer(-1)),
          ],
          get(count),
        ),
      ];
    },
  );
}

/** The tensors of a pooling; a forward pass has no slopes and no gradient. */
export interface PoolTensors {
  readonly input: TensorInfo;
  readonly output: TensorInfo;
  readonly slopes?: TensorInfo;
  readonly gradient?: TensorInfo;
}

/** Runs a {@link poolFunction} on all windows that have a cell. */
export function pool(run: Compiled, windows: Windows, tensors: PoolTensors, backend: BackendWasm): void {
  const input = addressOf(backend, tensors.input);
  const output = addressOf(backend, tensors.output);
  const slopes = addressOf(backend, tensors.slopes ?? tensors.output);
  const toGradient = addressOf(backend, tensors.gradient ?? tensors.input) - input;
  const cell = windows.channels * WORD;
  const row = windows.input[2] * cell;
  const layer = windows.input[1] * row;
  const step = windows.stride[2] * cell;
  eachRun(windows, (cellAt, outputAt, count, [layers, rows, columns]) => {
    const at = outputAt * cell;
    const spans = [columns * cell, row, rows * row, layer, layers * layer];
    run(input + cellAt * cell, output + at, slopes + at, toGradient, count, step, cell, ...spans);
  });
}

type Size = readonly [layers: number, rows: number, columns: number];

/**
 * Visits windows side by side that have as many cells inside the input.
 *
 * @param visit gets the first cell of the first window, and its place in the output, both counted in positions; how many
 *     windows there are; and the size of each, at least 1 in each direction
 */
function eachRun(
  { batch, input, output, filter, stride, before }: Windows,
  visit: (cellAt: number, outputAt: number, count: number, size: Size) => void,
): void {
  const along = (axis: 0 | 1 | 2, out: number): [first: number, length: number] => {
    const start = out * stride[axis] - before[axis];
    const first = Math.max(0, start);
    return [first, Math.min(input[axis], start + filter[axis]) - first];
  };
  for (let image = 0; image < batch; image++) {
    for (let z = 0; z < output[0]; z++) {
      const [front, layers] = along(0, z);
      for (let y = 0; y < output[1]; y++) {
        const [top, rows] = along(1, y);
        for (let x = 0, count = 1; x < output[2]; x += count) {
          const [left, columns] = along(2, x);
          const inside = x * stride[2] >= before[2];
          const whole = Math.floor((input[2] - filter[2] - left) / stride[2]) + 1;
          count = inside && whole > 1 ? Math.min(whole, output[2] - x) : 1;
          if (Math.min(layers, rows, columns) < 1) continue;
          const cellAt = ((image * input[0] + front) * input[1] + top) * input[2] + left;
          const outputAt = ((image * output[0] + z) * output[1] + y) * output[2] + x;
          visit(cellAt, outputAt, count, [layers, rows, columns]);
        }
      }
    }
  }
}
