import * as Type from 'typebox';
import { flag, rate, steps, stepsOrNone } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, translate } from './foreign.js';

const initial = rate('learning rate at step 0');
const decaySteps = steps('steps of the decay');
const share = rate('lowest rate as a share of the highest', 0);
/** Names the nodes of Keras's graph; it does not affect the rate. */
const name = Type.Optional(Type.String({ description: 'name of the object' }));

/** The schedules of Keras 3 (`keras.optimizers.schedules`), by class name. */
export const kerasSchedules: ForeignTable = {
  ExponentialDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      decay_rate: rate('factor per decay_steps'),
      staircase: flag(false, 'whether the rate changes in stairs'),
      name,
    }),
    (k) => ({
      name: 'exponential',
      rate: k.initial_learning_rate,
      steps: k.decay_steps,
      factor: k.decay_rate,
      staircase: k.staircase,
    }),
  ),
  InverseTimeDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      decay_rate: rate('growth of the divisor per decay_steps'),
      staircase: flag(false, 'whether the rate changes in stairs'),
      name,
    }),
    (k) => ({
      name: 'inverse-time',
      rate: k.initial_learning_rate,
      steps: k.decay_steps,
      decay: k.decay_rate,
      staircase: k.staircase,
    }),
  ),
  PiecewiseConstantDecay: foreignKind(
    Type.Object({
      boundaries: Type.Array(Type.Number(), { description: 'steps up to which the values hold' }),
      values: Type.Array(initial, { description: 'rates, one more than boundaries' }),
      name,
    }),
    // Keras casts boundaries to the type of the step, which is an integer.
    (k) => ({ name: 'piecewise-constant', rates: k.values, at: k.boundaries.map(Math.trunc) }),
  ),
  PolynomialDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      end_learning_rate: rate('learning rate at the end', 1e-4),
      power: rate('exponent of the decay', 1),
      cycle: flag(false, 'whether the decay restarts after its end, each time over more steps'),
      name,
    }),
    (k) => ({
      name: 'polynomial',
      rate: k.initial_learning_rate,
      steps: k.decay_steps,
      end: k.end_learning_rate,
      power: k.power,
      cycle: k.cycle,
    }),
  ),
  CosineDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      alpha: share,
      warmup_target: Type.Optional(rate('learning rate at the end of the warm-up')),
      warmup_steps: stepsOrNone('steps of the warm-up', 0),
      name,
    }),
    // Keras ignores warmup_steps without warmup_target.
    (k) =>
      k.warmup_target === undefined
        ? { name: 'cosine', rate: k.initial_learning_rate, steps: k.decay_steps, alpha: k.alpha }
        : {
            name: 'cosine',
            rate: k.warmup_target,
            steps: k.decay_steps,
            alpha: k.alpha,
            warmup: k.warmup_steps,
            start: k.initial_learning_rate,
          },
  ),
  CosineDecayRestarts: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      first_decay_steps: steps('steps of the first cosine'),
      t_mul: Type.Number({
        minimum: 1,
        default: 2,
        description: 'ratio of the length of a cosine to that of the one before',
      }),
      m_mul: rate('ratio of the height of a cosine to that of the one before', 1),
      alpha: share,
      name,
    }),
    (k) => ({
      name: 'cosine-restarts',
      rate: k.initial_learning_rate,
      steps: k.first_decay_steps,
      tMul: k.t_mul,
      mMul: k.m_mul,
      alpha: k.alpha,
    }),
  ),
  LearningRateSchedule: 'it is the base class of custom schedules; pass a function from step to rate instead',
  LearningRateScheduler: 'it is a callback that calls a function; pass the function itself',
  ReduceLROnPlateau: 'it follows a metric and is not a function of the step',
};

/** Translates a Keras schedule, given by its class name and the parameters of its constructor. */
export function keras(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('Keras', kerasSchedules, name, parameters);
}

/** Default names of objects that differ from their class name. */
const defaultNames = new Map([
  ['PiecewiseConstant', 'PiecewiseConstantDecay'],
  ['SGDRDecay', 'CosineDecayRestarts'],
]);

/** The Keras class of a `get_config()`, from the name in it; `undefined` for a name that its user chose. */
export function kerasClass(name: string): string | undefined {
  return defaultNames.get(name) ?? (Object.hasOwn(kerasSchedules, name) ? name : undefined);
}
