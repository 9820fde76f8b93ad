import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as wasm from './instructions.js';
import {
  type Code,
  call,
  doWhile,
  get,
  I32,
  i32Const,
  ifElse,
  increment,
  set,
  times,
  V128,
  VECTOR,
} from './instructions.js';
import { type CompiledSimdFunction, compilePerMemory, type SimdFunction, simdFunction } from './module.js';

/*
 * Winograd's convolution F(2×2, 3×3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015, section 4.1). With d a
 * patch of 4 × 4 inputs and g a filter, a tile of 2 × 2 outputs is Aᵀ[(G g Gᵀ) ∘ (Bᵀ d B)]A, where
 *
 *   Bᵀ = 1  0 −1  0     G = 1   0   0      Aᵀ = 1  1  1  0
 *        0  1  1  0         ½   ½   ½           0  1 −1 −1
 *        0 −1  1  0         ½  −½   ½
 *        0  1  0 −1         0   0   1
 *
 * The product in the middle is, at each of its 16 positions, a matrix product over the channels: 16 multiplications for four outputs
 * where the sums themselves have 36. The gradient of the filter is Gᵀ[Σ (Bᵀ d B) ∘ (A e Aᵀ)]G, summed over all tiles, where e is the
 * gradient of the outputs.
 *
 * The transformed arrays lie in the order in which the products read and write them, channels and tiles rounded up to whole blocks:
 * inputs [position][tile / 4][channel / 4][4 tiles][4 channels], filters and their gradients [position][out channel / 8][channel][8],
 * outputs and their gradients [position][out channel / 8][tile][8].
 */

const BYTES_PER_VECTOR = VECTOR.width * 4;
const POSITIONS = 16;
/** Tiles, or input channels, that are computed together: with two vectors each, as many sums as there are registers for. */
const BLOCK = 4;
/** A row of a panel of eight output channels. */
const PANEL_ROW = 2 * BYTES_PER_VECTOR;
/** Four tiles of four input channels. */
const SQUARE = BLOCK * BYTES_PER_VECTOR;
/** Four rows of a panel. */
const PANEL_BLOCK = BLOCK * PANEL_ROW;

/**
 * The sizes of a convolution, which its functions read from memory, as int32. Where nothing else is said they are bytes. A strip holds
 * the cells of one row of tiles: rows of an image, with zeros around it, and channels rounded up to whole blocks.
 */
const SIZES = [
  // Of an image of the input: rows, bytes of a row and a cell, and what of a row of a strip is left of it, how many cells, and right.
  ...(['height', 'row', 'cell', 'stripCell', 'left', 'columns', 'right', 'image', 'stripRow'] as const),
  // The same of the output.
  ...(['outHeight', 'outRow', 'outCell', 'outStripCell', 'outLeft', 'outColumns', 'outRight', 'outImage'] as const),
  'outStripRow' as const,
  // Numbers: rows of tiles of an image, tiles of a row, rows of zeros above an image, panels, rows of tiles that are computed together.
  ...(['tileRows', 'tiles', 'top', 'panels', 'rowsAtOnce'] as const),
  // Four tiles or one position of transformed inputs; a panel of the filter; a panel or one position of the outputs.
  ...(['tileBlock', 'channelBlock', 'inputPosition', 'filterPanel', 'outputPanel', 'outputPosition'] as const),
  // Where the arrays lie in a thread's scratch, and the bytes of a gradient of the transformed filter.
  ...(['inputs', 'outputs', 'gradient'] as const),
] as const;
type Size = (typeof SIZES)[number];
/** The sizes of the output follow those of the input in the same order. */
const OUTPUT = SIZES.indexOf('outHeight') * 4;

/** The sizes of a convolution in the order of {@link SIZES}. */
export function winogradSizes(sizes: Readonly<Record<Size, number>>): number[] {
  return SIZES.map((name) => sizes[name]);
}

const size = (sizes: number, name: Size): number[] => [...get(sizes), ...wasm.load(SIZES.indexOf(name) * 4)];
const sum = (a: Code, b: Code): number[] => [...a, ...b, ...wasm.add];
const product = (a: Code, b: Code): number[] => [...a, ...b, ...wasm.multiply];

/** Adds and subtracts locals that hold vectors. */
const vectors = (first: number, operation: Code, second: number): number[] => [
  ...get(first),
  ...get(second),
  ...operation,
];

/** Rows of Bᵀ. */
const INPUT_COMBINATIONS = [
  [0, VECTOR.subtract, 2],
  [1, VECTOR.add, 2],
  [2, VECTOR.subtract, 1],
  [1, VECTOR.subtract, 3],
] as const;

/** The functions, in the order of their indices in the module. */
const NAMES = [
  ...([
    'cutStrip',
    'transformInput',
    'transposeSquares',
    'transformGradient',
    'multiply',
    'multiplyGradient',
    'transformOutput',
  ] as const),
  ...(['pasteStrip', 'transformFilter', 'transformFilterGradient', 'addVectors', 'convolve', 'sumGradient'] as const),
] as const;
type Name = (typeof NAMES)[number];

const functions = (): Record<Name, SimdFunction> => ({
  /** Copies rows of an image to a strip, from row `y` on, which may lie outside. */
  cutStrip: simdFunction(['sizes', 'strip', 'image', 'y', 'rows'], ({ sizes, strip, image, y, rows }, local) => {
    const [from, cells, bytes] = [local(I32), local(I32), local(I32)];
    const zeros = (count: Code) => [
      ...[...get(strip), ...i32Const(0), ...count, ...wasm.fillBytes],
      ...increment(strip, count),
    ];
    const copied = (count: Code) => [...get(strip), ...get(from), ...count, ...wasm.copyBytes];
    const inside = [
      ...[...sum(get(image), product(get(y), size(sizes, 'row'))), ...set(from)],
      ...zeros(size(sizes, 'left')),
      ...[...size(sizes, 'cell'), ...size(sizes, 'stripCell'), ...wasm.notEqual],
      ...ifElse(
        [
          ...[...size(sizes, 'columns'), ...set(cells)],
          ...times(cells, [
            ...copied(size(sizes, 'cell')),
            ...increment(strip, size(sizes, 'cell')),
            ...zeros([...size(sizes, 'stripCell'), ...size(sizes, 'cell'), ...wasm.subtract]),
            ...increment(from, size(sizes, 'cell')),
          ]),
        ],
        [
          ...[...product(size(sizes, 'columns'), size(sizes, 'cell')), ...set(bytes)],
          ...[...copied(get(bytes)), ...increment(strip, get(bytes))],
        ],
      ),
      ...zeros(size(sizes, 'right')),
    ];
    return times(rows, [
      ...[...get(y), ...size(sizes, 'height'), ...wasm.less],
      ...ifElse(inside, zeros(size(sizes, 'stripRow'))),
      ...increment(y, i32Const(1)),
    ]);
  }),

  /** Bᵀ d B of a row of tiles. `tile` is the index of the first. */
  transformInput: simdFunction(['sizes', 'strip', 'inputs', 'tile'], ({ sizes, strip, inputs, tile }, local) => {
    const [tiles, cell, position, count] = [local(I32), local(I32), local(I32), local(I32)];
    const [at, to, twoCells, threeCells] = [local(I32), local(I32), local(I32), local(I32)];
    const rows = Array.from({ length: 4 }, () => local(I32));
    const differences = Array.from({ length: 4 }, () => local(V128));
    const columns = [[], get(cell), get(twoCells), get(threeCells)];
    const combination = (one: (i: number) => Code, i: number) => {
      const [first, operation, second] = INPUT_COMBINATIONS[i] as (typeof INPUT_COMBINATIONS)[number];
      return [...one(first), ...one(second), ...operation];
    };
    const loaded = (row: number, column: Code) => [
      ...get(rows[row] as number),
      ...(column.length > 0 ? [...column, ...wasm.add] : []),
      ...VECTOR.load(),
    ];
    const channels = [
      ...[...get(strip), ...set(rows[0] as number)],
      ...[1, 2, 3].flatMap((i) => [
        ...sum(get(rows[i - 1] as number), size(sizes, 'stripRow')),
        ...set(rows[i] as number),
      ]),
      ...[...get(at), ...set(to)],
      ...INPUT_COMBINATIONS.flatMap((_, i) => [
        ...columns.flatMap((column, j) => [
          ...combination((row) => loaded(row, column), i),
          ...set(differences[j] as number),
        ]),
        ...INPUT_COMBINATIONS.flatMap((_, j) => [
          ...[...get(to), ...combination((column) => get(differences[column] as number), j), ...VECTOR.store()],
          ...increment(to, get(position)),
        ]),
      ]),
      ...increment(strip, i32Const(BYTES_PER_VECTOR)),
      ...increment(at, size(sizes, 'channelBlock')),
    ];
    return [
      ...[...size(sizes, 'tiles'), ...set(tiles), ...size(sizes, 'stripCell'), ...set(cell)],
      ...[...sum(get(cell), get(cell)), ...set(twoCells), ...sum(get(cell), get(twoCells)), ...set(threeCells)],
      ...[...size(sizes, 'inputPosition'), ...set(position)],
      ...times(tiles, [
        ...sum(get(inputs), product([...get(tile), ...i32Const(2), ...wasm.shiftRight], size(sizes, 'tileBlock'))),
        ...product([...get(tile), ...i32Const(BLOCK - 1), ...wasm.and], i32Const(BYTES_PER_VECTOR)),
        ...[...wasm.add, ...set(at)],
        ...[...get(cell), ...i32Const(4), ...wasm.shiftRight, ...set(count)],
        ...times(count, channels),
        ...[...increment(strip, get(cell)), ...increment(tile, i32Const(1))],
      ]),
    ];
  }),

  /** Transposes squares of four tiles and four channels, so that the factors of a term follow each other. */
  transposeSquares: simdFunction(['at', 'count'], ({ at, count }, local) => {
    const rows = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
    const pairs = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
    const [a, b, c, d] = rows;
    const [low, high, lowOther, highOther] = pairs;
    const shuffled = (x: number, y: number, lanes: readonly number[]) => [...get(x), ...get(y), ...wasm.shuffle(lanes)];
    const results = [
      shuffled(low, lowOther, [0, 1, 4, 5]),
      shuffled(low, lowOther, [2, 3, 6, 7]),
      shuffled(high, highOther, [0, 1, 4, 5]),
      shuffled(high, highOther, [2, 3, 6, 7]),
    ];
    return times(count, [
      ...rows.flatMap((row, i) => [...get(at), ...VECTOR.load(i * BYTES_PER_VECTOR), ...set(row)]),
      ...[...shuffled(a, b, [0, 4, 1, 5]), ...set(low), ...shuffled(a, b, [2, 6, 3, 7]), ...set(high)],
      ...[...shuffled(c, d, [0, 4, 1, 5]), ...set(lowOther), ...shuffled(c, d, [2, 6, 3, 7]), ...set(highOther)],
      ...results.flatMap((value, i) => [...get(at), ...value, ...VECTOR.store(i * BYTES_PER_VECTOR)]),
      ...increment(at, i32Const(SQUARE)),
    ]);
  }),

  /** A e Aᵀ of a row of tiles. */
  transformGradient: simdFunction(['sizes', 'strip', 'outputs', 'tile'], ({ sizes, strip, outputs, tile }, local) => {
    const [tiles, panels, cell, row, position] = [local(I32), local(I32), local(I32), local(I32), local(I32)];
    const [at, to] = [local(I32), local(I32)];
    const cells = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
    const [left, right] = [local(V128), local(V128)];
    const store = (value: Code) => [...get(to), ...value, ...VECTOR.store(), ...increment(to, get(position))];
    const [e00, e01, e10, e11] = cells;
    const combined = (first: number, second: number): Code[] => [
      get(first),
      vectors(first, VECTOR.add, second),
      vectors(first, VECTOR.subtract, second),
      [...get(second), ...VECTOR.negate],
    ];
    const lefts = combined(e00, e10);
    const rights = combined(e01, e11);
    const half = (offset: number) => [
      ...[...get(strip), ...VECTOR.load(offset), ...set(e00)],
      ...[...sum(get(strip), get(cell)), ...VECTOR.load(offset), ...set(e01)],
      ...[...sum(get(strip), get(row)), ...VECTOR.load(offset), ...set(e10)],
      ...[...sum(sum(get(strip), get(row)), get(cell)), ...VECTOR.load(offset), ...set(e11)],
      ...[...get(at), ...i32Const(offset), ...wasm.add, ...set(to)],
      ...lefts.flatMap((value, i) => [
        ...[...value, ...set(left), ...(rights[i] as Code), ...set(right)],
        ...combined(left, right).flatMap(store),
      ]),
    ];
    return [
      ...[...size(sizes, 'tiles'), ...set(tiles), ...size(sizes, 'outStripCell'), ...set(cell)],
      ...[...size(sizes, 'outStripRow'), ...set(row), ...size(sizes, 'outputPosition'), ...set(position)],
      ...times(tiles, [
        ...[...sum(get(outputs), product(get(tile), i32Const(PANEL_ROW))), ...set(at)],
        ...[...size(sizes, 'panels'), ...set(panels)],
        ...times(panels, [
          ...[...half(0), ...half(BYTES_PER_VECTOR)],
          ...increment(strip, i32Const(PANEL_ROW)),
          ...increment(at, size(sizes, 'outputPanel')),
        ]),
        ...[...increment(strip, get(cell)), ...increment(tile, i32Const(1))],
      ]),
    ];
  }),

  /** The product of inputs and filter at all positions, of blocks of four tiles. */
  multiply: simdFunction(
    ['sizes', 'inputs', 'filter', 'outputs', 'blocks'],
    ({ sizes, inputs, filter, outputs, blocks }, local) => {
      const [positions, panels, count, input, panel, end, output] = Array.from({ length: 7 }, () =>
        local(I32),
      ) as Seven;
      const { clear, term, store } = squareProduct(local);
      return [
        ...[...i32Const(POSITIONS), ...set(positions)],
        ...times(positions, [
          ...[...size(sizes, 'panels'), ...set(panels)],
          ...times(panels, [
            ...[...get(inputs), ...set(input), ...get(outputs), ...set(output), ...get(blocks), ...set(count)],
            ...[...sum(get(filter), size(sizes, 'filterPanel')), ...set(end)],
            ...times(count, [
              ...[...clear, ...get(filter), ...set(panel)],
              ...doWhile(
                [
                  ...term(panel, input),
                  ...[...increment(input, i32Const(BYTES_PER_VECTOR)), ...increment(panel, i32Const(PANEL_ROW))],
                ],
                [...get(panel), ...get(end), ...wasm.notEqual],
              ),
              ...[...store(output), ...increment(output, i32Const(PANEL_BLOCK))],
            ]),
            ...[...get(end), ...set(filter), ...increment(outputs, size(sizes, 'outputPanel'))],
          ]),
          ...increment(inputs, size(sizes, 'inputPosition')),
        ]),
      ];
    },
  ),

  /** Adds to the gradient of the filter the product of inputs and gradients of the outputs, at all positions. */
  multiplyGradient: simdFunction(
    ['sizes', 'inputs', 'outputs', 'gradient', 'blocks'],
    ({ sizes, inputs, outputs, gradient, blocks }, local) => {
      const [positions, panels, outputsEnd, input, output, channels, end] = Array.from({ length: 7 }, () =>
        local(I32),
      ) as Seven;
      const { load, term, store } = squareProduct(local);
      return [
        ...[...i32Const(POSITIONS), ...set(positions)],
        ...times(positions, [
          ...[...size(sizes, 'panels'), ...set(panels)],
          ...[...sum(get(inputs), size(sizes, 'inputPosition')), ...set(end)],
          ...times(panels, [
            ...[...get(inputs), ...set(channels)],
            ...[...sum(get(outputs), product(get(blocks), i32Const(PANEL_BLOCK))), ...set(outputsEnd)],
            ...doWhile(
              [
                ...[...get(channels), ...set(input), ...get(outputs), ...set(output), ...load(gradient)],
                ...doWhile(
                  [
                    ...term(output, input),
                    ...[...increment(input, i32Const(BYTES_PER_VECTOR)), ...increment(output, i32Const(PANEL_ROW))],
                  ],
                  [...get(output), ...get(outputsEnd), ...wasm.notEqual],
                ),
                ...[...store(gradient), ...increment(gradient, i32Const(PANEL_BLOCK))],
                ...increment(channels, size(sizes, 'channelBlock')),
              ],
              [...get(channels), ...get(end), ...wasm.notEqual],
            ),
            ...increment(outputs, size(sizes, 'outputPanel')),
          ]),
          ...increment(inputs, size(sizes, 'inputPosition')),
        ]),
      ];
    },
  ),

  /** Aᵀ m A of a row of tiles, plus the bias. */
  transformOutput: simdFunction(
    ['sizes', 'outputs', 'strip', 'tile', 'bias'],
    ({ sizes, outputs, strip, tile, bias }, local) => {
      const [tiles, panels, cell, row, position] = [local(I32), local(I32), local(I32), local(I32), local(I32)];
      const [at, from, biasAt] = [local(I32), local(I32), local(I32)];
      const upper = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
      const lower = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
      const [value, start] = [local(V128), local(V128)];
      const accumulate = (to: number, operation: Code) => [...get(to), ...get(value), ...operation, ...set(to)];
      const half = (offset: number) => [
        ...[...get(at), ...i32Const(offset), ...wasm.add, ...set(from)],
        ...[0, 1, 2, 3].flatMap((i) =>
          [0, 1, 2, 3].flatMap((j) => [
            ...[...get(from), ...VECTOR.load(), ...set(value), ...increment(from, get(position))],
            ...(i === 0 ? [...get(value), ...set(upper[j] as number)] : []),
            ...(i === 1 || i === 2 ? accumulate(upper[j] as number, VECTOR.add) : []),
            ...(i === 1 ? [...get(value), ...set(lower[j] as number)] : []),
            ...(i === 2 || i === 3 ? accumulate(lower[j] as number, VECTOR.subtract) : []),
          ]),
        ),
        ...[...get(biasAt), ...VECTOR.load(offset), ...set(start)],
        ...[upper, lower].flatMap(([a, b, c, d], i) => [
          ...[...get(strip), ...(i === 0 ? [] : [...get(row), ...wasm.add])],
          ...[...vectors(a, VECTOR.add, b), ...get(c), ...VECTOR.add, ...get(start), ...VECTOR.add],
          ...VECTOR.store(offset),
          ...[...sum(get(strip), get(cell)), ...(i === 0 ? [] : [...get(row), ...wasm.add])],
          ...[...vectors(b, VECTOR.subtract, c), ...get(d), ...VECTOR.subtract, ...get(start), ...VECTOR.add],
          ...VECTOR.store(offset),
        ]),
      ];
      return [
        ...[...size(sizes, 'tiles'), ...set(tiles), ...size(sizes, 'outStripCell'), ...set(cell)],
        ...[...size(sizes, 'outStripRow'), ...set(row), ...size(sizes, 'outputPosition'), ...set(position)],
        ...times(tiles, [
          ...[...sum(get(outputs), product(get(tile), i32Const(PANEL_ROW))), ...set(at)],
          ...[...get(bias), ...set(biasAt), ...size(sizes, 'panels'), ...set(panels)],
          ...times(panels, [
            ...[...half(0), ...half(BYTES_PER_VECTOR)],
            ...[...increment(strip, i32Const(PANEL_ROW)), ...increment(biasAt, i32Const(PANEL_ROW))],
            ...increment(at, size(sizes, 'outputPanel')),
          ]),
          ...[...increment(strip, get(cell)), ...increment(tile, i32Const(1))],
        ]),
      ];
    },
  ),

  /** Copies rows of a strip of outputs to an image. */
  pasteStrip: simdFunction(['sizes', 'strip', 'image', 'rows'], ({ sizes, strip, image, rows }, local) => {
    const [from, to, cells] = [local(I32), local(I32), local(I32)];
    return times(rows, [
      ...[...size(sizes, 'outCell'), ...size(sizes, 'outStripCell'), ...wasm.notEqual],
      ...ifElse(
        [
          ...[...get(strip), ...set(from), ...get(image), ...set(to), ...size(sizes, 'outColumns'), ...set(cells)],
          ...times(cells, [
            ...[...get(to), ...get(from), ...size(sizes, 'outCell'), ...wasm.copyBytes],
            ...[...increment(to, size(sizes, 'outCell')), ...increment(from, size(sizes, 'outStripCell'))],
          ]),
        ],
        [...get(image), ...get(strip), ...size(sizes, 'outRow'), ...wasm.copyBytes],
      ),
      ...[...increment(strip, size(sizes, 'outStripRow')), ...increment(image, size(sizes, 'outRow'))],
    ]);
  }),

  /** G g Gᵀ of all filters. `row` and `tap` are the distances of input channels, of which there are `channels`, and of taps. */
  transformFilter: simdFunction(
    ['from', 'row', 'tap', 'filter', 'channels', 'panels', 'position'],
    ({ from, row, tap, filter, channels, panels, position }, local) => {
      const [at, weight, to, count] = [local(I32), local(I32), local(I32), local(I32)];
      const taps = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => local(V128)) as Three) as [
        Three,
        Three,
        Three,
      ];
      const line = Array.from({ length: 3 }, () => local(V128)) as Three;
      const [outer, inner] = [local(V128), local(V128)];
      const store = (value: Code) => [...get(to), ...value, ...VECTOR.store(), ...increment(to, get(position))];
      const halved = (value: Code) => [...value, ...wasm.constant(VECTOR, 0.5), ...VECTOR.multiply];
      /** The four rows of G times three numbers. The second and third use their outer ones' sum, halved, and the inner, halved. */
      const combined = ([a, b, c]: Three, use: (value: Code) => Code) => [
        ...use(get(a)),
        ...[...halved(vectors(a, VECTOR.add, c)), ...set(outer), ...halved(get(b)), ...set(inner)],
        ...use(vectors(outer, VECTOR.add, inner)),
        ...use(vectors(outer, VECTOR.subtract, inner)),
        ...use(get(c)),
      ];
      const half = (offset: number) => [
        ...[...sum(get(at), i32Const(offset)), ...set(weight)],
        ...taps
          .flat()
          .flatMap((one) => [...[...get(weight), ...VECTOR.load(), ...set(one)], ...increment(weight, get(tap))]),
        ...[...sum(get(filter), i32Const(offset)), ...set(to)],
        ...[0, 1, 2, 3].flatMap((i) => [
          ...[0, 1, 2].flatMap((j) => [
            ...filterCombination(i, [taps[0][j] as number, taps[1][j] as number, taps[2][j] as number]),
            ...set(line[j] as number),
          ]),
          ...combined(line, store),
        ]),
      ];
      return times(panels, [
        ...[...get(from), ...set(at), ...get(channels), ...set(count)],
        ...times(count, [
          ...[...half(0), ...half(BYTES_PER_VECTOR)],
          ...[...increment(at, get(row)), ...increment(filter, i32Const(PANEL_ROW))],
        ]),
        ...increment(from, i32Const(PANEL_ROW)),
      ]);
    },
  ),

  /** Gᵀ m G of the gradients of all filters: the reverse of `transformFilter`, with the same parameters. */
  transformFilterGradient: simdFunction(
    ['to', 'row', 'tap', 'gradient', 'channels', 'panels', 'panel', 'position'],
    ({ to, row, tap, gradient, channels, panels, panel, position }, local) => {
      const [at, from, tapAt, source, count] = [local(I32), local(I32), local(I32), local(I32), local(I32)];
      const values = Array.from({ length: 4 }, () => local(V128)) as [number, number, number, number];
      const columns = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => local(V128)));
      const middle = local(V128);
      /** The three rows of Gᵀ times four numbers. */
      const combined = ([a, b, c, d]: readonly number[], use: (value: Code, row: number) => Code) => {
        const half = (operation: Code) => [
          ...vectors(b as number, operation, c as number),
          ...[...wasm.constant(VECTOR, 0.5), ...VECTOR.multiply],
        ];
        return [
          ...[...half(VECTOR.add), ...set(middle)],
          ...use(vectors(a as number, VECTOR.add, middle), 0),
          ...use(half(VECTOR.subtract), 1),
          ...use(vectors(middle, VECTOR.add, d as number), 2),
        ];
      };
      const half = (offset: number) => [
        ...[0, 1, 2, 3].flatMap((j) => [
          ...[...sum(get(source), i32Const(offset)), ...product(get(position), i32Const(j)), ...wasm.add, ...set(from)],
          ...values.flatMap((value) => [
            ...[...get(from), ...VECTOR.load(), ...set(value)],
            ...increment(from, product(get(position), i32Const(4))),
          ]),
          ...combined(values, (value, i) => [...value, ...set(columns[i]?.[j] as number)]),
        ]),
        ...[...sum(get(at), i32Const(offset)), ...set(tapAt)],
        ...columns.flatMap((line) =>
          combined(line, (value) => [...get(tapAt), ...value, ...VECTOR.store(), ...increment(tapAt, get(tap))]),
        ),
      ];
      return times(panels, [
        ...[...get(to), ...set(at), ...get(gradient), ...set(source), ...get(channels), ...set(count)],
        ...times(count, [
          ...[...half(0), ...half(BYTES_PER_VECTOR)],
          ...[...increment(at, get(row)), ...increment(source, i32Const(PANEL_ROW))],
        ]),
        ...[...increment(to, i32Const(PANEL_ROW)), ...increment(gradient, get(panel))],
      ]);
    },
  ),

  /** Adds numbers to others, `count` vectors of them. */
  addVectors: simdFunction(['to', 'from', 'count'], ({ to, from, count }) =>
    times(count, [
      ...[...get(to), ...get(to), ...VECTOR.load(), ...get(from), ...VECTOR.load(), ...VECTOR.add, ...VECTOR.store()],
      ...[...increment(to, i32Const(BYTES_PER_VECTOR)), ...increment(from, i32Const(BYTES_PER_VECTOR))],
    ]),
  ),

  /**
   * The convolution of some rows of tiles. `row` is the index of the first in its image, of which `x` and `y` are the addresses; the
   * rows may go on in the images that follow.
   */
  convolve: simdFunction(
    ['scratch', 'sizes', 'x', 'filter', 'bias', 'y', 'row', 'rows'],
    ({ scratch, sizes, x, filter, bias, y, row, rows }, local) => {
      const [strips, firstRow, tile, count] = [local(I32), local(I32), local(I32), local(I32)];
      const { atOnce, nextRow, eachRow } = rowsOfTiles({ sizes, tile, count, row, rows, strips });
      return doWhile(
        [
          ...[...atOnce, ...get(row), ...set(firstRow)],
          ...eachRow([
            ...cutInput({ scratch, sizes, x, row, tile }),
            ...nextRow([...increment(x, size(sizes, 'image'))]),
          ]),
          ...[...sum(get(scratch), size(sizes, 'inputs')), ...size(sizes, 'inputPosition'), ...i32Const(2)],
          ...[...wasm.shiftRight, ...callTo('transposeSquares')],
          ...[...get(sizes), ...sum(get(scratch), size(sizes, 'inputs')), ...get(filter)],
          ...[...sum(get(scratch), size(sizes, 'outputs')), ...blocksOf(tile), ...callTo('multiply')],
          ...[...get(firstRow), ...set(row)],
          ...eachRow([
            ...[...get(sizes), ...sum(get(scratch), size(sizes, 'outputs')), ...get(scratch), ...get(tile)],
            ...[...get(bias), ...callTo('transformOutput')],
            ...[...get(sizes), ...get(scratch), ...outputRow({ sizes, y, row }), ...rowsOfOutput({ sizes, row })],
            ...callTo('pasteStrip'),
            ...nextRow(increment(y, size(sizes, 'outImage'))),
          ]),
        ],
        get(rows),
      );
    },
  ),

  /** The gradient of the transformed filter, summed over some rows of tiles, as for `convolve`. `dy` is that of the output. */
  sumGradient: simdFunction(
    ['scratch', 'sizes', 'x', 'dy', 'gradient', 'row', 'rows'],
    ({ scratch, sizes, x, dy, gradient, row, rows }, local) => {
      const [strips, tile, count] = [local(I32), local(I32), local(I32)];
      const { atOnce, nextRow, eachRow } = rowsOfTiles({ sizes, tile, count, row, rows, strips });
      const clear = (array: 'inputs' | 'outputs', position: Size) => [
        ...[...sum(get(scratch), size(sizes, array)), ...i32Const(0)],
        ...[...product(size(sizes, position), i32Const(POSITIONS)), ...wasm.fillBytes],
      ];
      return [
        ...[...get(gradient), ...i32Const(0), ...size(sizes, 'gradient'), ...wasm.fillBytes],
        ...doWhile(
          [
            ...atOnce,
            // The last block of tiles may not be whole; what is added for the others must be 0.
            ...[...product(get(count), size(sizes, 'tiles')), ...i32Const(BLOCK - 1), ...wasm.and],
            ...ifElse([...clear('inputs', 'inputPosition'), ...clear('outputs', 'outputPosition')], []),
            ...eachRow([
              ...cutInput({ scratch, sizes, x, row, tile }),
              ...[...sum(get(sizes), i32Const(OUTPUT)), ...get(scratch), ...get(dy)],
              ...[...product(get(row), i32Const(2)), ...i32Const(2), ...callTo('cutStrip')],
              ...[...get(sizes), ...get(scratch), ...sum(get(scratch), size(sizes, 'outputs')), ...get(tile)],
              ...callTo('transformGradient'),
              ...nextRow([...increment(x, size(sizes, 'image')), ...increment(dy, size(sizes, 'outImage'))]),
            ]),
            ...[...get(sizes), ...sum(get(scratch), size(sizes, 'inputs'))],
            ...[...sum(get(scratch), size(sizes, 'outputs')), ...get(gradient), ...blocksOf(tile)],
            ...callTo('multiplyGradient'),
          ],
          get(rows),
        ),
      ];
    },
  ),
});
type Three = [number, number, number];
type Seven = [number, number, number, number, number, number, number];

const callTo = (name: Name) => call(NAMES.indexOf(name));

const compiled = compilePerMemory(() => {
  const byName = functions();
  return NAMES.map((name) => byName[name]);
});

/** The functions of Winograd's convolution; undefined on a machine without SIMD. */
export function winogradFunctions(backend: BackendWasm): Record<Name, CompiledSimdFunction> | undefined {
  const list = compiled(backend);
  return list && (Object.fromEntries(NAMES.map((name, i) => [name, list[i]])) as Record<Name, CompiledSimdFunction>);
}

/** A row of G times three numbers. */
function filterCombination(row: number, [a, b, c]: Three): number[] {
  if (row === 0) return get(a);
  if (row === 3) return get(c);
  const outer = vectors(a, VECTOR.add, c);
  const operation = row === 1 ? VECTOR.add : VECTOR.subtract;
  return [...outer, ...get(b), ...operation, ...wasm.constant(VECTOR, 0.5), ...VECTOR.multiply];
}

/** Walks along rows of tiles, `rowsAtOnce` at a time. */
function rowsOfTiles(locals: Record<'sizes' | 'tile' | 'count' | 'row' | 'rows' | 'strips', number>) {
  const { sizes, tile, count, row, rows, strips } = locals;
  const atOnce = size(sizes, 'rowsAtOnce');
  return {
    /** Takes the next rows. */
    atOnce: [
      ...[...get(rows), ...atOnce, ...get(rows), ...atOnce, ...wasm.less, ...wasm.select, ...set(count)],
      ...[...get(rows), ...get(count), ...wasm.subtract, ...set(rows)],
    ],
    /** Goes to the next row; `image` is run where that is in another image. */
    nextRow: (image: Code) => [
      ...increment(row, i32Const(1)),
      ...[...get(row), ...size(sizes, 'tileRows'), ...wasm.notEqual],
      ...ifElse([], [...i32Const(0), ...set(row), ...image]),
      ...increment(tile, size(sizes, 'tiles')),
    ],
    eachRow: (body: Code) => [...[...i32Const(0), ...set(tile), ...get(count), ...set(strips)], ...times(strips, body)],
  };
}

/** The number of blocks of four tiles that hold this many. */
const blocksOf = (tiles: number) => [...sum(get(tiles), i32Const(BLOCK - 1)), ...i32Const(2), ...wasm.shiftRight];

/** Cuts the strip of a row of tiles out of the input, and transforms it. */
function cutInput({ scratch, sizes, x, row, tile }: Record<'scratch' | 'sizes' | 'x' | 'row' | 'tile', number>) {
  return [
    ...[...get(sizes), ...get(scratch), ...get(x), ...product(get(row), i32Const(2)), ...size(sizes, 'top')],
    ...[...wasm.subtract, ...i32Const(4), ...callTo('cutStrip')],
    ...[...get(sizes), ...get(scratch), ...sum(get(scratch), size(sizes, 'inputs')), ...get(tile)],
    ...callTo('transformInput'),
  ];
}

/** The address of the first output row of a row of tiles. */
const outputRow = ({ sizes, y, row }: Record<'sizes' | 'y' | 'row', number>) =>
  sum(get(y), product(product(get(row), i32Const(2)), size(sizes, 'outRow')));

/** The rows of the output that a row of tiles has: 1 for the last where their number is odd, else 2. */
const rowsOfOutput = ({ sizes, row }: Record<'sizes' | 'row', number>) => {
  const left = [...size(sizes, 'outHeight'), ...product(get(row), i32Const(2)), ...wasm.subtract];
  return [...i32Const(2), ...left, ...i32Const(2), ...left, ...wasm.less, ...wasm.select];
};

/** Four rows of eight sums in registers. */
function squareProduct(local: (type: number) => number) {
  const [first, second, factor] = [local(V128), local(V128), local(V128)];
  const sums = Array.from({ length: BLOCK }, () => [local(V128), local(V128)] as const);
  const add = (to: number, column: number) => [
    ...[...get(to), ...get(factor), ...get(column), ...VECTOR.multiply, ...VECTOR.add, ...set(to)],
  ];
  const each = (code: (sum: number, offset: number) => Code) =>
    sums.flatMap(([one, other], row) => [
      ...code(one, row * PANEL_ROW),
      ...code(other, row * PANEL_ROW + BYTES_PER_VECTOR),
    ]);
  return {
    clear: each((to) => [...wasm.constant(VECTOR, 0), ...set(to)]),
    load: (from: number) => each((to, offset) => [...get(from), ...VECTOR.load(offset), ...set(to)]),
    store: (to: number) => each((from, offset) => [...get(to), ...get(from), ...VECTOR.store(offset)]),
    /** Adds a term: a row of a panel times each of four factors. */
    term: (panel: number, factors: number) => [
      ...[
        ...get(panel),
        ...VECTOR.load(),
        ...set(first),
        ...get(panel),
        ...VECTOR.load(BYTES_PER_VECTOR),
        ...set(second),
      ],
      ...sums.flatMap(([one, other], row) => [
        ...[...get(factors), ...VECTOR.loadSplat(row * 4), ...set(factor)],
        ...[...add(one, first), ...add(other, second)],
      ]),
    ],
  };
}
