import type { Broadcast } from '../../trace/broadcast.js';
import type { Loop } from '../../trace/plan.js';
import type { WasmMemory } from '../memory.js';
import * as wasm from '../simd/instructions.js';
import { get, I32, i32Const, increment, type Lanes, SCALAR, set, VECTOR } from '../simd/instructions.js';
import { compileFunctions, type SimdFunction } from '../simd/module.js';
import { ELEMENTWISE } from './elementwise.js';

/** Runs a loop. Its arguments: addresses of the inputs, addresses of the outputs, rows and columns, both at least 1. */
export type LoopFunction = ReturnType<typeof compileFunctions>[number];

const BYTES_PER_FLOAT = 4;

/**
 * Compiles loops on the memory of the backend, equal ones once: an optimizer updates each weight with the same loop.
 *
 * @throws WebAssembly.CompileError on a machine without SIMD
 */
export function compileLoops(loops: readonly Loop[], memory: WasmMemory): LoopFunction[] {
  const keys = loops.map(keyOf);
  const distinct = new Map(loops.map((loop, i) => [keys[i], loop]));
  const functions = compileFunctions([...distinct.values()].map(functionOf), memory);
  const compiled = new Map([...distinct.keys()].map((key, i) => [key, functions[i]]));
  return keys.map((key) => compiled.get(key) as LoopFunction);
}

/** A text that is the same for equal loops only. JSON would write infinite bounds and NaN alike, and −0 as 0. */
function keyOf(loop: Loop): string {
  return JSON.stringify(loop, (_, value) =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? `${value}` : Object.is(value, -0) ? '-0' : value,
  );
}

/** The outer loop runs over rows; the inner one over four columns at a time, then over the rest one by one. */
function functionOf(loop: Loop): SimdFunction {
  const pointers: Broadcast[] = [...loop.inputs, ...loop.outputs.map(() => 'none' as const)];
  const [rows, columns] = [pointers.length, pointers.length + 1];
  const [offset, vectorEnd, end] = [columns + 1, columns + 2, columns + 3];
  const registers = loop.inputs.length + loop.nodes.length;
  const firstRegister = (lanes: Lanes) => end + 1 + (lanes === VECTOR ? 0 : registers);

  /** Loads the inputs with this kind of broadcast into the registers of both widths. */
  const loadBroadcast = (kind: 'scalar' | 'column'): number[] =>
    loop.inputs.flatMap((broadcast, input) =>
      broadcast !== kind
        ? []
        : [VECTOR, SCALAR].flatMap((lanes) => [
            ...get(input),
            ...SCALAR.load(),
            ...lanes.splat,
            ...set(firstRegister(lanes) + input),
          ]),
    );
  const columnsUpTo = (lanes: Lanes, last: number): number[] =>
    wasm.loopUntil(
      [...get(offset), ...get(last), ...wasm.greaterOrEqual],
      [
        ...elements(loop, lanes, firstRegister(lanes), offset),
        ...increment(offset, i32Const(BYTES_PER_FLOAT * lanes.width)),
      ],
    );
  const nextRow = pointers.flatMap((broadcast, pointer) => {
    if (broadcast === 'none') return increment(pointer, get(end));
    return broadcast === 'column' ? increment(pointer, i32Const(BYTES_PER_FLOAT)) : [];
  });
  const inBytes = [...i32Const(BYTES_PER_FLOAT), ...wasm.multiply];
  const code = [
    ...[...get(columns), ...inBytes, ...set(end)],
    ...[...get(columns), ...i32Const(-VECTOR.width), ...wasm.and, ...inBytes, ...set(vectorEnd)],
    ...loadBroadcast('scalar'),
    ...wasm.loopUntil(
      [...get(rows), ...wasm.isZero],
      [
        ...loadBroadcast('column'),
        ...[...i32Const(0), ...set(offset)],
        ...columnsUpTo(VECTOR, vectorEnd),
        ...columnsUpTo(SCALAR, end),
        ...nextRow,
        ...increment(rows, i32Const(-1)),
      ],
    ),
  ];
  const locals = [
    ...Array<number>(3).fill(I32),
    ...Array<number>(registers).fill(VECTOR.type),
    ...Array<number>(registers).fill(SCALAR.type),
  ];
  return { parameters: pointers.length + 2, locals, code };
}

/** Computes all nodes at one offset of the arrays. `first` is the register of the first input. */
function elements(loop: Loop, lanes: Lanes, first: number, offset: number): number[] {
  const at = (pointer: number) => [...get(pointer), ...get(offset), ...wasm.add];
  const loads = loop.inputs.flatMap((broadcast, input) =>
    broadcast === 'none' || broadcast === 'row' ? [...at(input), ...lanes.load(), ...set(first + input)] : [],
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
