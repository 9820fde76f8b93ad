// From bytes to a table, from a table to a dataset, from a dataset to batches. Files are read by '@lrfind/data/node'.
export { type ArrayOrArrays, type ArraySlot, fromArrays } from './arrays/from-arrays.js';
export type { NumberArray } from './arrays/number-array.js';
export { checkBatchSize, endlessBatches, epochBatches } from './batches.js';
export { type ByteChunk, type ByteSource, concatBytes, decodeText, readDocument } from './bytes.js';
export { type BlobContent, bytesSource, type FileContent } from './bytes-source.js';
export {
  arraysOf,
  type BlockEpochs,
  concatDatasets,
  type Dataset,
  type DatasetColumn,
  type DatasetRows,
  type EpochOptions,
  type RowBlocks,
  type TargetScaling,
  type WholeRows,
} from './dataset.js';
export { type DescribeOptions, describeTable } from './describe/describe-table.js';
export type { NamedLoss } from './describe/plain-output.js';
export { type EncodedTable, type EncodeOptions, encodeTable } from './encode/encode-table.js';
export type { Task } from './encode/encode-targets.js';
export type { ChooseTarget, ChosenTarget, TargetKind, TargetSummary } from './encode/target-kind.js';
export type { SeriesOptions } from './encode/windows.js';
export { databaseNames } from './formats/database-names.js';
export type {
  ReadTableOptions,
  StreamTableOptions,
  TableBlock,
  TableFormat,
  TablePart,
  TableSource,
  TableStream,
} from './formats/format.js';
export { TextTableOptions } from './formats/options.js';
export { readTable, tableFormats } from './formats/registry.js';
export { type ZipEntry, zipEntries } from './formats/zip/zip-entries.js';
export type { BlockStore } from './large/block-store.js';
export { rowKeys } from './large/row-keys.js';
export { type ScanTableOptions, scanTable } from './large/scan-table.js';
export { splitBlocks } from './large/split-blocks.js';
export { describeShape, type InputShape, type ModelShape, type OutputShape, partition, rowSize } from './shapes.js';
export { holdOut, type SplitDataset, type SplitOptions, splitDataset } from './split.js';
export type {
  Column,
  ColumnGroup,
  DateOrder,
  NumberFormat,
  RowCounts,
  Table,
  TableBlocks,
  TableLayout,
  WholeStatistics,
  WholeTable,
} from './table.js';
