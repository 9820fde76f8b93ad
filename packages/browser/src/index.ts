// What a page needs, as one ES module. What is rarely used (Vega, the formats of tables and models) is loaded when it is.
import { setWasmFolder } from '@lrfind/backends';

setWasmFolder(new URL('wasm/', import.meta.url).href);

// Search, train, compare.

export { type BackendInfo, type BackendOptions, useBackend } from '@lrfind/backends';
export { InputError, version } from '@lrfind/core';
export type { Result } from '@lrfind/core/results';
export {
  type CompareOptions,
  compare,
  type FindOptions,
  findLearningRate,
  type TrainOptions,
  train,
} from '@lrfind/finder';

// Tables and models from bytes.

export { bytesSource } from '@lrfind/data';
export { describeTable, encodeTable, plainModel } from '@lrfind/finder';
export { readModel, readTable } from './files.js';

// Optimizers and callbacks.

export { optimizer, parseCallback, setLearningRate } from '@lrfind/finder';

// What a page shows, and what it builds models with.

export { type DrawChartOptions, drawChart } from './draw-chart.js';
export * as tf from './tf.js';
