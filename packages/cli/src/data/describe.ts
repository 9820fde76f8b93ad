import type { TableDescription } from '@lrfind/core/results';
import type { Table } from '@lrfind/data';
import { compiledSettings, describeTable, type LossKind, type ModelFile, scalingLayers } from '@lrfind/finder';
import { scaleOf, seriesFlags } from '../shared/encode-inputs.js';
import type { DataOptions } from '../shared/options.js';
import { missingOf } from '../shared/tables.js';

/**
 * What is understood of a table, as `lrfind data` shows it.
 *
 * @param file the model that the table is for; undefined for a plain one
 * @param options of the table, from flags
 * @param shown the loss of `--loss`, and which rows are shown
 */
export function describeFor(
  table: Table,
  file: ModelFile | undefined,
  options: Omit<DataOptions, 'data'>,
  { loss, ...shown }: { readonly loss: LossKind | undefined; readonly examples: number; readonly seed: number },
): TableDescription {
  const hasScale = file !== undefined && (file.hasWeights || scalingLayers(file.model).length > 0);
  return describeTable(table, {
    target: options.target,
    ignore: options.ignore,
    missing: missingOf(options.missing).policy,
    oneHotLimit: options.oneHotLimit,
    categorical: options.categorical,
    sampleWeight: options.sampleWeight,
    scale: scaleOf(options.scale, hasScale),
    model: file?.model,
    series: seriesFlags(options),
    loss: loss?.name ?? (file ? compiledSettings(file.trainingConfig).loss : undefined),
    ...shown,
  });
}
