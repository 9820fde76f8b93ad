import { isObject, shownValue } from '@lrfind/core';

/** Whether a value is a layers model, by what it can do, because several copies of TensorFlow.js may be loaded. */
export function isLayersModel(value: unknown): boolean {
  return has(value, 'layers', 'predict', 'getWeights') && Array.isArray((value as { layers?: unknown }).layers);
}

/** Whether a value is a tensor, of any copy of TensorFlow.js. */
export function isTensor(value: unknown): boolean {
  return has(value, 'dataId', 'dtype', 'shape');
}

/**
 * What a value is that was given as a model or as data and is neither, in words, with what to do: `a promise; await it
 * first`.
 */
export function described(value: unknown): string {
  const found = kinds.find(({ is }) => is(value));
  if (found) return found.text;
  if (typeof value === 'function') return `a function${calledText(value)}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return `${shownValue(value)}${readBy(value)}`;
  if (!isObject(value)) return shownValue(value);
  const names = Object.keys(value);
  return names.length > 0 ? `an object with ${names.slice(0, 6).join(', ')}` : 'an empty object';
}

/** A class or function of TensorFlow.js that makes models, or a generator, was given without calling it. */
function calledText(value: { name?: string }): string {
  const generators = ['GeneratorFunction', 'AsyncGeneratorFunction'];
  return generators.includes(value.constructor.name) ? ', which makes batches when it is called; call it' : '; call it';
}

/** Who reads the file that a text seems to name. */
function readBy(path: string): string {
  if (/\.(json|keras|h5|hdf5)$/i.test(path)) return '; readModel reads a file';
  return /\.\w{2,8}$/.test(path) ? '; readTable reads a file, and encodeTable makes a dataset of it' : '';
}

/** What callers give by mistake. */
const kinds: readonly { readonly is: (value: unknown) => boolean; readonly text: string }[] = [
  { is: (value) => has(value, 'then'), text: 'a promise; await it first' },
  { is: isLayersModel, text: 'a model; the model comes first, then the data' },
  {
    is: (value) => has(value, 'executor') || has(value, 'modelStructuredOutputKeys'),
    text: 'a graph model, which has no layers to train; convert it as a layers model',
  },
  {
    is: (value) => has(value, 'forEachAsync') || has(value, 'iterator') || has(value, 'toArray', 'batch'),
    text: 'a tf.data dataset; it must yield both, { xs, ys }, and stand in the place of the data',
  },
  {
    is: (value) => has(value, 'inboundNodes', 'call'),
    text: 'a layer; a model is made of layers, as with tf.sequential',
  },
  { is: isTensor, text: 'a single tensor' },
  { is: (value) => has(value, 'dataset', 'losses'), text: 'what encodeTable returns; give its dataset' },
  { is: (value) => has(value, 'columns', 'rows'), text: 'a table; encodeTable makes a dataset of it' },
  { is: (value) => has(value, 'model', 'hasWeights'), text: 'what readModel returns; give its model' },
  { is: (value) => has(value, 'xs', 'ys'), text: 'data, { xs, ys }; the model comes first, then the data' },
  { is: (value) => has(value, 'inputs', 'targets', 'rows'), text: 'a dataset; the model comes first, then the data' },
];

function has(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
