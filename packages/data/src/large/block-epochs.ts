import { seededRandom } from '@lrfind/core';
import { shuffled } from '../batches.js';
import type { BlockEpochs, DatasetColumn, DatasetRows, RowBlocks } from '../dataset.js';

/** Numbers of the encoded rows in a window, about: 64 MB. */
const WINDOW_NUMBERS = 1 << 24;

/** Which of the rows of a block are trained on, by their index in the block. */
type TrainedRows = (block: number) => Int32Array;

/**
 * The epochs over rows in blocks.
 *
 * @param isTrained whether a row is trained on, by its number among all rows
 * @param windowBlocks blocks in a window. Default: as many as make about 64 MB of encoded rows
 */
export function blockEpochs(
  blocks: RowBlocks,
  isTrained: (row: number) => boolean,
  windowBlocks?: number,
): BlockEpochs {
  const starts: number[] = [];
  let all = 0;
  for (const length of blocks.lengths) {
    starts.push(all);
    all += length;
  }
  const trainedRows: TrainedRows = (block) => {
    const first = starts[block] as number;
    const length = blocks.lengths[block] as number;
    return Int32Array.from({ length }, (_, row) => row).filter((row) => isTrained(first + row));
  };
  let rows = 0;
  for (let row = 0; row < all; row++) if (isTrained(row)) rows++;
  return {
    rows,
    async *batches({ batchSize, seed, epoch, shuffles, skip = 0 }) {
      const random = shuffles ? seededRandom(seed, 'blocks', epoch) : null;
      const order = [...(random ? shuffled(blocks.lengths.length, random) : blocks.lengths.keys())];
      const perWindow = windowBlocks ?? (await windowOf(blocks));
      const windows = Array.from({ length: Math.ceil(order.length / perWindow) }, (_, i) =>
        order.slice(i * perWindow, (i + 1) * perWindow),
      );
      const read = (i: number) => {
        const window = windows[i];
        const loaded = window ? loadWindow(blocks, window, trainedRows) : Promise.resolve(undefined);
        // Looked at when its turn comes; until then a failure is nobody's.
        loaded.catch(() => {});
        return loaded;
      };
      let left = skip * batchSize;
      let batch: BatchBuffer | undefined;
      let next = read(0);
      for (let i = 0; i < windows.length; i++) {
        const window = await next;
        next = read(i + 1);
        if (!window) break;
        const within = random ? shuffled(window.rows, seededRandom(seed, 'rows', epoch, i)) : window.inOrder();
        for (const position of within) {
          if (left > 0) {
            left--;
            continue;
          }
          batch ??= new BatchBuffer(window.like, batchSize);
          window.copy(position, batch);
          if (batch.rows < batchSize) continue;
          yield batch.take();
          batch = undefined;
        }
      }
      if (batch) yield batch.take();
    },
  };
}

/** Blocks in a window. */
async function windowOf(blocks: RowBlocks): Promise<number> {
  const [length = 0] = blocks.lengths;
  if (length === 0) return 1;
  const { inputs, targets } = await blocks.read(0);
  const numbers = [...inputs, ...targets].reduce((sum, { values }) => sum + values.length, 0);
  return Math.max(1, Math.floor(WINDOW_NUMBERS / Math.max(1, numbers)));
}

/** The rows of some blocks in memory. */
interface Window {
  readonly rows: number;
  /** A block, for the shapes. */
  readonly like: DatasetRows;
  /** All positions. */
  inOrder(): Int32Array;
  /** Copies a row to the end of a batch. */
  copy(position: number, batch: BatchBuffer): void;
}

async function loadWindow(blocks: RowBlocks, window: readonly number[], trainedRows: TrainedRows): Promise<Window> {
  const loaded: DatasetRows[] = [];
  // One after the other, so that the memory of a block is there once.
  for (const block of window) loaded.push(await blocks.read(block));
  const trained = window.map(trainedRows);
  const rows = trained.reduce((sum, { length }) => sum + length, 0);
  const ofBlock = new Int32Array(rows);
  const ofRow = new Int32Array(rows);
  const columns = loaded.map(columnsOf);
  let at = 0;
  for (const [i, own] of trained.entries()) {
    ofBlock.fill(i, at, at + own.length);
    ofRow.set(own, at);
    at += own.length;
  }
  return {
    rows,
    like: loaded[0] as DatasetRows,
    inOrder: () => Int32Array.from({ length: rows }, (_, position) => position),
    copy(position, batch) {
      const block = ofBlock[position] as number;
      batch.add(columns[block] as DatasetColumn[], loaded[block]?.weights, ofRow[position] as number);
    },
  };
}

/** The values of a column in a batch, and how many of them a row has. */
interface BatchColumn {
  readonly values: DatasetColumn['values'];
  readonly size: number;
}

/** A batch that is being filled. */
class BatchBuffer {
  rows = 0;
  readonly #columns: BatchColumn[];
  readonly #weights: Float32Array | undefined;

  constructor(
    readonly like: DatasetRows,
    batchSize: number,
  ) {
    this.#columns = columnsOf(like).map(({ values }) => {
      const size = values.length / like.rows;
      const Values = values instanceof Int32Array ? Int32Array : Float32Array;
      return { values: new Values(batchSize * size), size };
    });
    this.#weights = like.weights && new Float32Array(batchSize);
  }

  /** Copies a row of some columns to the end. */
  add(from: readonly DatasetColumn[], weights: Float32Array | undefined, row: number): void {
    for (let i = 0; i < from.length; i++) {
      const { values } = from[i] as DatasetColumn;
      const { values: own, size } = this.#columns[i] as BatchColumn;
      for (let k = 0; k < size; k++) own[this.rows * size + k] = values[row * size + k] as number;
    }
    if (this.#weights) this.#weights[this.rows] = weights?.[row] ?? 1;
    this.rows++;
  }

  take(): DatasetRows {
    const { rows, like } = this;
    const taken = (column: DatasetColumn, i: number): DatasetColumn => {
      const { values, size } = this.#columns[i] as BatchColumn;
      return { ...column, values: values.subarray(0, rows * size) };
    };
    return {
      rows,
      inputs: like.inputs.map(taken),
      targets: like.targets.map((column, i) => taken(column, like.inputs.length + i)),
      ...(this.#weights && { weights: this.#weights.subarray(0, rows) }),
    };
  }
}

function columnsOf({ inputs, targets }: DatasetRows): DatasetColumn[] {
  return [...inputs, ...targets];
}
