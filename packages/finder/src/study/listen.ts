import type { Evaluation, TrialTraining } from '@lrfind/core/results';
import type { Schedule } from '@lrfind/core/schedules';
import { type CallbackConfig, type CallbackState, rateHistory, type TrialSpec } from '@lrfind/core/study';
import { makeCallback } from '../callbacks/compared-callback.js';
import { callbackHooks, seenOptimizer, type TrainingHooks } from '../engine/callback-hooks.js';
import { restoreOptimizer, savedOptimizer } from '../engine/checkpoint.js';
import { endTraining } from '../engine/end-training.js';
import type { Session } from '../engine/session.js';
import type { TrainedPart, TrainingPart } from '../engine/training-loop.js';
import type { TrainingStep } from '../engine/training-step.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';

/** What callbacks listen to. */
export interface Heard {
  readonly session: Session;
  readonly step: TrainingStep;
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: Schedule;
  readonly spec: TrialSpec;
}

/** The callbacks of a training while a part of it runs. */
export interface Listeners {
  readonly hooks: TrainingHooks;
  readonly rateAt: TrainingPart['rateAt'];
  /** Tells the callbacks that the part begins, which may be in the middle of the training. */
  begin(): Promise<void>;
  /**
   * What the next part goes on from; call it before `end`.
   *
   * @param rates of the steps of this part
   */
  state(rates: readonly number[]): Promise<CallbackState>;
  /**
   * Tells the callbacks that the training ends. It may end with any part, so each part ends as if it were the last: where
   * another part follows, it restores its own weights and callbacks.
   *
   * @param evaluations of the whole training so far
   */
  end(evaluations: readonly Evaluation[], part: TrainedPart): Promise<Pick<TrialTraining, 'restored' | 'rates'>>;
  /** Frees what the callbacks keep. */
  dispose(): void;
}

/**
 * Makes new callbacks for a part of a training. They go on from where the part before has left them, so that a training has the
 * same bits however it is divided.
 */
export function listen(
  callbacks: readonly CallbackConfig[],
  { session, step, optimizer, schedule, spec }: Heard,
): Listeners {
  const { model, data } = session;
  const { from, length, recipe } = spec;
  const seen = seenOptimizer(optimizer, schedule);
  const initialSchedule = seen.schedule;
  const stepsPerEpoch = Math.ceil(data.train.length / recipe.batchSize);
  const epochs = Math.ceil(length / stepsPerEpoch);
  const hooks = callbackHooks(callbacks.map(makeCallback), model, seen, { epochs, stepsPerEpoch });
  const saved = from?.callbacks;
  const allRates = (rates: readonly number[]) => [...(saved?.rates ?? []), ...rates];
  const { stopTraining } = model;
  return {
    hooks,
    rateAt: () => seen.takeStep(),
    async begin() {
      if (saved) hooks.restore(saved.callbacks);
      await hooks.trainBegin();
      if (saved) restoreOptimizer(seen, saved.optimizer, saved.rates.length);
    },
    state: async (rates) => ({
      optimizer: savedOptimizer(seen, initialSchedule),
      callbacks: await hooks.state(),
      rates: allRates(rates),
    }),
    async end(evaluations, { rates, ...part }) {
      const { restored } = await endTraining(session, step, hooks, { ...part, evaluations });
      return { restored, rates: rateHistory(allRates(rates)) };
    },
    dispose() {
      hooks.release();
      seen.dispose();
      model.stopTraining = stopTraining;
    },
  };
}
