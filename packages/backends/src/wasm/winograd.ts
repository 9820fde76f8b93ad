import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, floats, free, ints } from './heap.js';
import { runCalls } from './parallel.js';
import { winogradFunctions, winogradSizes } from './simd/winograd.js';
import type { Windows } from './windows.js';

/** From 8 to 8 channels this is as fast as sums in panels, from 8 to 32 in 0.6 of the time; with fewer the transforms outweigh. */
const MIN_CHANNELS = 8;
/**
 * Tiles that are computed together: enough for the products, few enough for their arrays to stay in the processor's cache. With 18, 48
 * and 100 the three products of the convolution of bench/ take 1.14, 1.13 and 1.04 times as long.
 */
const TILES_AT_ONCE = 36;
/** Parts in which the gradient of a filter is summed: a number that does not depend on the threads. */
const PARTS = 8;
/** Bytes that the parts of a gradient may take together, in the transformed form. */
const MAX_PARTS_BYTES = 2 ** 26;
const BYTES_PER_FLOAT = 4;

const roundedUp = (n: number, to: number) => Math.ceil(n / to) * to;

/** Whether Winograd's convolution computes these windows, and fast. */
export function isWinograd(windows: Windows): boolean {
  const { filter, stride, dilation, before, channels, outChannels, input, output } = windows;
  const after = ([1, 2] as const).map((axis) => output[axis] + 2 - input[axis] - before[axis]);
  return (
    [...stride, ...dilation].every((n) => n === 1) &&
    filter.join() === '1,3,3' &&
    [before[1], before[2], ...after].every((n) => n >= 0 && n <= 2) &&
    Math.min(output[1], output[2]) >= 1 &&
    Math.min(channels, outChannels) >= MIN_CHANNELS
  );
}

/** The sizes of a convolution, and of the arrays that it needs. */
function layoutOf({ batch, channels, outChannels, input, output, before }: Windows, byChannels: boolean) {
  const [, height, width] = input;
  const [, outHeight, outWidth] = output;
  const [tileRows, tiles] = [Math.ceil(outHeight / 2), Math.ceil(outWidth / 2)];
  const [cell, outCell] = [channels * BYTES_PER_FLOAT, outChannels * BYTES_PER_FLOAT];
  const stripCell = roundedUp(channels, 4) * BYTES_PER_FLOAT;
  const outStripCell = roundedUp(outChannels, 8) * BYTES_PER_FLOAT;
  const stripColumns = 2 * tiles + 2;
  const columns = Math.min(stripColumns - before[2], width);
  const rowsAtOnce = Math.min(batch * tileRows, Math.max(1, Math.round(TILES_AT_ONCE / tiles)));
  const tilesAtOnce = roundedUp(rowsAtOnce * tiles, 4);
  const panels = outStripCell / 32;
  const [inputPosition, outputPanel] = [tilesAtOnce * stripCell, tilesAtOnce * 32];
  const stripRow = stripColumns * stripCell;
  const outStripRow = 2 * tiles * outStripCell;
  const inputs = Math.max(4 * stripRow, 2 * outStripRow);
  const outputs = inputs + 16 * inputPosition;
  const gradient = 16 * panels * stripCell * 8;
  const sizes = winogradSizes({
    height,
    row: width * cell,
    cell,
    stripCell,
    left: before[2] * stripCell,
    columns,
    right: (stripColumns - before[2] - columns) * stripCell,
    image: height * width * cell,
    stripRow,
    outHeight,
    outRow: outWidth * outCell,
    outCell,
    outStripCell,
    outLeft: 0,
    outColumns: outWidth,
    outRight: (2 * tiles - outWidth) * outStripCell,
    outImage: outHeight * outWidth * outCell,
    outStripRow,
    tileRows,
    tiles,
    top: before[1],
    panels,
    rowsAtOnce,
    tileBlock: byChannels ? 64 : stripCell * 4,
    channelBlock: byChannels ? tilesAtOnce * 16 : 64,
    inputPosition,
    filterPanel: stripCell * 8,
    outputPanel,
    outputPosition: panels * outputPanel,
    inputs,
    outputs,
    gradient,
  });
  const scratch = outputs + 16 * panels * outputPanel;
  return { sizes, scratch, gradient, panels, tileRows, rows: batch * tileRows, stripCell, outStripCell, rowsAtOnce };
}

type Layout = ReturnType<typeof layoutOf>;

function bytes(count: number, backend: BackendWasm): TensorInfo {
  return backend.makeOutput([count / BYTES_PER_FLOAT], 'float32');
}

/**
 * A convolution with a 3 × 3 filter and strides of 1, in float32: [128, 13, 13, 32] to 64 channels takes 10.5 ms on one thread and 5.4
 * on two, with XNNPACK 24 and 12. The last bits are others than those of the sums themselves, with an error of the same size. NaN or
 * an infinity in the input also reaches outputs of the same tile of 2 × 2 whose own window does not hold it.
 *
 * @param x [batch, height, width, channels]
 * @param filter [3, 3, channels, out channels], or, where `rotated`, [3, 3, out channels, channels] to be rotated by 180°
 * @param bias one number for each output channel; default: 0
 * @returns [batch, out height, out width, out channels]; undefined where it cannot or should not be computed this way
 */
export function winogradConvolution(
  x: TensorInfo,
  filter: TensorInfo,
  windows: Windows,
  backend: BackendWasm,
  { rotated = false, bias }: { rotated?: boolean; bias?: TensorInfo } = {},
): TensorInfo | undefined {
  const functions = isWinograd(windows) ? winogradFunctions(backend) : undefined;
  if (!functions || x.dtype !== 'float32' || filter.dtype !== 'float32') return undefined;
  const { batch, output, outChannels } = windows;
  const result = backend.makeOutput([batch, output[1], output[2], outChannels], 'float32');
  const layout = layoutOf(windows, false);
  const transformed = transformedFilter(filter, windows, layout, rotated, backend);
  const start = bytes(layout.outStripCell, backend);
  const sizes = backend.makeOutput([layout.sizes.length], 'int32');
  ints(backend, sizes).set(layout.sizes);
  floats(backend, start).fill(0);
  if (bias) floats(backend, start).set(floats(backend, bias));
  const [, height, width] = windows.input;
  const xImage = height * width * windows.channels * BYTES_PER_FLOAT;
  const yImage = output[1] * output[2] * outChannels * BYTES_PER_FLOAT;
  const calls: number[][] = [];
  for (let row = 0; row < layout.rows; row += layout.rowsAtOnce) {
    const image = Math.floor(row / layout.tileRows);
    calls.push([
      addressOf(backend, sizes),
      addressOf(backend, x) + image * xImage,
      addressOf(backend, transformed),
      addressOf(backend, start),
      addressOf(backend, result) + image * yImage,
      row % layout.tileRows,
      Math.min(layout.rowsAtOnce, layout.rows - row),
    ]);
  }
  const operations = batch * output[1] * output[2] * windows.channels * outChannels * 4;
  runCalls(functions.convolve, calls, { operations, scratchBytes: layout.scratch }, backend);
  free(backend, transformed, start, sizes);
  return result;
}

/** The filter as the products need it. */
function transformedFilter(
  filter: TensorInfo,
  { channels, outChannels }: Windows,
  { panels, stripCell, outStripCell }: Layout,
  rotated: boolean,
  backend: BackendWasm,
): TensorInfo {
  const functions = winogradFunctions(backend) as NonNullable<ReturnType<typeof winogradFunctions>>;
  const [paddedChannels, paddedOut] = [stripCell / BYTES_PER_FLOAT, outStripCell / BYTES_PER_FLOAT];
  const result = bytes(16 * panels * stripCell * 8, backend);
  const isPlain = !rotated && paddedChannels === channels && paddedOut === outChannels;
  const plain = isPlain ? filter : bytes(9 * paddedChannels * outStripCell, backend);
  if (!isPlain) {
    const [from, to] = [floats(backend, filter), floats(backend, plain)];
    if (paddedChannels !== channels || paddedOut !== outChannels) to.fill(0);
    const [channelStride, outStride] = rotated ? [1, channels] : [outChannels, 1];
    for (let tap = 0; tap < 9; tap++) {
      const start = (rotated ? 8 - tap : tap) * channels * outChannels;
      for (let c = 0; c < channels; c++) {
        const target = (tap * paddedChannels + c) * paddedOut;
        for (let o = 0, at = start + c * channelStride; o < outChannels; o++, at += outStride)
          to[target + o] = from[at] as number;
      }
    }
  }
  functions.transformFilter(
    addressOf(backend, plain),
    outStripCell,
    paddedChannels * outStripCell,
    addressOf(backend, result),
    paddedChannels,
    panels,
    panels * stripCell * 8,
  );
  if (!isPlain) free(backend, plain);
  return result;
}

/**
 * The gradient of a convolution with a 3 × 3 filter and strides of 1 with respect to the filter, in float32.
 *
 * @param x [batch, height, width, channels]
 * @param dy [batch, out height, out width, out channels]
 * @returns [3, 3, channels, out channels]; undefined where it cannot or should not be computed this way
 */
export function winogradFilterGradient(
  x: TensorInfo,
  dy: TensorInfo,
  windows: Windows,
  backend: BackendWasm,
): TensorInfo | undefined {
  const functions = isWinograd(windows) ? winogradFunctions(backend) : undefined;
  const layout = layoutOf(windows, true);
  if (!functions || 2 * layout.gradient > MAX_PARTS_BYTES) return undefined;
  const { channels, outChannels, output } = windows;
  const result = backend.makeOutput([3, 3, channels, outChannels], 'float32');
  const isPlain = layout.outStripCell === outChannels * BYTES_PER_FLOAT;
  const padded = isPlain ? result : bytes(9 * channels * layout.outStripCell, backend);
  const parts = Math.min(PARTS, Math.floor(MAX_PARTS_BYTES / layout.gradient), layout.rows);
  const sums = bytes(parts * layout.gradient, backend);
  const sizes = backend.makeOutput([layout.sizes.length], 'int32');
  ints(backend, sizes).set(layout.sizes);
  const [, height, width] = windows.input;
  const xImage = height * width * channels * BYTES_PER_FLOAT;
  const yImage = output[1] * output[2] * outChannels * BYTES_PER_FLOAT;
  const calls = Array.from({ length: parts }, (_, part) => {
    const row = Math.floor((part * layout.rows) / parts);
    const end = Math.floor(((part + 1) * layout.rows) / parts);
    const image = Math.floor(row / layout.tileRows);
    return [
      addressOf(backend, sizes),
      addressOf(backend, x) + image * xImage,
      addressOf(backend, dy) + image * yImage,
      addressOf(backend, sums) + part * layout.gradient,
      row % layout.tileRows,
      end - row,
    ];
  });
  const operations = windows.batch * output[1] * output[2] * channels * outChannels * 4;
  runCalls(functions.sumGradient, calls, { operations, scratchBytes: layout.scratch }, backend);
  for (let part = 1; part < parts; part++) {
    const total = addressOf(backend, sums);
    functions.addVectors(total, total + part * layout.gradient, layout.gradient / 16);
  }
  functions.transformFilterGradient(
    addressOf(backend, padded),
    layout.outStripCell,
    channels * layout.outStripCell,
    addressOf(backend, sums),
    channels,
    layout.panels,
    layout.stripCell * 8,
    layout.panels * layout.stripCell * 8,
  );
  if (!isPlain) {
    const [from, to] = [floats(backend, padded), floats(backend, result)];
    const stride = layout.outStripCell / BYTES_PER_FLOAT;
    for (let line = 0; line < 9 * channels; line++)
      to.set(from.subarray(line * stride, line * stride + outChannels), line * outChannels);
    free(backend, padded);
  }
  free(backend, sums, sizes);
  return result;
}
