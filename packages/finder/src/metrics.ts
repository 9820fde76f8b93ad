import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InputError, nearest } from '@lrfind/core';
import { type LossName, targetKind } from './losses/registry.js';
import { outputNames } from './model/describe.js';
import { accuracy } from './metrics-accuracy.js';
import { meanAbsoluteError } from './metrics-mae.js';
import { meanSquaredError } from './metrics-mse.js';
import type { Metric, MetricKind } from './metrics-metric.js';

/** Every metric, in the order in which help and docs list them. A new one is a file and a row here. */
export const metricKinds: readonly MetricKind[] = [accuracy, meanAbsoluteError, meanSquaredError];

/**
 * The metrics of a model's outputs.
 *
 * @param wanted names from the table; by default the accuracy of outputs that tell classes, and the mean absolute error of others
 *   whose loss is another
 * @param losses canonical name of each output's loss, null for a function of the caller's, of which nothing follows by default
 * @throws InputError for an unknown name, the accuracy of numbers, and errors of class numbers
 */
export function metricsOf(
  wanted: readonly string[] | undefined,
  losses: readonly (string | null)[],
  model: LayersModel,
): Metric[] {
  const names = outputNames(model);
  const kinds = wanted?.map(metricNamed);
  return losses.flatMap((loss, output) => {
    const own = kinds ?? usual(loss);
    return own.map((kind): Metric => {
      if (wanted) checkFit(kind, loss);
      return {
        name: losses.length === 1 ? kind.name : `${names[output]}_${kind.name}`,
        output,
        of: (target, prediction) => kind.of(target, prediction, loss),
      };
    });
  });
}

function usual(loss: string | null): MetricKind[] {
  if (loss === null) return [];
  if (tellsClasses(loss)) return [accuracy];
  return loss === 'meanAbsoluteError' ? [] : [meanAbsoluteError];
}

function tellsClasses(loss: string): boolean {
  const kind = targetKind(loss as LossName);
  return kind !== 'number' && kind !== 'non-negative';
}

function checkFit({ name }: MetricKind, loss: string | null): void {
  if (loss === null) return;
  if (name === accuracy.name && !tellsClasses(loss))
    throw new InputError(`metrics: ${name} is of classes, and the loss ${loss} is of numbers`);
  if (name !== accuracy.name && targetKind(loss as LossName).startsWith('label'))
    throw new InputError(`metrics: ${name} is of numbers, and the targets of the loss ${loss} are class numbers`);
}

function metricNamed(name: string): MetricKind {
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const found = metricKinds.find((kind) => [kind.name.toLowerCase(), aliases[kind.name]].includes(key));
  if (found) return found;
  const names = metricKinds.map((kind) => kind.name);
  const guess = nearest(name, names);
  throw new InputError(
    `metrics: unknown metric "${name}"${guess ? `; did you mean ${guess}?` : '.'} Metrics: ${names.join(', ')}`,
  );
}

const aliases: Readonly<Record<string, string>> = {
  accuracy: 'acc',
  meanAbsoluteError: 'mae',
  meanSquaredError: 'mse',
};
