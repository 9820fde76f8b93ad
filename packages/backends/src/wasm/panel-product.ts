import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, floats, free, sizeOf } from './heap.js';
import { runCalls } from './parallel.js';
import { PANEL_COLUMNS, panelProduct } from './simd/product.js';

/** How much of a product a thread computes at a time: 15 µs. A quarter of it makes a product take 3% longer on one thread. */
export const MULTIPLICATIONS_AT_ONCE = 2 ** 18;

const BYTES_PER_FLOAT = 4;

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * The product of two matrices, by eight columns of the right one at a time, shared among threads. It needs no transposed copy of either, packs the right one
 * faster than XNNPACK does, and gives the same bits. On one thread a product with new weights takes 1.25 ms instead of 1.85 (128 × 784
 * by 784 × 128), and one with a transposed left matrix 1.2 instead of 1.5.
 *
 * @param bias one number for each column, from which its sums start; default: 0
 * @returns undefined where another way is better or the only one: for stacks, and other types than float32
 */
export function panelMatMul(
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: Transposed,
  backend: BackendWasm,
  bias?: TensorInfo,
): TensorInfo | undefined {
  const functions = panelProduct(backend);
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (!functions || [a, b, bias ?? a].some(({ dtype }) => dtype !== 'float32')) return undefined;
  // What is no matrix is refused by TensorFlow.js's kernel.
  if (Math.min(a.shape.length, b.shape.length) < 2 || sizeOf(outerA) !== 1 || sizeOf(outerB) !== 1) return undefined;
  const [rows, inner] = sizes(a, transposeA);
  const [innerB, columns] = sizes(b, transposeB);
  const multiplications = rows * inner * columns;
  if (inner !== innerB || multiplications === 0 || (bias && sizeOf(bias.shape) !== columns)) return undefined;
  const outer = backend_util.assertAndGetBroadcastShape(outerA, outerB);
  const result = backend.makeOutput([...outer, rows, columns], 'float32');
  const rest = columns % PANEL_COLUMNS;
  const last = rest === 0 ? undefined : backend.makeOutput([rows, PANEL_COLUMNS], 'float32');
  const panels = packedPanels(b, { columns, inner, transposed: transposeB }, bias, backend);
  const [leftRow, leftTerm] = transposeA ? [1, rows] : [inner, 1];
  const rowsAtOnce = 4 * Math.ceil(MULTIPLICATIONS_AT_ONCE / (4 * inner * PANEL_COLUMNS));
  const rowStride = leftRow * BYTES_PER_FLOAT;
  const termStride = leftTerm * BYTES_PER_FLOAT;
  const [leftAt, panelsAt, resultAt] = [a, panels, result].map((one) => addressOf(backend, one)) as [
    number,
    number,
    number,
  ];
  const calls: number[][] = [];
  for (let first = 0; first < columns; first += PANEL_COLUMNS) {
    const panel = panelsAt + first * (inner + 1) * BYTES_PER_FLOAT;
    const whole = first + PANEL_COLUMNS <= columns || !last;
    const to = whole ? resultAt + first * BYTES_PER_FLOAT : addressOf(backend, last);
    const toRow = (whole ? columns : PANEL_COLUMNS) * BYTES_PER_FLOAT;
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const left = leftAt + row * rowStride;
      const count = Math.min(rowsAtOnce, rows - row);
      calls.push([left, rowStride, termStride, panel, to + row * toRow, toRow, count, inner]);
    }
  }
  runCalls(functions.multiply, calls, { operations: multiplications }, backend);
  if (last) {
    pasteLastColumns(floats(backend, last), floats(backend, result), rows, columns, rest);
    free(backend, last);
  }
  free(backend, panels);
  return result;
}

/** Rows and columns, once transposed. */
function sizes({ shape }: TensorInfo, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/**
 * A right matrix as panels: for eight columns at a time a row of initial values, then a row for each term.
 *
 * @param matrix [inner, columns], or [columns, inner] where `transposed`
 */
export function packedPanels(
  matrix: TensorInfo,
  { columns, inner, transposed }: { columns: number; inner: number; transposed: boolean },
  bias: TensorInfo | undefined,
  backend: BackendWasm,
): TensorInfo {
  const { pack } = panelProduct(backend) as NonNullable<ReturnType<typeof panelProduct>>;
  const panels = backend.makeOutput([Math.ceil(columns / PANEL_COLUMNS), inner + 1, PANEL_COLUMNS], 'float32');
  const right = floats(backend, matrix);
  const packed = floats(backend, panels);
  const start = bias && floats(backend, bias);
  const [termStride, columnStride] = transposed ? [1, inner] : [columns, 1];
  for (let first = 0; first < columns; first += PANEL_COLUMNS) {
    const width = Math.min(PANEL_COLUMNS, columns - first);
    const panel = first * (inner + 1);
    for (let column = 0; column < PANEL_COLUMNS; column++)
      packed[panel + column] = start && column < width ? (start[first + column] as number) : 0;
    if (width === PANEL_COLUMNS && !transposed) {
      const from = addressOf(backend, matrix) + first * BYTES_PER_FLOAT;
      const to = addressOf(backend, panels) + (panel + PANEL_COLUMNS) * BYTES_PER_FLOAT;
      pack(from, columns * BYTES_PER_FLOAT, to, inner);
    } else
      packColumns(right, first * columnStride, termStride, columnStride, width, packed, panel + PANEL_COLUMNS, inner);
  }
  return panels;
}

/** Packs some columns number by number, and zeros for the others. */
function packColumns(
  right: Float32Array,
  first: number,
  termStride: number,
  columnStride: number,
  width: number,
  packed: Float32Array,
  start: number,
  inner: number,
): void {
  for (let term = 0, to = start, from = first; term < inner; term++, from += termStride) {
    for (let column = 0, p = from; column < PANEL_COLUMNS; column++, to++, p += columnStride)
      packed[to] = column < width ? (right[p] as number) : 0;
  }
}

/** Copies the last columns of a result, `rest` of them, from a panel of their own. */
export function pasteLastColumns(
  last: Float32Array,
  result: Float32Array,
  rows: number,
  columns: number,
  rest: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = (row + 1) * columns - rest;
    for (let column = 0; column < rest; column++) result[to + column] = last[row * PANEL_COLUMNS + column] as number;
  }
}
