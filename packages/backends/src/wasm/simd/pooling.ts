import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, sizeOf } from '../heap.js';
import { runCalls } from '../parallel.js';
import type { Windows } from '../windows.js';
import * as wasm from './instructions.js';
import {
  type Code,
  doWhile,
  get,
  I32,
  i32Const,
  increment,
  type Lanes,
  SCALAR,
  set,
  times,
  VECTOR,
} from './instructions.js';
import { type CompiledSimdFunction, type SimdFunction, simdFunction } from './module.js';

const BYTES_PER_FLOAT = 4;

/** The code of a pooling for one window, in one channel or four. */
export interface WindowCode {
  readonly start: Code;
  /** Runs for each cell, from the first to the last. The local holds the cell's address in the input. */
  readonly cell: (address: number) => Code;
  /** The local holds the address of the first cell in the input. */
  readonly finish: (first: number) => Code;
}

/** Code that pushes addresses. */
export interface WindowAddresses {
  /** The window's position in the output. */
  readonly output: Code;
  /** The window's position in `dy`, which has the shape of the output. */
  readonly dy: Code;
  /** The number of cells in the window, as i32. */
  readonly cells: Code;
  /** The position in the gradient of the input of a cell whose address in the input is in a local. */
  readonly gradientAt: (cell: number) => Code;
}

/** Makes a pooling function for {@link pool}. It has no branches that depend on a value. */
export function poolFunction(
  windowCode: (lanes: Lanes, addresses: WindowAddresses, local: (type: number) => number) => WindowCode,
): SimdFunction {
  // Addresses; the distance from input to gradient; the numbers of windows in a line and of lines; the rest are strides and extents in
  // bytes.
  return simdFunction(
    [
      ...(['input', 'output', 'dy', 'toGradient', 'count', 'lines', 'lineStep', 'outputLine'] as const),
      ...(['step', 'cell', 'columns', 'row', 'rows', 'layer', 'layers'] as const),
    ],
    (parameters, local) => {
      const { input, output, dy, toGradient, count, lines, lineStep, outputLine } = parameters;
      const { step, cell, columns, row, rows, layer, layers } = parameters;
      const [inputLine, lineOutput, toDy, left] = [local(I32), local(I32), local(I32), local(I32)];
      const [channel, vectorEnd, first] = [local(I32), local(I32), local(I32)];
      const sum = (a: number, b: number) => [...get(a), ...get(b), ...wasm.add];
      const addresses: WindowAddresses = {
        output: sum(output, channel),
        dy: sum(dy, channel),
        cells: [
          ...[
            ...get(columns),
            ...get(cell),
            ...wasm.divide,
            ...get(rows),
            ...get(row),
            ...wasm.divide,
            ...wasm.multiply,
          ],
          ...[...get(layers), ...get(layer), ...wasm.divide, ...wasm.multiply],
        ],
        gradientAt: (address) => sum(address, toGradient),
      };
      /** Loops over addresses from `start` to `start + bytes`, `by` bytes apart. */
      const along = (start: number, bytes: number, by: number, body: (at: number) => Code): number[] => {
        const [at, end] = [local(I32), local(I32)];
        return [
          ...[...get(start), ...set(at), ...sum(start, bytes), ...set(end)],
          ...doWhile([...body(at), ...increment(at, get(by))], [...get(at), ...get(end), ...wasm.notEqual]),
        ];
      };
      const channels = (lanes: Lanes, end: number): number[] => {
        const code = windowCode(lanes, addresses, local);
        return wasm.loopUntil(
          [...get(channel), ...get(end), ...wasm.greaterOrEqual],
          [
            ...[...code.start, ...sum(input, channel), ...set(first)],
            ...along(first, layers, layer, (atLayer) =>
              along(atLayer, rows, row, (atRow) => along(atRow, columns, cell, code.cell)),
            ),
            ...[...code.finish(first), ...increment(channel, i32Const(BYTES_PER_FLOAT * lanes.width))],
          ],
        );
      };
      const line = doWhile(
        [
          ...[...i32Const(0), ...set(channel), ...channels(VECTOR, vectorEnd), ...channels(SCALAR, cell)],
          ...[...increment(input, get(step)), ...increment(output, get(cell)), ...increment(dy, get(cell))],
          ...increment(left, i32Const(-1)),
        ],
        get(left),
      );
      return [
        ...[...get(cell), ...i32Const(-BYTES_PER_FLOAT * VECTOR.width), ...wasm.and, ...set(vectorEnd)],
        ...[...get(dy), ...get(output), ...wasm.subtract, ...set(toDy)],
        ...times(lines, [
          ...[...get(input), ...set(inputLine), ...get(output), ...set(lineOutput), ...get(count), ...set(left)],
          ...line,
          ...[...sum(inputLine, lineStep), ...set(input), ...sum(lineOutput, outputLine), ...set(output)],
          ...[...sum(output, toDy), ...set(dy)],
        ]),
      ];
    },
  );
}

/** The tensors of a pooling. A forward pass has no `dy` and no gradient. */
export interface PoolTensors {
  readonly input: TensorInfo;
  readonly output: TensorInfo;
  readonly dy?: TensorInfo;
  readonly gradient?: TensorInfo;
}

/** Runs a {@link poolFunction} on all windows that are not empty. */
export function pool(run: CompiledSimdFunction, windows: Windows, tensors: PoolTensors, backend: BackendWasm): void {
  const input = addressOf(backend, tensors.input);
  const output = addressOf(backend, tensors.output);
  const dy = addressOf(backend, tensors.dy ?? tensors.output);
  const toGradient = addressOf(backend, tensors.gradient ?? tensors.input) - input;
  const cell = windows.channels * BYTES_PER_FLOAT;
  const row = windows.input[2] * cell;
  const layer = windows.input[1] * row;
  const step = windows.stride[2] * cell;
  const calls: number[][] = [];
  eachRunOfWindows(windows, (cellAt, outputAt, count, lines, [layers, rows, columns]) => {
    const at = outputAt * cell;
    const steps = [windows.stride[1] * row, windows.output[2] * cell, step];
    const extents = [columns * cell, row, rows * row, layer, layers * layer];
    calls.push([input + cellAt * cell, output + at, dy + at, toGradient, count, lines, ...steps, cell, ...extents]);
  });
  const { batch, channels, input: size } = windows;
  // Windows that overlap add to the same cells, so one thread computes a whole image, in order.
  const together = tensors.gradient ? calls.length / batch : 1;
  runCalls(run, calls, { operations: 2 * batch * sizeOf(size) * channels, together }, backend);
}

type Size = readonly [layers: number, rows: number, columns: number];

/**
 * Visits runs of adjacent windows, on as many lines as possible, that have the same number of cells inside the input: as many runs for
 * each image.
 *
 * @param visit gets the first cell of the first window, and the position of that window in the output, both counted in
 *   positions; the number of windows on a line, and of lines; and the size of each window, at least 1 along each axis
 */
function eachRunOfWindows(
  { batch, input, output, filter, stride, before }: Windows,
  visit: (cellAt: number, outputAt: number, count: number, lines: number, size: Size) => void,
): void {
  const along = (axis: 0 | 1 | 2, out: number): [first: number, length: number] => {
    const start = out * stride[axis] - before[axis];
    const first = Math.max(0, start);
    return [first, Math.min(input[axis], start + filter[axis]) - first];
  };
  /** How many windows from this one on are like it: those that lie wholly inside, or else one. */
  const alike = (axis: 1 | 2, out: number): number => {
    const start = out * stride[axis] - before[axis];
    const complete = Math.floor((input[axis] - filter[axis] - start) / stride[axis]) + 1;
    return start >= 0 && complete > 1 ? Math.min(complete, output[axis] - out) : 1;
  };
  for (let image = 0; image < batch; image++) {
    for (let z = 0; z < output[0]; z++) {
      const [front, layers] = along(0, z);
      for (let y = 0, lines = 1; y < output[1]; y += lines) {
        const [top, rows] = along(1, y);
        lines = alike(1, y);
        for (let x = 0, count = 1; x < output[2]; x += count) {
          const [left, columns] = along(2, x);
          count = alike(2, x);
          if (Math.min(layers, rows, columns) < 1) continue;
          const cellAt = ((image * input[0] + front) * input[1] + top) * input[2] + left;
          const outputAt = ((image * output[0] + z) * output[1] + y) * output[2] + x;
          visit(cellAt, outputAt, count, lines, [layers, rows, columns]);
        }
      }
    }
  }
}
