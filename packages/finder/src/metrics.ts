import { InputError, isObject, shownValue, suggestion } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LossKind } from './losses/loss.js';
import { auc } from './metrics/auc.js';
import { f1Score, precision, recall } from './metrics/confusion.js';
import { accuracy, meanAbsoluteError, meanSquaredError, topKAccuracy } from './metrics/means.js';
import { measuredRows } from './metrics/measured-rows.js';
import type { MetricKind, SumsMeasure } from './metrics/metric-kind.js';
import { r2Score } from './metrics/r2-score.js';
import { outputNames } from './model/describe.js';

export type { MeanMeasure, MeasuredRows, MetricKind, SumsMeasure } from './metrics/metric-kind.js';

/** Every metric, in the order of help and docs. Add one as an entry here. */
export const metricKinds: readonly MetricKind[] = [
  accuracy,
  topKAccuracy,
  auc,
  precision,
  recall,
  f1Score,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
];

/** A metric of one output of a model: a mean over rows, or one from sums over rows. */
export type Metric = MeanMetric | SumsMetric;

interface NamedMetric {
  /** The kind's name; with several outputs after the output's, as in Keras: `price_accuracy`. */
  readonly name: string;
  /** Number of the output. */
  readonly output: number;
}

/** A metric that is a mean. */
export interface MeanMetric extends NamedMetric {
  /** From targets and predictions of a batch to numbers whose mean is the metric. */
  readonly compute: (target: Tensor, prediction: Tensor) => Tensor;
  readonly sums?: undefined;
}

/** A metric that is no mean. */
export interface SumsMetric extends NamedMetric {
  readonly compute?: undefined;
  readonly sums: {
    /** How many there are. */
    readonly count: number;
    /** From targets, predictions and mask of a batch to what it adds. */
    readonly measure: (target: Tensor, prediction: Tensor, mask: Tensor | null) => Tensor;
    readonly add: (sums: Float64Array, batch: Float32Array) => void;
    readonly value: (sums: Float64Array) => number;
  };
}

/**
 * The metrics of a model's outputs.
 *
 * @param named names from the table; default: the accuracy of outputs that predict classes, the mean absolute error of
 *   others whose loss is another one
 * @param losses of each output; null for the caller's own function, which has no metrics by default
 * @throws InputError for an unknown name, and for a metric that does not fit a loss or the size of an output
 */
export function metricsOf(
  named: readonly string[] | undefined,
  losses: readonly (LossKind | null)[],
  model: LayersModel,
): Metric[] {
  const names = outputNames(model);
  const kinds = named && uniqueNames(named.map(metricNamed));
  return losses.flatMap((loss, output) => {
    const units = unitsOf(model, output);
    const [problem] = (kinds ?? []).flatMap((kind) => misfit(kind, loss, units) ?? []);
    if (problem) throw new InputError(`metrics: ${problem}`);
    return (kinds ?? defaultMetrics(loss)).map((kind): Metric => {
      const name = losses.length === 1 ? kind.name : `${names[output]}_${kind.name}`;
      const { measure } = kind;
      if (typeof measure === 'function')
        return { name, output, compute: (target, prediction) => measure(target, prediction, loss) };
      return { name, output, sums: sumsOf(name, measure, units ?? 1, loss) };
    });
  });
}

function sumsOf(name: string, { count, measure, add, value }: SumsMeasure, units: number, loss: LossKind | null) {
  return {
    count: count(units),
    measure: (target: Tensor, prediction: Tensor, mask: Tensor | null) =>
      measure(measuredRows(target, prediction, mask, `metric ${name}`), loss),
    add: add ?? addEach,
    value: (sums: Float64Array) => value(sums, units, loss),
  };
}

function addEach(sums: Float64Array, batch: Float32Array): void {
  for (const [i, number] of batch.entries()) sums[i] = (sums[i] as number) + number;
}

/** The same metric under two spellings is measured once. */
function uniqueNames(kinds: readonly MetricKind[]): MetricKind[] {
  return [...new Map(kinds.map((kind) => [kind.name, kind])).values()];
}

/** The size of an output's last dimension. */
function unitsOf(model: LayersModel, output: number): number | undefined {
  return model.outputs[output]?.shape.at(-1) ?? undefined;
}

function defaultMetrics(loss: LossKind | null): MetricKind[] {
  if (loss === null) return [];
  if (predictsClasses(loss)) return [accuracy];
  return loss.name === meanAbsoluteError.name ? [] : [meanAbsoluteError];
}

function predictsClasses({ target }: LossKind): boolean {
  return target !== 'number' && target !== 'non-negative';
}

/** Why a metric does not fit a loss; `undefined` where it does. */
function misfit(kind: MetricKind, loss: LossKind | null, units: number | undefined): string | undefined {
  const { name, of } = kind;
  if (loss && of === 'classes' && !predictsClasses(loss))
    return `${name} needs a loss of classes; got ${loss.name}, which is of numbers`;
  if (loss && of === 'numbers' && loss.target.startsWith('label'))
    return `${name} needs targets that are numbers; got the loss ${loss.name}, whose targets are class numbers`;
  return kind.misfit?.(loss, units);
}

/**
 * Whether there is a metric of that name, and it fits all losses.
 *
 * @param losses of each output; functions fit every metric
 * @param model whose outputs it must fit as well; default: outputs of any size do
 */
export function isMetricFor(name: string, losses: readonly unknown[], model?: LayersModel): boolean {
  const kind = knownMetric(name);
  return (
    kind !== undefined &&
    losses.every((loss, output) => {
      const known = isObject(loss) ? (loss as unknown as LossKind) : null;
      return misfit(kind, known, model && unitsOf(model, output)) === undefined;
    })
  );
}

/** A metric by its name in any spelling; the k of a metric with one is in its name or in parentheses. */
function knownMetric(text: string): MetricKind | undefined {
  const [, name, argument] = /^([^()]*)(?:\(\s*k\s*=\s*(\d+)\s*\))?$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const numbered = /^((?:sparse)?top)(\d+)((?:categorical)?accuracy)$/.exec(key);
  const wanted = numbered ? `${numbered[1]}k${numbered[3]}` : key;
  const found =
    metricKinds.find((kind) => kind.name.toLowerCase() === wanted || kind.aliases.includes(wanted)) ??
    metricKinds
      .map(({ variants = {} }) => (Object.hasOwn(variants, wanted) ? variants[wanted] : undefined))
      .find((kind) => kind);
  if (!found?.withK) return argument === undefined ? found : undefined;
  const given = [numbered?.[2], argument].filter((k) => k !== undefined).map(Number);
  const [k = 5] = given;
  return given.length > 1 || !Number.isSafeInteger(k) || k < 1 ? undefined : found.withK(k);
}

function metricNamed(name: string): MetricKind {
  const found = knownMetric(name);
  if (found) return found;
  const names = metricKinds.map((kind) => kind.name);
  const spellings = [
    ...names,
    ...metricKinds.flatMap(({ aliases, variants = {} }) => [...aliases, ...Object.keys(variants)]),
  ];
  throw new InputError(
    `metrics must be some of ${names.join(', ')}; got ${shownValue(name)}${suggestion(name, spellings)}`,
  );
}
