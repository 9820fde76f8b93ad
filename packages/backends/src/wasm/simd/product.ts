import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import { get, I32, i32Const, increment, set, V128, VECTOR } from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory, simdFunction } from './module.js';

/** Columns of a panel: two vectors. */
export const PANEL_COLUMNS = 8;
const BYTES_PER_VECTOR = 16;
const PANEL_ROW = 2 * BYTES_PER_VECTOR;
/** Rows of the result that are computed together: with two vectors each, as many sums as there are registers for. */
const TILE_ROWS = 4;

const compiled = compilePerMemory(() => [multiplyPanel(), packPanel()]);

/**
 * The functions of a matrix product with a panel, which is 8 columns of the right matrix: a row of initial values, then a row for each
 * term of the sums; undefined on a machine without SIMD.
 *
 * - `multiply` computes 8 columns of the product. Each number is its initial value, to which the products are added one after the
 *   other in float32: the bits of XNNPACK, which TensorFlow.js calls.
 * - `pack` copies rows of 8 numbers into a panel.
 */
export function panelProduct(backend: BackendWasm) {
  const functions = compiled(backend);
  if (!functions) return undefined;
  const [multiply, pack] = functions as readonly [CompiledSimdFunction, CompiledSimdFunction];
  return { multiply, pack };
}

/** Strides are in bytes. `inner`, the number of terms, is at least 1. */
function multiplyPanel() {
  return simdFunction(
    ['left', 'rowStride', 'termStride', 'panel', 'result', 'resultStride', 'rows', 'inner'],
    (given, local) => {
      const { left, rowStride, termStride, panel, result, resultStride, rows, inner } = given;
      const [end, at] = [local(I32), local(I32)];
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
      /** Computes some rows, and moves on to the next. */
      const tile = (count: number) => {
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
          ...wasm.loopUntil(
            [...get(at), ...get(end), ...wasm.greaterOrEqual],
            [
              ...[...get(at), ...VECTOR.load(), ...set(first)],
              ...[...get(at), ...VECTOR.load(BYTES_PER_VECTOR), ...set(second)],
              ...used.flatMap(([one, other], row) => [
                ...[...get(lefts[row] as number), ...VECTOR.loadSplat(), ...set(factor)],
                ...addProduct(one, first),
                ...addProduct(other, second),
                ...increment(lefts[row] as number, get(termStride)),
              ]),
              ...increment(at, i32Const(PANEL_ROW)),
            ],
          ),
          ...used.flatMap(storeRow),
          ...increment(rows, i32Const(-count)),
        ];
      };
      return [
        ...[...get(panel), ...get(inner), ...i32Const(1), ...wasm.add, ...i32Const(PANEL_ROW), ...wasm.multiply],
        ...[...wasm.add, ...set(end)],
        ...wasm.loopUntil([...i32Const(TILE_ROWS), ...get(rows), ...wasm.greater], tile(TILE_ROWS)),
        ...wasm.loopUntil([...get(rows), ...wasm.isZero], tile(1)),
      ];
    },
  );
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
