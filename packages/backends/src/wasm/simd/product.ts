import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import { type Code, get, I32, i32Const, increment, set, times, V128, VECTOR } from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory, simdFunction } from './module.js';

/** Columns of a panel: two vectors. */
export const PANEL_COLUMNS = 8;
const BYTES_PER_FLOAT = 4;
const BYTES_PER_VECTOR = 16;
const PANEL_ROW = 2 * BYTES_PER_VECTOR;
/** Rows of the result that are computed together: with two vectors each, as many sums as there are registers for. */
const TILE_ROWS = 4;

const compiled = compilePerMemory(() => [multiplyPanel(), packPanel(), convolvePanel()]);

/**
 * The functions of a matrix product with a panel, which is 8 columns of the right matrix: a row of initial values, then a row for each
 * term of the sums; undefined on a machine without SIMD.
 *
 * - `multiply` computes 8 columns of the product. Each number is its initial value, to which the products are added one after the
 *   other in float32: the bits of XNNPACK, which TensorFlow.js calls.
 * - `pack` copies rows of 8 numbers into a panel.
 * - `convolve` computes 8 channels of a convolution along some lines of the output, in the same way: the terms of a position are rows of
 *   numbers that follow each other, one for each row of the filter.
 */
export function panelProduct(backend: BackendWasm) {
  const functions = compiled(backend);
  if (!functions) return undefined;
  const [multiply, pack, convolve] = functions as readonly [
    CompiledSimdFunction,
    CompiledSimdFunction,
    CompiledSimdFunction,
  ];
  return { multiply, pack, convolve };
}

/** Strides are in bytes. `inner`, the number of terms, is at least 1. */
function multiplyPanel() {
  return simdFunction(
    ['left', 'rowStride', 'termStride', 'panel', 'result', 'resultStride', 'rows', 'inner'],
    (given, local) => {
      const { left, rowStride, termStride, panel, result, resultStride, rows, inner } = given;
      const end = local(I32);
      const { tile, terms } = tiles({ left, rowStride, panel, result, resultStride, rows }, local);
      const all = (count: number) => tile(count, terms(count, end, get(termStride)));
      return [
        ...[...get(panel), ...get(inner), ...i32Const(1), ...wasm.add, ...i32Const(PANEL_ROW), ...wasm.multiply],
        ...[...wasm.add, ...set(end)],
        ...wasm.loopUntil([...i32Const(TILE_ROWS), ...get(rows), ...wasm.greater], all(TILE_ROWS)),
        ...wasm.loopUntil([...get(rows), ...wasm.isZero], all(1)),
      ];
    },
  );
}

/**
 * `left` is the first window; `rowStride` the distance of windows on a line, of which there are `width`, and `lineStride` that of
 * lines. A window has `filterRows` rows of `inner` terms, `filterRow` bytes apart. Positions of the result follow each other.
 */
function convolvePanel() {
  return simdFunction(
    [
      ...(['left', 'rowStride', 'lineStride', 'width', 'lines', 'filterRows', 'filterRow', 'inner'] as const),
      ...(['panel', 'result', 'resultStride'] as const),
    ],
    (given, local) => {
      const { left, rowStride, lineStride, width, lines, filterRows, filterRow, inner } = given;
      const { panel, result, resultStride } = given;
      const [rows, line, rowsLeft, end, back, rowBytes] = Array.from({ length: 6 }, () => local(I32)) as Six;
      const { at, lefts, tile, terms } = tiles({ left, rowStride, panel, result, resultStride, rows }, local);
      const all = (count: number) =>
        tile(count, [
          ...[...get(filterRows), ...set(rowsLeft)],
          ...times(rowsLeft, [
            ...[...get(at), ...get(rowBytes), ...wasm.add, ...set(end)],
            ...terms(count, end, i32Const(BYTES_PER_FLOAT)),
            ...lefts.slice(0, count).flatMap((pointer) => increment(pointer, get(back))),
          ]),
        ]);
      const whole = (count: number) => wasm.loopUntil([...i32Const(count), ...get(rows), ...wasm.greater], all(count));
      return [
        ...[...get(inner), ...i32Const(PANEL_ROW), ...wasm.multiply, ...set(rowBytes)],
        ...[
          ...get(filterRow),
          ...get(inner),
          ...i32Const(BYTES_PER_FLOAT),
          ...wasm.multiply,
          ...wasm.subtract,
          ...set(back),
        ],
        ...times(lines, [
          ...[...get(width), ...set(rows), ...get(left), ...set(line)],
          ...[...whole(TILE_ROWS), ...whole(2), ...whole(1)],
          ...[...get(line), ...get(lineStride), ...wasm.add, ...set(left)],
        ]),
      ];
    },
  );
}
type Six = [number, number, number, number, number, number];

/** Code that computes some rows of the result together. */
function tiles(
  given: Record<'left' | 'rowStride' | 'panel' | 'result' | 'resultStride' | 'rows', number>,
  local: (type: number) => number,
) {
  const { left, rowStride, panel, result, resultStride, rows } = given;
  const at = local(I32);
  const lefts = Array.from({ length: TILE_ROWS }, () => local(I32));
  const [first, second, factor] = [local(V128), local(V128), local(V128)];
  const sums = Array.from({ length: TILE_ROWS }, () => [local(V128), local(V128)] as const);
  const addProduct = (sum: number, column: number) => [
    ...[...get(sum), ...get(factor), ...get(column), ...VECTOR.multiply, ...VECTOR.add],
    ...set(sum),
  ];
  const storeRow = ([one, other]: readonly [number, number]) => [
    ...[...get(result), ...get(one), ...VECTOR.store()],
    ...[...get(result), ...get(other), ...VECTOR.store(BYTES_PER_VECTOR)],
    ...increment(result, get(resultStride)),
  ];
  return {
    /** The row of the panel that is next. */
    at,
    /** The next factor of each row. */
    lefts,
    /** Computes some rows, by `body`, and moves on to the next. */
    tile: (count: number, body: Code) => {
      const used = sums.slice(0, count);
      return [
        ...lefts
          .slice(0, count)
          .flatMap((pointer) => [...[...get(left), ...set(pointer)], ...increment(left, get(rowStride))]),
        ...used.flatMap(([one, other]) => [
          ...[...get(panel), ...VECTOR.load(), ...set(one)],
          ...[...get(panel), ...VECTOR.load(BYTES_PER_VECTOR), ...set(other)],
        ]),
        ...[...get(panel), ...i32Const(PANEL_ROW), ...wasm.add, ...set(at)],
        ...body,
        ...used.flatMap(storeRow),
        ...increment(rows, i32Const(-count)),
      ];
    },
    /** Adds terms until the row of the panel is at `end`. Testing at the start of the loop is 2% faster than at its end. */
    terms: (count: number, end: number, termStride: Code) =>
      wasm.loopUntil(
        [...get(at), ...get(end), ...wasm.greaterOrEqual],
        [
          ...[...get(at), ...VECTOR.load(), ...set(first)],
          ...[...get(at), ...VECTOR.load(BYTES_PER_VECTOR), ...set(second)],
          ...sums
            .slice(0, count)
            .flatMap(([one, other], row) => [
              ...[...get(lefts[row] as number), ...VECTOR.loadSplat(), ...set(factor)],
              ...addProduct(one, first),
              ...addProduct(other, second),
              ...increment(lefts[row] as number, termStride),
            ]),
          ...increment(at, i32Const(PANEL_ROW)),
        ],
      ),
  };
}

/** The stride is in bytes; `rows` is at least 1. */
function packPanel() {
  return simdFunction(['from', 'stride', 'to', 'rows'], ({ from, stride, to, rows }) =>
    wasm.loopUntil(
      [...get(rows), ...wasm.isZero],
      [
        ...[...get(to), ...get(from), ...VECTOR.load(), ...VECTOR.store()],
        ...[...get(to), ...get(from), ...VECTOR.load(BYTES_PER_VECTOR), ...VECTOR.store(BYTES_PER_VECTOR)],
        ...increment(from, get(stride)),
        ...increment(to, i32Const(PANEL_ROW)),
        ...increment(rows, i32Const(-1)),
      ],
    ),
  );
}
