import { InputError, isObject, shownValue, suggestion } from '@lrfind/core';
import { abs, argMax, cast, equal, greater, reshape, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LossKind } from './losses/loss.js';
import { outputNames } from './model/describe.js';

/** An entry of the table of metrics. */
export interface MetricKind {
  readonly name: string;
  /** Keras's short form. */
  readonly alias: string;
  /** One line for help and docs. */
  readonly summary: string;
  /** Whether it is about classes or about numbers, which decides the losses it can be measured with. */
  readonly of: 'classes' | 'numbers';
  /**
   * @param target targets of a batch, rows first
   * @param prediction the predictions for them
   * @param loss of the output, which decides what the two mean; null for the caller's own function
   * @returns a number for each row, or one for each value of each row; their mean is the metric
   */
  readonly compute: (target: Tensor, prediction: Tensor, loss: LossKind | null) => Tensor;
}

/**
 * The share of rows whose most likely class is the right one; where each unit is a yes or no of its own, the share of right
 * ones. As with Keras's `metrics=['accuracy']`, the loss decides between the two, and the shapes where it does not.
 */
const accuracy: MetricKind = {
  name: 'accuracy',
  alias: 'acc',
  summary: 'share of right classes: of the most likely ones, or of yes and no',
  of: 'classes',
  compute(target, prediction, loss) {
    const units = prediction.shape.at(-1) as number;
    const threshold = loss?.yesAbove ?? (units === 1 ? 0.5 : undefined);
    if (threshold !== undefined) {
      const yes = (values: Tensor) => cast(greater(values, threshold), 'float32');
      return cast(equal(yes(reshape(target, prediction.shape)), yes(prediction)), 'float32');
    }
    const classes = reshape(argMax(prediction, -1), [-1]);
    const labels =
      target.size === prediction.size ? argMax(reshape(target, prediction.shape), -1) : cast(target, 'int32');
    return cast(equal(classes, reshape(labels, [-1])), 'float32');
  },
};

const meanAbsoluteError: MetricKind = {
  name: 'meanAbsoluteError',
  alias: 'mae',
  summary: 'mean distance of predictions from targets',
  of: 'numbers',
  compute: (target, prediction) => abs(sub(prediction, reshape(target, prediction.shape))),
};

const meanSquaredError: MetricKind = {
  name: 'meanSquaredError',
  alias: 'mse',
  summary: 'mean square of that distance',
  of: 'numbers',
  compute: (target, prediction) => square(sub(prediction, reshape(target, prediction.shape))),
};

/** Every metric, in the order of help and docs. Add one as an entry here. */
export const metricKinds: readonly MetricKind[] = [accuracy, meanAbsoluteError, meanSquaredError];

/** A metric of one output of a model. */
export interface Metric {
  /** The kind's name; with several outputs after the output's, as in Keras: `price_accuracy`. */
  readonly name: string;
  /** Number of the output. */
  readonly output: number;
  /** From targets and predictions of a batch to numbers whose mean is the metric. */
  readonly compute: (target: Tensor, prediction: Tensor) => Tensor;
}

/**
 * The metrics of a model's outputs.
 *
 * @param named names from the table; default: the accuracy of outputs that predict classes, the mean absolute error of
 *   others whose loss is another one
 * @param losses of each output; null for the caller's own function, which has no metrics by default
 * @throws InputError for an unknown name, and for a metric that does not fit a loss
 */
export function metricsOf(
  named: readonly string[] | undefined,
  losses: readonly (LossKind | null)[],
  model: LayersModel,
): Metric[] {
  const names = outputNames(model);
  const kinds = named?.map(metricNamed);
  return losses.flatMap((loss, output) => {
    const [problem] = (kinds ?? []).flatMap((kind) => misfit(kind, loss) ?? []);
    if (problem) throw new InputError(`metrics: ${problem}`);
    return (kinds ?? defaultMetrics(loss)).map(
      (kind): Metric => ({
        name: losses.length === 1 ? kind.name : `${names[output]}_${kind.name}`,
        output,
        compute: (target, prediction) => kind.compute(target, prediction, loss),
      }),
    );
  });
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
function misfit({ name, of }: MetricKind, loss: LossKind | null): string | undefined {
  if (loss === null) return undefined;
  if (of === 'classes' && !predictsClasses(loss))
    return `${name} needs a loss of classes; got ${loss.name}, which is of numbers`;
  if (of === 'numbers' && loss.target.startsWith('label'))
    return `${name} needs targets that are numbers; got the loss ${loss.name}, whose targets are class numbers`;
  return undefined;
}

/**
 * Whether there is a metric of that name, and it fits all losses.
 *
 * @param losses of each output; functions fit every metric
 */
export function isMetricFor(name: string, losses: readonly unknown[]): boolean {
  const kind = knownMetric(name);
  return (
    kind !== undefined &&
    losses.every((loss) => misfit(kind, isObject(loss) ? (loss as unknown as LossKind) : null) === undefined)
  );
}

function knownMetric(name: string): MetricKind | undefined {
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  return metricKinds.find((kind) => [kind.name.toLowerCase(), kind.alias].includes(key));
}

function metricNamed(name: string): MetricKind {
  const found = knownMetric(name);
  if (found) return found;
  const names = metricKinds.map((kind) => kind.name);
  throw new InputError(
    `metrics must be some of ${names.join(', ')}; got ${shownValue(name)}${suggestion(name, names)}`,
  );
}
