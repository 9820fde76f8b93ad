import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Dataset, splitDataset } from '@lrfind/data';
import { type ArrayData, toDataset } from '../engine/to-dataset.js';
import { InputError } from '@lrfind/core';
import { lossesFor } from '../losses/losses-for.js';
import type { LossOption } from '../losses/resolve.js';
import { metricsOf } from '../metrics.js';
import { refuseUntrainable } from '../model/refuse-untrainable.js';
import type { ComparedModel } from './compared-model.js';

/** A model with its rows, as the caller has them. */
export interface ModelRows {
  readonly model: LayersModel;
  readonly data: ArrayData | Dataset;
  readonly validation?: ArrayData | Dataset | undefined;
}

/** What all models of a comparison have in common. */
export interface Judgement {
  readonly loss?: LossOption | undefined;
  readonly metrics?: readonly string[] | undefined;
  readonly validationSplit?: number | undefined;
  readonly seed: number;
}

/**
 * Makes the models of a comparison ready, each once.
 *
 * @returns one for each entry, the same for the same model
 * @throws InputError for rows that do not fit, for one model with different rows, and for models that cannot be judged alike
 */
export async function resolveModels(entries: readonly ModelRows[], judgement: Judgement): Promise<ComparedModel[]> {
  const found = new Map<LayersModel, { readonly entry: ModelRows; readonly compared: ComparedModel }>();
  const all: ComparedModel[] = [];
  for (const entry of entries) {
    const earlier = found.get(entry.model);
    if (earlier && (earlier.entry.data !== entry.data || earlier.entry.validation !== entry.validation))
      throw new InputError(
        `model "${entry.model.name}" is to be compared on different rows, which would not be equal terms`,
      );
    const compared = earlier?.compared ?? (await resolveModel(entry, judgement));
    found.set(entry.model, { entry, compared });
    all.push(compared);
  }
  assertComparable([...found.values()].map(({ compared }) => compared));
  return all;
}

async function resolveModel({ model, data, validation }: ModelRows, judgement: Judgement): Promise<ComparedModel> {
  const { loss, metrics, validationSplit, seed } = judgement;
  refuseUntrainable(model);
  const rows = splitDataset(await toDataset(data, model), {
    validation: validation && (await toDataset(validation, model)),
    validationSplit,
    seed,
  });
  const losses = lossesFor(loss, model, rows.source);
  return { model, rows, losses, metrics: metricsOf(metrics, losses.names, model) };
}

/** Runs are ranked by their losses on held-out rows: both must be the same for all. */
function assertComparable(models: readonly ComparedModel[]): void {
  const [first, ...others] = models as [ComparedModel, ...ComparedModel[]];
  for (const other of others) {
    const names = `${first.model.name} and ${other.model.name} cannot be compared`;
    if (other.losses.name !== first.losses.name)
      throw new InputError(`${names}: their losses are ${first.losses.name} and ${other.losses.name}`);
    const [wanted, came] = [first, other].map(({ rows }) => `${rows.train.length} and hold out ${rows.heldOut.length}`);
    if (wanted !== came) throw new InputError(`${names}: they train on ${wanted} rows, and on ${came}`);
  }
}
