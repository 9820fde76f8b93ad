import type { WasmMemory } from '../memory.js';
import * as wasm from '../simd/instructions.js';
import { advance, FOUR, get, I32, integer, type Lanes, ONE, set } from '../simd/instructions.js';
import { compileFunctions, type SimdFunction } from '../simd/module.js';
import { ELEMENTWISE } from './elementwise.js';

/**
 * How an array of a loop over `rows` × `columns` elements is read: it has all of them (`all`), one row that repeats
 * (`row`), one number for each row (`column`) or one number (`scalar`).
 */
export type Reach = 'all' | 'row' | 'column' | 'scalar';

/** One elementwise kernel within a loop. */
export interface LoopNode {
  readonly kernelName: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** For each input: the number of a loop input, or the number of inputs plus that of an earlier node. */
  readonly args: readonly number[];
}

/** Several elementwise kernels as one pass over the memory. */
export interface Loop {
  readonly inputs: readonly Reach[];
  readonly nodes: readonly LoopNode[];
  /** The nodes whose values are stored. An output may share its memory with an input of reach `all`. */
  readonly outputs: readonly number[];
}

/** Runs a loop: the addresses of its inputs, those of its outputs, then rows and columns (both at least 1). */
export type LoopFunction = ReturnType<typeof compileFunctions>[number];

const WORD = 4;

/**
 * Compiles loops on the memory of the backend.
 *
 * @throws WebAssembly.CompileError on a machine without SIMD
 */
export function compileLoops(loops: readonly Loop[], memory: WasmMemory): LoopFunction[] {
  return compileFunctions(
    loops.map((loop) => functionOf(loop)),
    memory,
  );
}

/** How each pointer moves: inputs first, then outputs. */
function parametersOf(loop: Loop): Reach[] {
  const outputs: Reach[] = loop.outputs.map(() => 'all');
  return [...loop.inputs, ...outputs, 'scalar', 'scalar'];
}

/** Rows outside; inside, four columns at a time and then the rest one by one. */
function functionOf(loop: Loop): SimdFunction {
  const parameters = parametersOf(loop);
  const pointers = parameters.length - 2;
  const [rows, columns] = [pointers, pointers + 1];
  const [offset, wholeEnd, end] = [columns + 1, columns + 2, columns + 3];
  const registers = loop.inputs.length + loop.nodes.length;
  const firstOf = (lanes: Lanes) => end + 1 + (lanes === FOUR ? 0 : registers);

  /** Reads inputs of the reach into the registers of both widths. */
  const loadEach = (reach: Reach): number[] =>
    loop.inputs.flatMap((own, input) =>
      own !== reach
        ? []
        : [FOUR, ONE].flatMap((lanes) => [
            ...get(input),
            ...ONE.load(),
            ...lanes.spread,
            ...set(firstOf(lanes) + input),
          ]),
    );
  const columnsOf = (lanes: Lanes, last: number): number[] =>
    wasm.until(
      [...get(offset), ...get(last), ...wasm.atLeast],
      [...elements(loop, lanes, firstOf(lanes), offset), ...advance(offset, integer(WORD * lanes.width))],
    );
  const nextRow = parameters.slice(0, pointers).flatMap((reach, pointer) => {
    if (reach === 'all') return advance(pointer, get(end));
    return reach === 'column' ? advance(pointer, integer(WORD)) : [];
  });
  const code = [
    ...[...get(columns), ...integer(WORD), ...wasm.multiply, ...set(end)],
    ...[...get(columns), ...integer(-FOUR.width), ...wasm.and, ...integer(WORD), ...wasm.multiply, ...set(wholeEnd)],
    ...loadEach('scalar'),
    ...wasm.until(
      [...get(rows), ...wasm.isZero],
      [
        ...loadEach('column'),
        ...[...integer(0), ...set(offset)],
        ...columnsOf(FOUR, wholeEnd),
        ...columnsOf(ONE, end),
        ...nextRow,
        ...advance(rows, integer(-1)),
      ],
    ),
  ];
  const locals = [
    ...Array<number>(3).fill(I32),
    ...Array<number>(registers).fill(FOUR.type),
    ...Array<number>(registers).fill(ONE.type),
  ];
  return { parameters: parameters.length, locals, code };
}

/** One pass through all nodes at one place of the arrays. */
function elements(loop: Loop, lanes: Lanes, first: number, offset: number): number[] {
  const at = (pointer: number) => [...get(pointer), ...get(offset), ...wasm.add];
  const loads = loop.inputs.flatMap((reach, input) =>
    reach === 'all' || reach === 'row' ? [...at(input), ...lanes.load(), ...set(first + input)] : [],
  );
  const nodes = loop.nodes.flatMap(({ kernelName, attrs, args }, node) => {
    const code = ELEMENTWISE[kernelName]?.emit(
      lanes,
      args.map((arg) => get(first + arg)),
      attrs,
    );
    return [...(code as number[]), ...set(first + loop.inputs.length + node)];
  });
  const stores = loop.outputs.flatMap((node, output) => [
    ...at(loop.inputs.length + output),
    ...get(first + loop.inputs.length + node),
    ...lanes.store(),
  ]);
  return [...loads, ...nodes, ...stores];
}
