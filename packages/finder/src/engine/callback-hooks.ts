import { Callback, type CustomCallbackArgs, type LayersModel } from '@tensorflow/tfjs-layers';
import type { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import type { Evaluation } from '@lrfind/core/results';
import type { EpochHooks } from './epoch-hooks.js';

/** A callback as `model.fit` takes it: one of ours, an instance of TensorFlow.js's class, or an object with functions such as `onEpochEnd`. */
export type FitCallback = Callback | CustomCallbackArgs;

/** What fit's callbacks are made of. */
type Functions = CustomCallbackArgs & {
  setModel?: (model: LayersModel) => void;
  setParams?: (params: object) => void;
  release?: () => void;
};

/**
 * Lets callbacks for `model.fit` listen to a training of ours. They see the model with an optimizer that decides the rate and the
 * momentum of every step, and may set both; `model.stopTraining = true` ends the training.
 *
 * @param model what is trained; its own optimizer stays as it is
 * @param optimizer the one that they see
 * @param epochs how many there will be
 * @param stepsPerEpoch batches in an epoch
 */
export function callbackHooks(
  callbacks: readonly FitCallback[],
  model: LayersModel,
  optimizer: RuleOptimizer,
  { epochs, stepsPerEpoch }: { readonly epochs: number; readonly stepsPerEpoch: number },
): EpochHooks {
  // The model itself, but for the optimizer. Whether it should stop is the model's own property, which plain objects set on it.
  const seen: LayersModel = Object.create(model, {
    optimizer: { value: optimizer, writable: true },
    stopTraining: {
      get: () => model.stopTraining,
      set: (stop: boolean) => {
        model.stopTraining = stop;
      },
    },
  });
  const listening = callbacks as readonly Functions[];
  for (const callback of listening) {
    callback.setParams?.({ epochs, steps: stepsPerEpoch, samples: null, batchSize: null, verbose: 0, metrics: [] });
    callback.setModel?.(seen);
  }
  const tell = async <Name extends keyof CustomCallbackArgs>(name: Name, ...args: unknown[]) => {
    // One after the other, as each may change what the next one sees.
    for (const callback of listening)
      await (callback[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args);
  };
  return {
    looksAtBatches: listening.some(({ onBatchEnd }) => onBatchEnd && onBatchEnd !== Callback.prototype.onBatchEnd),
    get stopped() {
      return model.stopTraining === true;
    },
    trainBegin() {
      model.stopTraining = false;
      return tell('onTrainBegin', {});
    },
    trainEnd: () => tell('onTrainEnd', {}),
    epochBegin: (epoch) => tell('onEpochBegin', epoch, {}),
    epochEnd: (epoch, point) => tell('onEpochEnd', epoch, logsOf(point)),
    batchBegin: (batch) => tell('onBatchBegin', batch, { batch }),
    batchEnd: (batch, size, loss) => tell('onBatchEnd', batch, { batch, size, loss }),
    release() {
      for (const callback of listening) callback.release?.();
    },
  };
}

/** An epoch's losses and metrics under Keras's names. */
function logsOf({ training, validation }: Evaluation): Record<string, number> {
  const named = [
    ['', training],
    ['val_', validation],
  ] as const;
  return Object.fromEntries(
    named.flatMap(([prefix, measured]) =>
      measured
        ? [['loss', measured.loss] as const, ...Object.entries(measured.metrics)].map(([name, value]) => [
            prefix + name,
            value ?? Number.NaN,
          ])
        : [],
    ),
  );
}
