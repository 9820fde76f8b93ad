import { InputError } from '@lrfind/core';
import { choice, resolveOptions } from '@lrfind/core/options';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { learningRateOf, requireSettableRate, setLearningRate } from '../optimizers/learning-rate.js';
import { directionOf, jsonNumber, metricReader, monitorOptions } from './monitored-metric.js';
import { kerasRules, type PlateauState, pytorchRules } from './plateau-rules.js';
import { count, numberOrText, stateCheck } from './state-schema.js';
import { trainingCallback } from './training-callback.js';

/** The options of `reduceLROnPlateau`. */
export const ReduceLROnPlateauOptions = Type.Object(
  {
    monitor: monitorOptions.monitor,
    factor: Type.Number({
      default: 0.1,
      minimum: 0,
      exclusiveMaximum: 1,
      description: 'factor by which the rate is multiplied',
    }),
    patience: Type.Integer({
      default: 10,
      minimum: 0,
      description: 'epochs without improvement until the rate is reduced; with the rules of PyTorch one more',
    }),
    mode: monitorOptions.mode,
    minDelta: Type.Number({
      default: 1e-4,
      minimum: 0,
      description: 'smallest change that counts as an improvement (rules of Keras)',
    }),
    cooldown: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'epochs after a reduction that do not count',
    }),
    minLr: Type.Number({ default: 0, minimum: 0, description: 'lowest rate' }),
    rules: choice(['keras', 'pytorch'], { default: 'keras', description: 'whose rules to follow' }),
    threshold: Type.Number({
      default: 1e-4,
      minimum: 0,
      description: 'smallest change that counts as an improvement (rules of PyTorch)',
    }),
    thresholdMode: choice(['rel', 'abs'], {
      default: 'rel',
      description: 'whether the threshold is a share of the best value or absolute (rules of PyTorch)',
    }),
    eps: Type.Number({
      default: 1e-8,
      minimum: 0,
      description: 'smallest change of the rate; smaller ones are not made (rules of PyTorch)',
    }),
    verbose: Type.Boolean({ default: false, description: 'print every reduction' }),
  },
  { additionalProperties: false },
);

/** The progress of a reduction on plateau, as JSON. */
export interface ReduceLROnPlateauState {
  /** The best value so far, as text where it is not finite; null before the first. */
  readonly best: number | string | null;
  readonly wait: number;
  readonly cooldown: number;
}

const onlyOf = { keras: ['minDelta'], pytorch: ['threshold', 'thresholdMode', 'eps'] } as const;

const checked = stateCheck<ReduceLROnPlateauState>('reduceLROnPlateau', {
  best: numberOrText,
  wait: count,
  cooldown: count,
});

/**
 * Reduces the learning rate when a metric has stopped improving, by Keras's rules or PyTorch's. As in Keras each fit starts
 * counting at 0, unless a state was restored before it.
 *
 * @throws InputError for an option that is unknown, out of range or of the other rules, and for a metric of unknown direction
 *
 * @example
 * const plateau = reduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 3 });
 * await model.fit(xs, ys, { epochs: 10, callbacks: [plateau] });
 */
export function reduceLROnPlateau(
  options: Partial<Static<typeof ReduceLROnPlateauOptions>> = {},
): Callback & { state(): ReduceLROnPlateauState; restore(state: ReduceLROnPlateauState): void } {
  const settings = resolveOptions(ReduceLROnPlateauOptions, options);
  const { monitor, mode, rules, verbose } = settings;
  const others = onlyOf[rules === 'keras' ? 'pytorch' : 'keras'].filter((name) => options[name] !== undefined);
  if (others.length > 0) {
    throw new InputError(
      `${others.join(', ')} must be left out with the rules of ${rules}, which use ${onlyOf[rules].join(', ')} instead`,
    );
  }
  const direction = directionOf(monitor, mode);
  const next = (rules === 'keras' ? kerasRules : pytorchRules)({ ...settings, direction });
  const fresh: PlateauState = { best: undefined, wait: 0, cooldown: 0 };
  let state = fresh;
  let restored = false;
  let read = metricReader('reduceLROnPlateau', monitor);
  return trainingCallback(
    'reduceLROnPlateau',
    {
      async trainBegin({ optimizer }) {
        await requireSettableRate(optimizer);
        if (!restored) state = fresh;
        restored = false;
        read = metricReader('reduceLROnPlateau', monitor);
      },
      async epochEnd({ optimizer }, epoch, logs) {
        const rate = learningRateOf(optimizer);
        logs.learning_rate = rate;
        const value = await read(logs);
        if (value === undefined) return;
        const after = next(state, value, rate);
        state = after.state;
        if (after.rate === rate) return;
        setLearningRate(optimizer, after.rate);
        if (verbose) console.log(`Epoch ${epoch + 1}: learning rate reduced to ${after.rate}`);
      },
    },
    {
      state: () => ({ ...state, best: state.best === undefined ? null : jsonNumber(state.best) }),
      restore(given: ReduceLROnPlateauState) {
        const { best, wait, cooldown } = checked(given);
        state = { best: best === null ? undefined : Number(best), wait, cooldown };
        restored = true;
      },
    },
    settings,
  );
}
