import { resolveOptions } from '@lrfind/core/options';
import type { Dataset } from '@lrfind/data';
import type { Callback, LayersModel } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LearningRateFinderOptions } from './callbacks/learning-rate-finder-options.js';
import { count, stateCheck } from './callbacks/state-schema.js';
import { trainingCallback } from './callbacks/training-callback.js';
import { withTrainingPaused } from './engine/running-training.js';
import type { ArrayData } from './engine/to-dataset.js';
import { findLearningRate } from './find.js';
import { requireSettableRate, setLearningRate } from './optimizers/learning-rate.js';

/** What a search of a `learningRateFinder` found. */
export interface FoundRate {
  /** Number of the epoch that it preceded, from 0. */
  readonly epoch: number;
  /** The rate from then on; null where it stayed as it was. */
  readonly rate: number | null;
  /** Why no rate was found; null when one was. */
  readonly reason: string | null;
}

/** The record of a finder. */
export interface FinderState {
  readonly found: readonly FoundRate[];
}

const checked = stateCheck<FinderState>('learningRateFinder', {
  found: Type.Array(
    Type.Object(
      {
        epoch: count,
        rate: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
        reason: Type.Union([Type.String(), Type.Null()]),
      },
      { additionalProperties: false },
    ),
  ),
});

/** TensorFlow.js's batch size where `fit` does not say one. */
const STANDARD_BATCH = 32;

/**
 * Searches for the rate again every few epochs, in the middle of a training, from the weights and the optimizer's state as they are
 * then, and for as many epochs as are left. The search itself changes nothing but the rate: weights, optimizer and random numbers go
 * on as without it. Where there is nothing to gain, or the search has no answer, the rate stays.
 *
 * @param data the rows to search on, usually those that are trained on: `{ xs, ys }` or a `Dataset`
 * @param options with `validation`: rows that the training does not see. Without, a fifth of `data` is held out; the model has been
 *   trained on these rows before, so their loss favours low rates
 * @throws InputError for an option that is unknown or out of range; in `fit`, for an optimizer whose rate follows a schedule
 *
 * @example
 * const finder = learningRateFinder({ xs, ys }, { everyEpochs: 10 });
 * await model.fit(xs, ys, { epochs: 20, callbacks: [finder] });
 * console.log(finder.found); // [{ epoch: 10, rate: 0.0021, reason: null }]
 */
export function learningRateFinder(
  data: ArrayData | Dataset,
  options: Partial<Static<typeof LearningRateFinderOptions>> & {
    readonly validation?: ArrayData | Dataset | undefined;
  } = {},
): Callback & {
  /** Every search so far. */
  readonly found: readonly FoundRate[];
  state(): FinderState;
  restore(state: FinderState): void;
} {
  const { validation, ...rest } = options;
  const settings = resolveOptions(LearningRateFinderOptions, rest);
  const { everyEpochs, verify, repeats, seed, verbose } = settings;
  const found: FoundRate[] = [];
  let length: { epochs?: number | undefined; batchSize?: number | null | undefined } = {};

  const search = (model: LayersModel, epoch: number) => {
    const { epochs = length.epochs, batchSize } = settings;
    return withTrainingPaused(model, (training) =>
      findLearningRate(training?.model ?? model, data, {
        optimizer: model.optimizer,
        ...(training && {
          loss: training.loss,
          lossWeights: training.lossWeights,
          classWeight: training.classWeight,
        }),
        validation,
        verify,
        repeats,
        seed,
        batchSize: batchSize ?? training?.batchSize ?? length.batchSize ?? STANDARD_BATCH,
        ...(epochs !== undefined && epochs > epoch && { epochs: epochs - epoch }),
      }),
    );
  };

  return trainingCallback(
    'learningRateFinder',
    {
      async trainBegin({ optimizer }) {
        await requireSettableRate(optimizer);
      },
      async epochBegin(model, epoch) {
        if (epoch === 0 || epoch % everyEpochs !== 0) return;
        const { suggestion, reason } = await search(model, epoch);
        const rate = suggestion?.learningRate ?? null;
        found.push({ epoch, rate, reason });
        if (rate !== null) setLearningRate(model.optimizer, rate);
        if (verbose) console.log(`Epoch ${epoch + 1}: ${rate === null ? reason : `learning rate ${rate}`}`);
      },
    },
    {
      found,
      setParams(params: typeof length) {
        length = params;
      },
      state: () => ({ found: [...found] }),
      restore(state: FinderState) {
        found.splice(0, found.length, ...checked(state).found);
      },
    },
    settings,
  );
}
