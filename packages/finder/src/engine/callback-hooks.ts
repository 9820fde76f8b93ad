import { InputError } from '@lrfind/core';
import type { Evaluation } from '@lrfind/core/results';
import type { Schedule } from '@lrfind/core/schedules';
import { Callback, type CustomCallbackArgs, type LayersModel } from '@tensorflow/tfjs-layers';
import { writingWeights } from '../model/weight-guard.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { RuleOptimizer } from '../optimizers/rule-optimizer.js';

/** A callback as `model.fit` takes it: one of lrfind's, an instance of TensorFlow.js's class, or an object with functions such as `onEpochEnd`. */
export type FitCallback = Callback | CustomCallbackArgs;

/** What is called during a training, and may end it. The training waits for each call. */
export interface TrainingHooks {
  /** Whether `batchEnd` is called; if so, the loss of every batch is read. */
  readonly needsBatchLosses: boolean;
  /** Whether the training should end with the present batch. */
  readonly stopped: boolean;
  trainBegin(): Promise<void>;
  trainEnd(): Promise<void>;
  epochBegin(epoch: number): Promise<void>;
  epochEnd(epoch: number, evaluation: Evaluation): Promise<void>;
  batchBegin(batch: number): Promise<void>;
  batchEnd(batch: number, rows: number, loss: number): Promise<void>;
  /** The epoch, from 0, whose weights a callback of lrfind has restored at the end; undefined where none has. */
  readonly restoredEpoch: number | undefined;
  /** The state of each callback, as JSON, by `readState()` where it has that; null for one without `state()`. */
  state(): Promise<unknown[]>;
  /**
   * Gives each callback the state that `state` returned; call it before `trainBegin`. Callbacks without `restore()` start anew.
   */
  restore(states: readonly unknown[]): void;
  /** Frees what callbacks keep for a training that broke off, since `trainEnd` is not called then. */
  release(): void;
}

/** The functions of a callback. */
type Functions = CustomCallbackArgs & {
  setModel?: (model: LayersModel) => void;
  setParams?: (params: object) => void;
  release?: () => void;
  restoredEpoch?: () => number | undefined;
  /** What one of lrfind's is and does. */
  config?: { readonly name: string; readonly [option: string]: unknown };
  state?: () => unknown;
  readState?: () => Promise<unknown>;
  restore?: (state: unknown) => void;
};

/** The optimizer that callbacks see. They may change a plain rate, but not a schedule; the caller disposes it. */
export function seenOptimizer(optimizer: ResolvedOptimizer, schedule: Schedule): RuleOptimizer {
  const { config } = schedule;
  return new RuleOptimizer(optimizer, config?.name === 'constant' ? Number(config.rate) : schedule);
}

/**
 * Lets callbacks for `model.fit` listen to a training of lrfind's. They see the model with an optimizer that decides the
 * rate and the momentum of every step, and may set both; `model.stopTraining = true` ends the training.
 *
 * @param model what is trained; its own optimizer stays as it is
 * @param optimizer the one that they see
 */
export function callbackHooks(
  callbacks: readonly FitCallback[],
  model: LayersModel,
  optimizer: RuleOptimizer,
  { epochs, stepsPerEpoch }: { readonly epochs: number; readonly stepsPerEpoch: number },
): TrainingHooks {
  // The model itself, except for the optimizer. `stopTraining` is the model's own, because callback objects set it there.
  const seen: LayersModel = Object.create(model, {
    optimizer: { value: optimizer, writable: true },
    stopTraining: {
      get: () => model.stopTraining,
      set: (stop: boolean) => {
        model.stopTraining = stop;
      },
    },
  });
  const listeners = callbacks as readonly Functions[];
  for (const listener of listeners) {
    listener.setParams?.({ epochs, steps: stepsPerEpoch, samples: null, batchSize: null, verbose: 0, metrics: [] });
    listener.setModel?.(seen);
  }
  const call = async <Name extends keyof CustomCallbackArgs>(name: Name, ...args: unknown[]) => {
    // One after the other, because each may change what the next one sees.
    for (const listener of listeners) {
      const called = listener[name] as ((...args: unknown[]) => unknown) | undefined;
      await writingWeights(() => called?.apply(listener, args));
    }
  };
  return {
    needsBatchLosses: listeners.some(({ onBatchEnd }) => onBatchEnd && onBatchEnd !== Callback.prototype.onBatchEnd),
    get stopped() {
      return model.stopTraining === true;
    },
    trainBegin() {
      model.stopTraining = false;
      return call('onTrainBegin', {});
    },
    trainEnd: () => call('onTrainEnd', {}),
    get restoredEpoch() {
      // The last one to restore decides.
      return listeners.map((listener) => listener.restoredEpoch?.()).findLast((epoch) => epoch !== undefined);
    },
    epochBegin: (epoch) => call('onEpochBegin', epoch, {}),
    epochEnd: (epoch, evaluation) => call('onEpochEnd', epoch, logsOf(evaluation)),
    batchBegin: (batch) => call('onBatchBegin', batch, { batch }),
    batchEnd: (batch, size, loss) => call('onBatchEnd', batch, { batch, size, loss }),
    state: () => Promise.all(listeners.map(async (each) => (await (each.readState?.() ?? each.state?.())) ?? null)),
    restore(states) {
      if (states.length !== listeners.length)
        throw new InputError(
          `the states of the callbacks must be ${listeners.length}, one for each; got ${states.length}`,
        );
      for (const [i, listener] of listeners.entries()) {
        const state = states[i] ?? null;
        if (state !== null) listener.restore?.(state);
      }
    },
    release() {
      for (const listener of listeners) listener.release?.();
    },
  };
}

/** What each callback is and does, as JSON, but not what it prints. Of one that is not lrfind's nothing is known. */
export function callbackConfigs(callbacks: readonly FitCallback[]): { readonly name: string }[] {
  return (callbacks as readonly Functions[]).map(({ config = { name: 'own' } }) => {
    const { verbose: _, print: __, ...others } = config;
    return others;
  });
}

/** Losses and metrics of an epoch under Keras's names. */
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
