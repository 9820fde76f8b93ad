import { resolveOptions } from '@lrfind/core/options';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Callback, LayersModel } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { assignWeights, copyWeights, weightVariables } from '../model/weights.js';
import { directionOf, improvesAsKeras, jsonNumber, metricReader, monitorOptions } from './monitored-metric.js';
import { count, numberOrText, stateCheck, weightTexts } from './state-schema.js';
import { trainingCallback } from './training-callback.js';
import { weightsFromText, weightsToText, weightsToTextNow } from './weights-text.js';

/** The options of `earlyStopping`. */
export const EarlyStoppingOptions = Type.Object(
  {
    monitor: monitorOptions.monitor,
    minDelta: Type.Number({ default: 0, minimum: 0, description: 'smallest change that counts as an improvement' }),
    patience: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'epochs without improvement until training ends',
    }),
    mode: monitorOptions.mode,
    baseline: Type.Optional(Type.Number({ description: 'value to improve on before improvements count' })),
    restoreBestWeights: Type.Boolean({
      default: false,
      description: "restore the best epoch's weights when training ends, for whatever reason",
    }),
    startFromEpoch: Type.Integer({ default: 0, minimum: 0, description: 'number of the first epoch to watch' }),
    verbose: Type.Boolean({ default: false, description: 'print when training ends early and weights are restored' }),
  },
  { additionalProperties: false },
);

/** The progress of an early stopping, as JSON. */
export interface EarlyStoppingState {
  /** The best value so far, as text where it is not finite; null before the first. */
  readonly best: number | string | null;
  readonly bestEpoch: number;
  readonly wait: number;
  /** The weights of the best epoch, each in base64; null where none are stored. */
  readonly bestWeights: readonly string[] | null;
}

const checked = stateCheck<EarlyStoppingState>('earlyStopping', {
  best: numberOrText,
  bestEpoch: count,
  wait: count,
  bestWeights: weightTexts,
});

/**
 * Ends the training when a metric has stopped improving, by Keras's rules, and restores the best weights on request. As in
 * Keras each fit starts counting at 0, unless a state was restored before it.
 *
 * @throws InputError for an option that is unknown or out of range, and for a metric of unknown direction
 *
 * @example
 * const stopping = earlyStopping({ patience: 5, restoreBestWeights: true });
 * await model.fit(xs, ys, { epochs: 20, validationSplit: 0.2, callbacks: [stopping] });
 */
export function earlyStopping(options: Partial<Static<typeof EarlyStoppingOptions>> = {}): Callback & {
  state(): EarlyStoppingState;
  /** As `state`, also on a backend that cannot read at once. */
  readState(): Promise<EarlyStoppingState>;
  restore(state: EarlyStoppingState): void;
} {
  const settings = resolveOptions(EarlyStoppingOptions, options);
  const { monitor, minDelta, patience, baseline, restoreBestWeights, startFromEpoch, verbose } = settings;
  const direction = directionOf(monitor, settings.mode);
  const improvesOn = improvesAsKeras(direction, minDelta);
  const improves = (value: number, reference: number | null | undefined) =>
    reference == null || improvesOn(value, reference);
  let best: number | null = null;
  let bestEpoch = 0;
  let wait = 0;
  let bestWeights: Tensor[] | null = null;
  let stoppedEpoch = 0;
  let restoredEpoch: number | undefined;
  /** A restored state, until the next fit uses it. */
  let pending: EarlyStoppingState | null = null;
  let read = metricReader('earlyStopping', monitor);

  const free = () => {
    dispose(bestWeights ?? []);
    bestWeights = null;
  };
  const keepWeights = (model: LayersModel) => {
    free();
    bestWeights = copyWeights(model);
  };
  const stateWith = (texts: readonly string[] | null): EarlyStoppingState => ({
    best: best === null ? null : jsonNumber(best),
    bestEpoch,
    wait,
    bestWeights: texts,
  });
  return trainingCallback(
    'earlyStopping',
    {
      trainBegin(model) {
        dispose(bestWeights ?? []);
        best = pending?.best == null ? null : Number(pending.best);
        bestEpoch = pending?.bestEpoch ?? 0;
        wait = pending?.wait ?? 0;
        bestWeights = pending?.bestWeights ? weightsFromText(pending.bestWeights, weightVariables(model)) : null;
        pending = null;
        stoppedEpoch = 0;
        restoredEpoch = undefined;
        read = metricReader('earlyStopping', monitor);
      },
      async epochEnd(model, epoch, logs) {
        const value = await read(logs);
        if (value === undefined || epoch < startFromEpoch) return;
        if (restoreBestWeights && !bestWeights) {
          keepWeights(model);
          bestEpoch = epoch;
        }
        wait += 1;
        if (improves(value, best)) {
          best = value;
          bestEpoch = epoch;
          if (restoreBestWeights) keepWeights(model);
          if (improves(value, baseline)) wait = 0;
        } else if (wait >= patience && epoch > 0) {
          stoppedEpoch = epoch;
          model.stopTraining = true;
        }
      },
      trainEnd(model) {
        if (verbose && stoppedEpoch > 0) console.log(`Epoch ${stoppedEpoch + 1}: early stopping`);
        if (!bestWeights) return;
        assignWeights(model, bestWeights);
        restoredEpoch = bestEpoch;
        free();
        if (verbose) console.log(`Restored the weights of the best epoch: ${bestEpoch + 1}`);
      },
      release: free,
    },
    {
      /** The epoch whose weights it has restored in this fit, for `train`. */
      restoredEpoch: () => restoredEpoch,
      state: () => pending ?? stateWith(bestWeights && weightsToTextNow(bestWeights, 'earlyStopping')),
      readState: async () => pending ?? stateWith(bestWeights && (await weightsToText(bestWeights))),
      restore(state: EarlyStoppingState) {
        pending = checked(state);
      },
    },
    settings,
  );
}
