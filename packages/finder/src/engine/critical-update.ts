import { mean, type Random, withMathRandom } from '@lrfind/core';
import { type CriticalRateFound, criticalRate } from '@lrfind/core/sweep';
import { add, dispose, keep, mul, sub, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assignTo } from '../model/weights.js';
import type { TrainingStep } from './training-step.js';

/** The next update of a training, wherever the training is. */
export interface NextUpdate {
  readonly model: LayersModel;
  /** A step of the optimizer that rescales velocities, with the state that the update starts from. */
  readonly step: TrainingStep;
  /** Where custom layers that use `Math.random` draw from in each pass: a stream that begins anew with each call. */
  readonly random: () => Random;
  /** The batches of the update: one, or as many as the optimizer accumulates. */
  readonly batches: readonly Int32Array[];
  /** The rows whose loss is to fall, in batches. Default: the batches of the update. */
  readonly judges?: readonly Int32Array[] | undefined;
  /** A rate near which the critical one may lie: within a factor of 50. */
  readonly guess: number;
}

/** A search along one update, and whether the update grows in proportion to the rate. */
export interface CriticalUpdate extends CriticalRateFound {
  readonly isLinear: boolean;
}

/** Share of the update by which it may differ from one in proportion to the rate; rounding stays far below. */
const LINEAR_WITHIN = 0.01;

/**
 * The rate above which the next update no longer lowers the loss of some rows, for any optimizer whose update grows in
 * proportion to the rate: one training step at `guess` gives the direction, and the losses along it take forward passes alone.
 * All passes have the same dropout and noise. Afterwards weights and optimizer are as they were.
 */
export async function criticalUpdate({
  model,
  step,
  random,
  batches,
  judges = batches,
  guess,
}: NextUpdate): Promise<CriticalUpdate> {
  const state = await step.save();
  const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
  const before = weights.map((weight) => keep(weight.clone()));
  const moved: Tensor[] = [];
  const update = (rate: number) => {
    const drawn = random();
    for (const rows of batches) withMathRandom(drawn, () => step.train(rows, rate)).dispose();
  };
  const along = (rate: number): Tensor[] =>
    tidy(() => weights.map((_, i) => add(before[i] as Tensor, mul(moved[i] as Tensor, rate / guess))));
  const lossAt = async (rate: number): Promise<number> => {
    const there = along(rate);
    assignTo(weights, there);
    dispose(there);
    const drawn = random();
    const losses = judges.map((rows, i) => withMathRandom(drawn, () => step.trainingLoss(rows, state.steps + i + 1)));
    try {
      return mean(await Promise.all(losses.map(async (loss) => (await loss.data())[0] as number)));
    } finally {
      dispose(losses);
    }
  };
  try {
    update(guess);
    for (const [i, weight] of weights.entries()) moved.push(keep(tidy(() => sub(weight, before[i] as Tensor))));
    const found = await criticalRate(lossAt, guess);
    if (found.rate === null) return { ...found, isLinear: true };
    step.restore(state);
    update(found.rate);
    const expected = along(found.rate);
    const isLinear = await agree(weights, expected, before);
    dispose(expected);
    return { ...found, isLinear };
  } finally {
    step.restore(state);
    dispose([...before, ...moved]);
  }
}

/** Whether an update went where it was expected to, but for a small share of its length. */
async function agree(
  weights: readonly Variable[],
  expected: readonly Tensor[],
  before: readonly Tensor[],
): Promise<boolean> {
  let [length, error] = [0, 0];
  for (const [i, weight] of weights.entries()) {
    const [now, there, start] = (await Promise.all(
      [weight, expected[i] as Tensor, before[i] as Tensor].map((tensor) => tensor.data()),
    )) as [Float32Array, Float32Array, Float32Array];
    for (const [j, value] of there.entries()) {
      length += (value - (start[j] as number)) ** 2;
      error += (value - (now[j] as number)) ** 2;
    }
  }
  return error <= LINEAR_WITHIN ** 2 * length;
}
