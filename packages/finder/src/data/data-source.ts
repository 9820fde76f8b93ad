/**
 * One array of a data set, a row after the other: an input or a target of the model. `values` holds
 * `rows × product(shape)` numbers; `shape` is that of a single row, `[]` for one number a row.
 */
export interface DataBlock {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
  /** What each number of a row is called in error messages, such as the table's column; may be left out. */
  readonly columns?: readonly string[];
}

/** A table ready for a model: one block for each of its inputs and outputs, equal rows, all values finite. */
export interface DataSource {
  readonly rows: number;
  readonly inputs: readonly DataBlock[];
  readonly targets: readonly DataBlock[];
  /** What was done on the way from the file that its owner should know: rows dropped, columns scaled, and so on. */
  readonly notes: readonly string[];
}
