import Type from 'typebox';
import { flag, rate, steps, stepsOrNone } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, translate } from './foreign.js';

const initial = rate('learning rate at step 0');
const decaySteps = steps('steps of the decay');
const share = rate('floor as a share of the rate', 0);
/** Of the graph's nodes; no part in the arithmetic. */
const name = Type.Optional(Type.String({ description: "the object's own name" }));

/** Keras 3's schedules (keras.optimizers.schedules), by class name. */
export const kerasSchedules: ForeignTable = {
  ExponentialDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      decay_rate: rate('factor in decay_steps'),
      staircase: flag(false, 'whether it changes at once'),
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
      decay_rate: rate('growth of the divisor in decay_steps'),
      staircase: flag(false, 'whether it changes at once'),
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
    // Keras casts a boundary to the type of the step, which is whole.
    (k) => ({ name: 'piecewise-constant', rates: k.values, at: k.boundaries.map(Math.trunc) }),
  ),
  PolynomialDecay: foreignKind(
    Type.Object({
      initial_learning_rate: initial,
      decay_steps: decaySteps,
      end_learning_rate: rate('learning rate at the end', 1e-4),
      power: rate('power of what is left', 1),
      cycle: flag(false, 'whether it starts anew, stretched'),
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
    // Without a target Keras takes no notice of the warm-up's steps.
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
      t_mul: Type.Number({ minimum: 1, default: 2, description: 'length of a cosine over that of the one before' }),
      m_mul: rate('height of a cosine over that of the one before', 1),
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
  LearningRateSchedule:
    'it is the class that own schedules derive from; pass the function of its __call__ in JavaScript',
  LearningRateScheduler: 'it is a callback around a function; pass the function itself',
  ReduceLROnPlateau: 'it follows a metric and is no function of the step',
};

/** A Keras schedule by its class name and the parameters of its constructor. Messages name both in Keras's spelling. */
export function keras(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('Keras', kerasSchedules, name, parameters);
}

/** The names that objects of these classes have unless their user named them; with the other classes it is the class's name. */
const ownNames = new Map([
  ['PiecewiseConstant', 'PiecewiseConstantDecay'],
  ['SGDRDecay', 'CosineDecayRestarts'],
]);

/** The class of Keras's that a schedule's `get_config()` comes from by the name in it, or `undefined`. */
export function kerasClass(name: string): string | undefined {
  return ownNames.get(name) ?? (Object.hasOwn(kerasSchedules, name) ? name : undefined);
}
