import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, notAllowed } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import { assertModel, loadWeightFile, type ModelFile, registerLayers, type TrainingConfig } from '@lrfind/finder';
import * as core from '@tensorflow/tfjs-core';
import * as tfjsLayers from '@tensorflow/tfjs-layers';
import { runOwnCode } from './own-code.js';

/** Endings of JavaScript, and of TypeScript. */
const javaScript = ['.js', '.mjs', '.cjs'];
const typeScript = ['.ts', '.mts', '.cts'];

/** The exports that are looked at, in order. */
const exported = ['default', 'model', 'build', 'createModel'] as const;

/** What a function that builds a model gets: TensorFlow.js as lrfind uses it, without converters and `tf.data`. */
const tensorflow = () => ({ ...core, ...tfjsLayers });

/** Whether a model is the value of a module, by the ending of its file. */
export function isModelCode(path: string): boolean {
  return [...javaScript, ...typeScript].includes(extname(path).toLowerCase());
}

/**
 * The model that a module exports, or that a function it exports builds: `export default (tf) => tf.sequential(...)`. Custom
 * layers, losses and optimizers come with it. The module runs with the rights of the caller.
 *
 * Each seed draws initial weights of its own, as for a file without weights, unless the module exports `hasWeights` as true.
 *
 * @param weights a file that holds them, or `'none'` for new ones whatever the module says
 * @throws InputError for a file that cannot be read, for any error of its code with file and line, and where it exports no
 *   model, or one of another copy of TensorFlow.js
 */
export async function modelFromCode(path: string, weights?: ByteSource | 'none'): Promise<ModelFile> {
  // Says what is wrong with the path in the words that every other file gets.
  await fileSource(path).size();
  const backend = core.getBackend();
  const names = await loaded(path);
  const value = exported.map((name) => names[name]).find((each) => each !== undefined);
  if (value === undefined) {
    const others = Object.keys(names);
    throw new InputError(
      `${path} must export a model, or a function that builds one, as ${exported.join(', ')}; it exports ${others.length > 0 ? others.join(', ') : 'nothing'}`,
    );
  }
  const model: unknown = await runOwnCode(path, () => (typeof value === 'function' ? value(tensorflow()) : value));
  if (core.getBackend() !== backend)
    throw new InputError(
      `${path} must leave the backend to lrfind, which chose ${backend}; it set ${core.getBackend()}: name it with --backend`,
    );
  if (isOfAnotherCopy(model))
    throw new InputError(
      `${path} must build its model with the copy of TensorFlow.js that lrfind uses, ${core.version_core}; it is of another copy: export a function and take tf from its argument, as in export default (tf) => tf.sequential(...), or install lrfind and @tensorflow/tfjs ${core.version_core} in the same project`,
    );
  assertModel(model, `what ${path} exports`);
  if (model.inputs.length === 0) throw new InputError(`${path}: its model must have layers; it has none`);
  if (names.hasWeights !== undefined && typeof names.hasWeights !== 'boolean')
    throw notAllowed(`${path}: hasWeights`, 'true or false', names.hasWeights);
  registerLayers(model);
  if (typeof weights === 'object') await loadWeightFile(weights, model);
  const hasWeights = weights === undefined ? names.hasWeights === true : weights !== 'none';
  return { model, hasWeights, trainingConfig: compiledConfig(model) };
}

/** What a module exports. What CommonJS exports together is taken apart. */
async function loaded(path: string): Promise<Readonly<Record<string, unknown>>> {
  const names = await runOwnCode(path, () => imported(path));
  const all: Record<string, unknown> = { ...names };
  const together = all.default;
  const isPlain = typeof together === 'object' && together !== null && !('getWeights' in together);
  if (!isPlain) return all;
  delete all.default;
  return { ...(together as object), ...all };
}

/** Imports a module: by Node itself, and TypeScript that Node cannot run by jiti. */
async function imported(path: string): Promise<object> {
  const isTypeScript = typeScript.includes(extname(path).toLowerCase());
  const { href } = pathToFileURL(path);
  if (!isTypeScript) return import(/* @vite-ignore */ href);
  if ((process.features as { typescript?: unknown }).typescript) {
    try {
      return await import(/* @vite-ignore */ href);
    } catch (error) {
      // Node removes types and refuses what would need code of its own, such as enums.
      if ((error as { code?: string }).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
    }
  }
  const { createJiti } = await import('jiti');
  return createJiti(import.meta.url, { fsCache: false, interopDefault: false }).import(href);
}

function isOfAnotherCopy(value: unknown): boolean {
  const looksLike = typeof value === 'object' && value !== null && 'getWeights' in value && 'predict' in value;
  return looksLike && !(value instanceof tfjsLayers.LayersModel);
}

/** What `model.compile` was given, of which lrfind does not read loss and optimizer from the model itself. */
function compiledConfig({ metrics }: tfjsLayers.LayersModel): TrainingConfig | null {
  if (metrics === undefined) return null;
  const named = Array.isArray(metrics) ? metrics : Object.values(metrics ?? {});
  const names = (named as unknown[])
    .flat()
    .map((metric) => (typeof metric === 'function' ? metric.name || 'custom' : metric));
  return { metrics: names };
}
