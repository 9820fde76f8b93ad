import { InputError, isObject, shownValue } from '@lrfind/core';
import type { TrainingConfig } from '../model/formats/format.js';
import { lossNamed } from './registry.js';
import type { LossOption, LossWeights } from './resolve.js';

/** What a model file was compiled with, besides the optimizer. */
export interface CompiledSettings {
  /** The loss, or one for each output; `undefined` where the file names none. */
  readonly loss: LossOption | undefined;
  /** What the loss of each output counts; `undefined` where the file says nothing about it. */
  readonly lossWeights: LossWeights | undefined;
  /** The metrics by the names in the file, weighted ones too; lrfind may have some of them only. */
  readonly metrics: readonly string[];
  /** What the file does not say, in sentences. Left out: nothing. */
  readonly notes?: readonly string[];
}

/**
 * Reads what a model file was compiled with, in the spelling of Keras 2, Keras 3 and TensorFlow.js. The optimizer is
 * `optimizerFromTrainingConfig`'s.
 *
 * @param config as `readModel` returns it
 * @throws InputError for a setting that lrfind does not have and that would change the loss
 *
 * @example
 * const { model, trainingConfig } = await readModel('model.json');
 * const { loss, lossWeights } = compiledSettings(trainingConfig);
 * const { suggestion } = await findLearningRate(model, { xs, ys }, { loss, lossWeights });
 */
export function compiledSettings(config: TrainingConfig | null): CompiledSettings {
  const {
    loss,
    loss_weights: lossWeights,
    metrics,
    weighted_metrics: weighted,
    sample_weight_mode: mode,
  } = config ?? {};
  if (mode != null && Object.values(isObject(mode) ? mode : [mode].flat()).some((each) => each != null))
    throw new InputError(
      `training_config: sample_weight_mode must be null, because lrfind weights whole rows only; got ${shownValue(mode)}`,
    );
  return {
    loss: loss == null ? undefined : eachOutput(loss, lossName),
    lossWeights: lossWeights == null ? undefined : (lossWeights as LossWeights),
    // Without weights of rows, which a file does not have, weighted metrics are plain ones.
    metrics: [...new Set([...metricNames(metrics), ...metricNames(weighted)])],
    ...(lacksDelta(loss) && {
      notes: [
        "loss huber: the file does not hold its delta, so that it is 1, as Keras reads it; --loss 'huber(delta=0.5)' sets another",
      ],
    }),
  };
}

/**
 * What Keras writes for a function: its name, or an object around it. Wrappers such as `MeanMetricWrapper` have one as `fn`.
 *
 * @returns the name; undefined for anything else
 */
function functionName(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (!isObject(given)) return undefined;
  if (given.class_name === 'function') return functionName(given.config);
  const wraps = ['LossFunctionWrapper', 'MeanMetricWrapper', 'SumOverBatchSizeMetricWrapper'];
  return wraps.includes(String(given.class_name)) && isObject(given.config) ? functionName(given.config.fn) : undefined;
}

/** Applies a function to a loss, to each of a list, or to each of a record by output. */
function eachOutput(loss: unknown, read: (one: unknown) => string): LossOption {
  if (Array.isArray(loss)) return loss.map(read);
  if (isObject(loss) && typeof loss.class_name !== 'string')
    return Object.fromEntries(Object.entries(loss).map(([output, one]) => [output, read(one)]));
  return read(loss);
}

/** Settings of a loss object that do not affect the arithmetic. */
const unneeded: readonly string[] = ['name', 'dtype', 'fn'];

/** Values of settings that change nothing, where a loss does not have the setting here. */
const idle: Readonly<Record<string, readonly unknown[]>> = { axis: [-1], label_smoothing: [0], delta: [1] };

/** How Keras calls the mean over a batch, in its versions, and the sum. */
const reductions: Readonly<Record<string, string>> = {
  auto: 'mean',
  sum_over_batch_size: 'mean',
  mean: 'mean',
  sum: 'sum',
};

/** Whether a loss, or one of several, is Keras's Huber, of which Keras 3 does not write the delta. */
function lacksDelta(loss: unknown): boolean {
  if (Array.isArray(loss)) return loss.some(lacksDelta);
  if (!isObject(loss)) return false;
  if (typeof loss.class_name !== 'string') return Object.values(loss).some(lacksDelta);
  return loss.class_name === 'Huber' && isObject(loss.config) && loss.config.delta == null;
}

/** The text of a loss: of a name, or of Keras's loss object, with the parameters that are not the defaults. */
function lossName(loss: unknown): string {
  const plain = isObject(loss) && loss.class_name === 'function' ? functionName(loss) : loss;
  if (typeof plain === 'string') return lossNamed(plain, 'training_config: loss').name;
  if (!isObject(loss) || typeof loss.class_name !== 'string')
    throw new InputError(
      `training_config: loss must be a name or one of Keras's loss objects; got ${shownValue(loss)}`,
    );
  const label = `training_config: loss ${loss.class_name}`;
  const config = isObject(loss.config) ? loss.config : {};
  const { from_logits: fromLogits, reduction, ...others } = config;
  const kind = lossNamed(functionName(loss) ?? loss.class_name, 'training_config: loss');
  const parameters: string[] = [];
  for (const [option, value] of Object.entries(others)) {
    if (value === null || value === undefined || unneeded.includes(option)) continue;
    const name = option.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const same = (Object.hasOwn(idle, option) && idle[option]) || [];
    if (typeof value === 'number' && Object.hasOwn(kind.parameters ?? {}, name)) parameters.push(`${name}=${value}`);
    else if (!same.includes(value))
      throw new InputError(
        `${label}: ${option} must be ${same.length > 0 ? same.join(' or ') : 'null'}; got ${shownValue(value)}: name the loss to use instead`,
      );
  }
  if (reduction != null) {
    const known = typeof reduction === 'string' && Object.hasOwn(reductions, reduction);
    if (!known)
      throw new InputError(
        `${label}: reduction must be one of ${Object.keys(reductions).join(', ')}; got ${shownValue(reduction)}: name the loss to use instead`,
      );
    if (reductions[reduction] === 'sum') parameters.push('reduction=sum');
  }
  const named = (name: string) =>
    lossNamed(parameters.length > 0 ? `${name}(${parameters.join(',')})` : name, label).name;
  if (!fromLogits) return named(kind.name);
  if (!kind.onLogits)
    throw new InputError(`${label}: from_logits must be false, because lrfind has this loss on predictions only`);
  return named(kind.onLogits.loss);
}

/** The names of metrics in any of Keras's forms: a name, an object with a class name, lists and records of them. */
function metricNames(metrics: unknown): string[] {
  if (typeof metrics === 'string') return [metrics];
  if (Array.isArray(metrics)) return metrics.flatMap(metricNames);
  if (!isObject(metrics)) return [];
  const plain = functionName(metrics);
  // As "accuracy" Keras writes the function that it chose by the loss, under the name that was given.
  if (plain !== undefined) return [namesAccuracy(metrics.config) ? 'accuracy' : plain];
  if (typeof metrics.class_name === 'string') return [metricName(metrics.class_name, metrics.config)];
  return Object.values(metrics).flatMap(metricNames);
}

function namesAccuracy(config: unknown): boolean {
  return isObject(config) && (config.name === 'accuracy' || config.name === 'acc');
}

/** Settings of Keras's metric objects that name them, or that the loss decides here. */
const unneededInMetrics = ['name', 'dtype', 'fn', 'from_logits', 'multi_label', 'num_labels'];

/** Values of other settings with which a metric is the one that lrfind has. */
const idleInMetrics: Readonly<Record<string, unknown>> = {
  threshold: 0.5,
  thresholds: 0.5,
  num_thresholds: 200,
  curve: 'ROC',
  summation_method: 'interpolation',
  average: 'macro',
  beta: 1,
  class_aggregation: 'uniform_average',
  num_regressors: 0,
  from_sorted_ids: false,
};

/** The class of a metric object, with the settings that change what it measures: `TopKCategoricalAccuracy(k=3)`. */
function metricName(name: string, config: unknown): string {
  const changes = ([key, value]: [string, unknown]) =>
    value != null && !unneededInMetrics.includes(key) && [value].flat().some((each) => each !== idleInMetrics[key]);
  const settings = Object.entries(isObject(config) ? config : {}).filter(changes);
  if (settings.length === 0) return name;
  return `${name}(${settings.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')})`;
}
