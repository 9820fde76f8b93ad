import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, resolveSchedule } from '@lrfind/core/schedules';
import type { Dataset, DatasetColumn } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { withBatchNorm } from '../../src/engine/batch-norm.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { applyWithMasks } from '../../src/engine/masks.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { compiledSettings } from '../../src/losses/compiled-settings.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { resolveLosses } from '../../src/losses/resolve.js';
import { buildSequentials } from '../../src/model/build-sequentials.js';
import { outputNames } from '../../src/model/describe.js';
import type { ModelFile, OptimizerVariables } from '../../src/model/formats/format.js';
import { readModel } from '../../src/model/formats/registry.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { optimizerStateOf } from '../../src/optimizers/from-file-state.js';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';

/** An array as a golden file has it: little-endian numbers. */
interface Packed {
  readonly name: string;
  readonly dtype: 'float32' | 'int32' | 'string';
  readonly shape: readonly number[];
  readonly base64: string;
}

/** What Keras computed with a model: see `fixtures/keras-files/make.py`. */
export interface Golden {
  readonly files: readonly string[];
  readonly expect: 'read' | 'refuse' | 'either';
  readonly mention: readonly string[];
  readonly inputs: readonly Packed[];
  readonly outputs: readonly Packed[];
  readonly input_names: readonly string[];
  readonly targets?: readonly Packed[];
  readonly training?: {
    readonly learning_rate: number;
    readonly batch_size: number;
    readonly loss: string | Readonly<Record<string, string>>;
    readonly training_flag: boolean;
    readonly losses: readonly number[];
  };
  readonly compiled?: { readonly losses: readonly number[] };
  /** The trained weights, in Keras's order. */
  readonly weights: readonly Packed[];
}

export function goldenOf(folder: string): Golden {
  return JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
}

/** The files of a folder that hold a model, each with the weights that belong to it. */
export function modelsIn(folder: string): { readonly model: string; readonly weights: string | undefined }[] {
  const weights = ['model.weights.h5', 'legacy_weights.h5', 'weights.h5'].find((name) =>
    existsSync(join(folder, name)),
  );
  return ['model.keras', 'model.h5', 'model.json']
    .filter((name) => existsSync(join(folder, name)))
    .map((model) => ({ model, weights: model.endsWith('.json') ? weights : undefined }));
}

export function readCase(folder: string, model: string, weights: string | undefined): Promise<ModelFile> {
  return readModel(fileSource(join(folder, model)), weights ? { weights: fileSource(join(folder, weights)) } : {});
}

export function valuesOf({ dtype, base64 }: Packed): Float32Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return dtype === 'int32' ? Float32Array.from(new Int32Array(bytes.buffer)) : new Float32Array(bytes.buffer);
}

const columnOf = (packed: Packed): DatasetColumn => ({ shape: packed.shape.slice(1), values: valuesOf(packed) });

/** Arrays in the order of names: by their own name where they have one, else as they are. */
function inOrder(arrays: readonly Packed[], names: readonly string[]): Packed[] {
  if (arrays.every(({ name }) => name === '' || /^\d+$/.test(name))) return [...arrays];
  return names.map((name) => arrays.find((each) => each.name === name) as Packed);
}

const inputNames = (model: LayersModel) =>
  model.inputs.map((input, i) => model.inputNames[i] ?? input.sourceLayer.name);

/** The loss of the golden's name. */
const LOSSES: Readonly<Record<string, string>> = {
  mse: 'meanSquaredError',
  cce: 'categoricalCrossentropy',
  cce_logits: 'softmaxCrossEntropy',
  bce: 'binaryCrossentropy',
  scce: 'sparseCategoricalCrossentropy',
  scce_logits: 'softmaxCrossEntropy',
};

/** The largest difference from Keras's outputs, in batches of four rows; relative where they are above 1. */
export function forwardError(model: LayersModel, golden: Golden): number {
  const outputs = inOrder(golden.outputs, outputNames(model));
  const inputs = inOrder(golden.inputs, inputNames(model)).map(columnOf);
  const rows = golden.inputs[0]?.shape[0] as number;
  const batch = golden.training?.batch_size ?? 4;
  buildSequentials(model);
  const parts = layersWithin(model);
  let worst = 0;
  for (let from = 0; from < rows; from += batch) {
    tf.tidy(() => {
      const made = applyWithMasks(
        model,
        parts,
        inputs.map((each) => rowsOf(each, from, batch)),
        false,
      );
      for (const [i, { value }] of made.entries()) {
        const wanted = columnOf(outputs[i] as Packed);
        const expected = rowsOf(wanted, from, batch).dataSync();
        const got = value.dataSync();
        if (got.length !== expected.length) throw new Error(`output of ${got.length} values, not ${expected.length}`);
        for (const [j, number] of got.entries()) {
          const scale = Math.max(1, Math.abs(expected[j] as number));
          const error = Math.abs(number - (expected[j] as number)) / scale;
          worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
        }
      }
    });
  }
  return worst;
}

function rowsOf({ values, shape }: DatasetColumn, from: number, rows: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Float32Array.from(values.subarray(from * size, (from + rows) * size)), [rows, ...shape]);
}

/** The losses of five steps of plain SGD, each before its step. */
export function trainingLosses(model: LayersModel, golden: Golden): number[] {
  const { training, targets } = golden;
  if (!training || !targets) return [];
  const { loss, batch_size: batch, learning_rate: rate, training_flag: flag, losses } = training;
  const names = outputNames(model);
  const kinds = typeof loss === 'string' ? names.map(() => loss) : names.map((name) => loss[name] as string);
  const functions = kinds.map((kind) => lossFunction(lossNamed(LOSSES[kind] as string)));
  const inputs = inOrder(golden.inputs, inputNames(model)).map(columnOf);
  const wanted = inOrder(targets, names).map(columnOf);
  const rows = golden.inputs[0]?.shape[0] as number;
  if (!flag) return eagerLosses(model, { inputs, targets: wanted }, functions, losses.length, batch, rate);
  const dataset = uploadDataset({ rows, inputs, targets: wanted, notes: [] });
  const { rule } = resolveOptimizer('sgd');
  const step = trainingStep({ model, dataset, losses: functions, rule, rescaleVelocity: false, calls: 5 });
  const found = losses.map((_, i) => {
    const batchRows = Int32Array.from({ length: batch }, (_, k) => i * batch + k);
    const value = step.train(batchRows, rate);
    const [number] = value.dataSync();
    value.dispose();
    return number as number;
  });
  step.dispose();
  dataset.dispose();
  return found;
}

/** The same without what layers do in training only. */
function eagerLosses(
  model: LayersModel,
  data: { readonly inputs: readonly DatasetColumn[]; readonly targets: readonly DatasetColumn[] },
  functions: readonly ReturnType<typeof lossFunction>[],
  steps: number,
  batch: number,
  rate: number,
): number[] {
  buildSequentials(model);
  const parts = layersWithin(model);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return Array.from({ length: steps }, (_, i) => {
    const { value, grads } = tf.variableGrads(
      () =>
        withBatchNorm(parts, () => {
          const xs = data.inputs.map((each) => rowsOf(each, i * batch, batch));
          const made = applyWithMasks(model, parts, xs, false);
          return made
            .map(({ value: output }, j) => {
              const target = rowsOf(data.targets[j] as DatasetColumn, i * batch, batch);
              return tf.mean((functions[j] as (typeof functions)[0])(target, output));
            })
            .reduce((a, b) => tf.add(a, b)) as tf.Scalar;
        }),
      variables,
    );
    for (const each of variables) tf.tidy(() => each.assign(tf.sub(each, tf.mul(grads[each.name] as tf.Tensor, rate))));
    tf.dispose(grads);
    const [number] = value.dataSync();
    value.dispose();
    return number as number;
  });
}

/** The largest difference of losses, relative where they are above 1. */
export function lossError(got: readonly number[], wanted: readonly number[]): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const errors = wanted.map((loss, i) => Math.abs((got[i] as number) - loss) / Math.max(1, Math.abs(loss)));
  return Math.max(...errors.map((error) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error)));
}

/** The losses of five steps of a file's own optimizer, with its state and schedule, on its own loss. */
export async function compiledLosses(file: ModelFile, golden: Golden): Promise<number[]> {
  const { model, trainingConfig, optimizerVariables } = file;
  const { inputs, targets, compiled } = golden;
  const found = optimizerFromTrainingConfig(trainingConfig);
  const optimizer = resolveOptimizer(found.spec);
  const state = optimizerStateOf(optimizer, optimizerVariables as OptimizerVariables, typeof found.rate !== 'object');
  const { loss, lossWeights } = compiledSettings(trainingConfig);
  const names = outputNames(model);
  const data: Dataset = {
    rows: inputs[0]?.shape[0] as number,
    inputs: inOrder(inputs, inputNames(model)).map(columnOf),
    targets: inOrder(targets ?? [], names).map(columnOf),
    notes: [],
  };
  const losses = resolveLosses(loss, model, data, lossWeights);
  // Keras gives an optimizer that is a name alone its own default.
  const rate = found.rate ?? optimizer.kind.defaultRate;
  const schedule =
    typeof rate === 'object' ? resolveSchedule(from.keras(rate.name, rate.config as Record<string, unknown>)) : null;
  const dataset = uploadDataset(data);
  const step = trainingStep({
    model,
    dataset,
    losses: losses.functions,
    lossWeights: losses.weights,
    logits: losses.logits,
    rule: optimizer.rule,
    rescaleVelocity: false,
    optimizerState: state ?? undefined,
    calls: 5,
  });
  step.reset(0);
  const seen = (compiled?.losses ?? []).map((_, i) => {
    const at = (state?.steps ?? 0) + i;
    const value = step.train(
      Int32Array.from({ length: 4 }, (_, k) => i * 4 + k),
      schedule ? schedule(at) : (rate as number),
    );
    const [number] = value.dataSync();
    value.dispose();
    return number as number;
  });
  step.dispose();
  dataset.dispose();
  return seen;
}
