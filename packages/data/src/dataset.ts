import { InputError } from '@lrfind/core';

/** One array of a dataset: an input or a target of the model. */
export interface DatasetColumn {
  /** Shape of one row; `[]` for a single number. */
  readonly shape: readonly number[];
  /**
   * `rows × product(shape)` numbers, row after row; of windows `product(shape without its first length)` numbers for each row of the
   * series. Class numbers are an Int32Array.
   */
  readonly values: Float32Array | Int32Array;
  /**
   * For windows of a series, whose values would otherwise be there many times: each row of the dataset is the `shape[0]` rows of
   * `values` from its start on. Left out: `values` has the rows themselves.
   */
  readonly windows?: { readonly starts: Int32Array } | undefined;
  /** Names of the numbers in a row, for messages, such as the table's columns. */
  readonly columns?: readonly string[];
  /** Only for a target: how its numbers were scaled. Losses and metrics are then reported in its own units. */
  readonly scaling?: TargetScaling;
}

/** A target's numbers are `(number − shift) / spread` of what they were. */
export interface TargetScaling {
  readonly shift: number;
  /** Above 0. */
  readonly spread: number;
}

/**
 * Data ready for a model: one array for each of its inputs and outputs, all of the same number of rows, all values
 * finite.
 */
export interface Dataset {
  readonly rows: number;
  /** In the order of the model's inputs. */
  readonly inputs: readonly DatasetColumn[];
  /** In the order of the model's outputs. */
  readonly targets: readonly DatasetColumn[];
  /** What each row weighs in the loss, at least 0. Default: 1. */
  readonly weights?: Float32Array | undefined;
  /** What was done to the data after it was read, in sentences: rows dropped, columns scaled, and so on. */
  readonly notes: readonly string[];
  /** Where these rows are a uniform sample of more: what is known of all. */
  readonly whole?: WholeRows | undefined;
}

/** All rows of a table that is larger than memory. Searches use the sample; `train` and `compare` go over the blocks. */
export interface WholeRows {
  readonly rows: number;
  /** For each row of the sample its number among all rows, ascending. */
  readonly numbers: Float64Array;
  /** Left out where the rows were not kept. */
  readonly blocks?: RowBlocks | undefined;
}

/** Rows in blocks, each of which fits into memory. */
export interface RowBlocks {
  /** Rows of each block; all together are all rows, in order. */
  readonly lengths: readonly number[];
  /**
   * Reads a block: inputs, targets and weights like those of the sample.
   *
   * @throws InputError when it cannot be read, and for a value that does not fit
   */
  read(block: number): Promise<DatasetRows>;
}

/** Rows in blocks, as a training goes over them. */
export interface BlockEpochs {
  /** Rows of an epoch. */
  readonly rows: number;
  /**
   * The batches of one epoch: each row once; the last batch may be smaller, as in Keras. The order depends on the seed and the
   * epoch alone: the blocks are shuffled, then the rows within each window of as many blocks as about 64 MB of encoded rows are.
   * While batches of a window are used, the next window is read.
   */
  batches(options: EpochOptions): AsyncGenerator<DatasetRows, void>;
}

/** Which epoch, and how. */
export interface EpochOptions {
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
  /** Whether the rows are shuffled or stay in order. */
  readonly shuffles: boolean;
  /** Batches at the start that are left out, as they have been trained on. Default: none. */
  readonly skip?: number;
}

/** Some rows of a dataset. */
export type DatasetRows = Pick<Dataset, 'rows' | 'inputs' | 'targets' | 'weights'>;

/**
 * Joins datasets row-wise, so that training, validation and test rows can be taken from one dataset.
 *
 * @param datasets made for the same model; at least one
 * @param names what messages call each of them
 * @returns all rows in the order of the datasets; the notes of all
 * @throws InputError when the number or shape of inputs or targets differs
 */
export function concatDatasets(datasets: readonly Dataset[], names: readonly string[]): Dataset {
  const [first, ...others] = datasets as [Dataset, ...Dataset[]];
  if (others.length === 0) return first;
  for (const [i, other] of others.entries()) {
    for (const kind of ['inputs', 'targets'] as const) {
      const [wanted, got] = [shapesText(first[kind]), shapesText(other[kind])];
      if (wanted !== got)
        throw new InputError(
          `the ${kind} of ${names[i + 1]} must have the row shapes of ${names[0]}, ${wanted}; got ${got}`,
        );
    }
  }
  const join = (kind: 'inputs' | 'targets') =>
    first[kind].map((_, i) => concatColumns(datasets.map((each) => each[kind][i] as DatasetColumn)));
  return {
    rows: datasets.reduce((sum, { rows }) => sum + rows, 0),
    inputs: join('inputs'),
    targets: join('targets'),
    ...(datasets.some(({ weights }) => weights) && { weights: joinWeights(datasets) }),
    notes: datasets.flatMap(({ notes }) => notes),
  };
}

/** All arrays of a dataset's inputs and targets, which tell it from others. */
export function arraysOf({ inputs, targets }: Dataset): (Float32Array | Int32Array)[] {
  return [...inputs, ...targets].flatMap(({ values, windows }) => (windows ? [values, windows.starts] : [values]));
}

function joinWeights(datasets: readonly Dataset[]): Float32Array {
  return Float32Array.from(datasets.flatMap(({ rows, weights }) => [...(weights ?? new Float32Array(rows).fill(1))]));
}

function shapesText(columns: readonly DatasetColumn[]): string {
  return columns.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
}

function concatColumns(columns: readonly DatasetColumn[]): DatasetColumn {
  const [first] = columns as [DatasetColumn];
  const arrays = [...new Set(columns.map(({ values }) => values))];
  const joined = arrays.length === 1 ? (arrays[0] as DatasetColumn['values']) : concatValues(arrays);
  if (!columns.some(({ windows }) => windows))
    return {
      ...first,
      values: columns.length === arrays.length ? joined : concatValues(columns.map(({ values }) => values)),
    };
  // Windows of one series share its values.
  const size = first.shape.slice(1).reduce((product, length) => product * length, 1);
  const from = new Map<DatasetColumn['values'], number>();
  let at = 0;
  for (const values of arrays) {
    from.set(values, at);
    at += values.length / size;
  }
  const starts = columns.flatMap(({ values, windows, shape }) => {
    const offset = from.get(values) as number;
    const length = shape[0] as number;
    // Rows that are no windows of a series are windows of their own.
    const own =
      windows?.starts ?? Int32Array.from({ length: values.length / (size * length) }, (_, row) => row * length);
    return [own.map((start) => start + offset)];
  });
  return { ...first, values: joined, windows: { starts: concatValues(starts) as Int32Array } };
}

function concatValues(arrays: readonly DatasetColumn['values'][]): DatasetColumn['values'] {
  const whole = arrays.every((values) => values instanceof Int32Array);
  const length = arrays.reduce((sum, values) => sum + values.length, 0);
  const joined = whole ? new Int32Array(length) : new Float32Array(length);
  let at = 0;
  for (const values of arrays) {
    joined.set(values, at);
    at += values.length;
  }
  return joined;
}
