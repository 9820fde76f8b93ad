import { InputError, sizeText } from '@lrfind/core';
import { concatDatasets, type Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { described } from '../model/described.js';
import type { Arrays } from './to-dataset.js';

/** One batch of a stream: inputs and targets, rows first, as an object or a pair. */
export type StreamBatch = Arrays | readonly [xs: Arrays['xs'], ys: Arrays['ys']];

/**
 * Batches that come one after the other: a `tf.data` dataset, as `model.fitDataset` takes it, or an iterable such as an async
 * generator. They are collected before the training begins, up to 2 GB.
 */
export type BatchStream =
  | AsyncIterable<StreamBatch>
  | Iterable<StreamBatch>
  | { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> };

/** The most bytes of a collected stream. A longer one, and one that never ends, is refused. */
const MAX_BYTES = 2e9;

/** Streams that were collected, by the shapes of the models that they were collected for: a generator comes only once. */
const collected = new WeakMap<object, Map<string, Dataset>>();

/** Whether a value yields batches. A list is none, nor is a text. */
export function isStream(value: unknown): value is BatchStream {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value || isTfData(value);
}

/** Whether a value is a dataset of `tf.data`, of any copy of it. */
function isTfData(value: object): value is { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> } {
  return 'iterator' in value && typeof value.iterator === 'function' && 'forEachAsync' in value;
}

/**
 * Collects the batches of a stream. The tensors of a `tf.data` dataset are disposed of, as `model.fitDataset` does; those of
 * another iterable stay the caller's, who can dispose of each batch when asked for the next.
 *
 * @param what messages call it
 * @param toRows turns a batch into a dataset, checked against the model
 * @throws InputError naming the batch, for one that is none or does not fit; for no batches, and for more than 2 GB
 */
export async function collectStream(
  stream: BatchStream,
  what: string,
  model: LayersModel,
  toRows: (batch: Arrays) => Promise<Dataset>,
): Promise<Dataset> {
  const shapes = JSON.stringify([...model.inputs, ...model.outputs].map(({ shape }) => shape));
  const known = collected.get(stream)?.get(shapes);
  if (known) return known;
  const batches: Dataset[] = [];
  let bytes = 0;
  for await (const value of valuesOf(stream)) {
    const name = `batch ${batches.length + 1} of ${what}`;
    try {
      const batch = await inBatch(name, () => toRows(batchOf(value)));
      bytes += [...batch.inputs, ...batch.targets].reduce((sum, { values }) => sum + values.byteLength, 0);
      batches.push(batch);
    } finally {
      if (isTfData(stream)) disposeTensors(value);
    }
    if (bytes > MAX_BYTES)
      throw new InputError(
        `${what} must end within ${sizeText(MAX_BYTES)}; got more in ${batches.length} batches: take fewer of them, as with dataset.take(1000)`,
      );
  }
  if (batches.length === 0)
    throw new InputError(
      `${what} must have at least one batch; got none${Symbol.iterator in stream || Symbol.asyncIterator in stream ? '; a generator comes only once' : ''}`,
    );
  const names = batches.map((_, i) => `batch ${i + 1} of ${what}`);
  const joined = await inBatch('', async () => concatDatasets(batches, names));
  const note = `${what}: ${joined.rows} rows of ${batches.length} ${batches.length === 1 ? 'batch' : 'batches'}, collected`;
  const dataset = { ...joined, notes: [note] };
  const ofStream = collected.get(stream) ?? new Map<string, Dataset>();
  collected.set(stream, ofStream.set(shapes, dataset));
  return dataset;
}

async function* valuesOf(stream: BatchStream): AsyncGenerator<unknown> {
  if (!isTfData(stream)) {
    yield* stream as AsyncIterable<unknown>;
    return;
  }
  const iterator = await stream.iterator();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

/** @throws InputError for what is neither { xs, ys } nor a pair */
function batchOf(value: unknown): Arrays {
  if (Array.isArray(value) && value.length === 2) return { xs: value[0], ys: value[1] };
  if (typeof value === 'object' && value !== null && 'xs' in value && 'ys' in value) return value as Arrays;
  throw new InputError(`it must be { xs, ys } or [xs, ys]; got ${described(value)}`);
}

async function inBatch<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InputError) || name === '') throw error;
    throw new InputError(`${name}: ${error.message}`);
  }
}

/** Disposes of every tensor of a batch. */
function disposeTensors(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if ('dataId' in value && 'dispose' in value && typeof value.dispose === 'function') value.dispose();
  else for (const inner of Object.values(value)) disposeTensors(inner);
}
