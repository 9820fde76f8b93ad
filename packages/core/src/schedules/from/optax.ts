import * as Type from 'typebox';
import { choice } from '../../options.js';
import { flag, positive, rate, stepsOrNone } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, translate } from './foreign.js';
import { after, exponential, interpolated, line, scaled, warmedCosine } from './optax-shapes.js';

const initValue = rate('learning rate at step 0');
const peakValue = rate('highest learning rate');
// optax switches a transition of 0 or fewer steps off.
const transitionSteps = Type.Number({ description: 'steps of the transition; 0 or less switches it off' });
const transitionBegin = Type.Number({ default: 0, description: 'steps before the transition' });
const warmupSteps = stepsOrNone('steps of the warm-up');
const exponent = positive(1, 'power of the cosine');
const boundariesAndScales = Type.Optional(
  Type.Unsafe<Readonly<Record<string, number>>>({
    type: 'object',
    patternProperties: { '^\\d+$': { type: 'number', minimum: 0 } },
    additionalProperties: false,
    allowed: 'an object with steps as keys and scales of at least 0 as values',
    description: 'step → scale',
  }),
);
const exponentialParameters = {
  transition_steps: transitionSteps,
  decay_rate: rate('factor per transition_steps; 0 switches the decay off'),
  transition_begin: transitionBegin,
  staircase: flag(false, 'whether the rate changes in stairs'),
  end_value: Type.Optional(rate('limit of the rate')),
};
const cycle = Type.Unsafe<Readonly<Record<string, unknown>> & { readonly decay_steps: number }>({
  type: 'object',
  required: ['decay_steps'],
  properties: { decay_steps: { type: 'number' } },
  allowed: 'an object with the arguments of warmup_cosine_decay_schedule',
});

/** The schedules of optax, by the name of the function that makes each. */
export const optaxSchedules: ForeignTable = {
  constant_schedule: foreignKind(Type.Object({ value: rate('the rate') }), ({ value }) => value),
  linear_schedule: foreignKind(
    Type.Object({
      init_value: initValue,
      end_value: rate('rate at the end'),
      transition_steps: transitionSteps,
      transition_begin: transitionBegin,
    }),
    (o) => after(o.transition_begin, o.init_value, line(o.init_value, o.end_value, o.transition_steps)),
  ),
  polynomial_schedule: foreignKind(
    Type.Object({
      init_value: initValue,
      end_value: rate('rate at the end'),
      power: rate('exponent of the decay'),
      transition_steps: transitionSteps,
      transition_begin: transitionBegin,
    }),
    (o) => after(o.transition_begin, o.init_value, line(o.init_value, o.end_value, o.transition_steps, o.power)),
  ),
  exponential_decay: foreignKind(Type.Object({ init_value: initValue, ...exponentialParameters }), (o) =>
    exponential(o.init_value, o),
  ),
  cosine_decay_schedule: foreignKind(
    Type.Object({
      init_value: initValue,
      decay_steps: Type.Number({ exclusiveMinimum: 0, description: 'steps of the cosine' }),
      alpha: rate('lowest rate as a share of the highest', 0),
      exponent,
    }),
    (o) => ({ name: 'cosine', rate: o.init_value, steps: o.decay_steps, alpha: o.alpha, exponent: o.exponent }),
  ),
  piecewise_constant_schedule: foreignKind(
    Type.Object({ init_value: initValue, boundaries_and_scales: boundariesAndScales }),
    (o) => {
      const { at, rates } = scaled(o.init_value, o.boundaries_and_scales);
      return { name: 'piecewise-constant', rates, at, side: 'later' };
    },
  ),
  piecewise_interpolate_schedule: foreignKind(
    Type.Object({
      interpolate_type: choice(['linear', 'cosine'], { description: 'curve along which the rate moves' }),
      init_value: initValue,
      boundaries_and_scales: boundariesAndScales,
    }),
    (o) => interpolated(o.interpolate_type, o.init_value, o.boundaries_and_scales),
  ),
  linear_onecycle_schedule: foreignKind(
    Type.Object({
      transition_steps: Type.Integer({ minimum: 1, description: 'steps of the cycle' }),
      peak_value: peakValue,
      pct_start: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'share of the steps before the highest rate',
      }),
      pct_final: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.85,
        description: 'share of the steps before the rate is back at the first',
      }),
      div_factor: positive(25, 'ratio of the highest rate to the first'),
      final_div_factor: positive(1e4, 'ratio of the first rate to the last'),
    }),
    (o) =>
      interpolated('linear', o.peak_value / o.div_factor, {
        [Math.trunc(o.pct_start * o.transition_steps)]: o.div_factor,
        [Math.trunc(o.pct_final * o.transition_steps)]: 1 / o.div_factor,
        [o.transition_steps]: 1 / o.final_div_factor,
      }),
  ),
  cosine_onecycle_schedule: foreignKind(
    Type.Object({
      transition_steps: Type.Integer({ minimum: 1, description: 'steps of the cycle' }),
      peak_value: peakValue,
      pct_start: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'share of the steps before the highest rate',
      }),
      div_factor: positive(25, 'ratio of the highest rate to the first'),
      final_div_factor: positive(1e4, 'ratio of the first rate to the last'),
    }),
    (o) =>
      interpolated('cosine', o.peak_value / o.div_factor, {
        [Math.trunc(o.pct_start * o.transition_steps)]: o.div_factor,
        [o.transition_steps]: 1 / (o.div_factor * o.final_div_factor),
      }),
  ),
  warmup_constant_schedule: foreignKind(
    Type.Object({ init_value: initValue, peak_value: peakValue, warmup_steps: warmupSteps }),
    (o) => line(o.init_value, o.peak_value, o.warmup_steps),
  ),
  warmup_cosine_decay_schedule: foreignKind(
    Type.Object({
      init_value: initValue,
      peak_value: peakValue,
      warmup_steps: warmupSteps,
      decay_steps: Type.Number({ description: 'steps of warm-up and cosine together' }),
      end_value: rate('learning rate at the end', 0),
      exponent,
    }),
    warmedCosine,
  ),
  warmup_exponential_decay_schedule: foreignKind(
    Type.Object({ init_value: initValue, peak_value: peakValue, warmup_steps: warmupSteps, ...exponentialParameters }),
    (o) => ({
      name: 'join',
      schedules: [line(o.init_value, o.peak_value, o.warmup_steps), exponential(o.peak_value, o)],
      at: [o.warmup_steps],
    }),
  ),
  sgdr_schedule: foreignKind(
    Type.Object({ cosine_kwargs: Type.Array(cycle, { description: 'arguments of each cycle' }) }),
    ({ cosine_kwargs: cycles }) => {
      const ends = cycles.map((_, i) => cycles.slice(0, i + 1).reduce((sum, { decay_steps }) => sum + decay_steps, 0));
      const schedules = cycles.map((cycle) =>
        translate('optax', optaxSchedules, 'warmup_cosine_decay_schedule', cycle),
      );
      return { name: 'join', schedules, at: ends.slice(0, -1) };
    },
  ),
  join_schedules: foreignKind(
    Type.Object({
      schedules: Type.Array(Type.Unsafe<ScheduleSpec>({ allowed: 'a schedule' }), {
        description: 'schedules in any form that resolveSchedule takes',
      }),
      boundaries: Type.Array(Type.Number(), {
        description: 'steps at which the next schedule begins at its own step 0',
      }),
    }),
    ({ schedules, boundaries }) => ({ name: 'join', schedules, at: boundaries }),
  ),
  reduce_on_plateau: 'it follows a metric and is not a function of the step',
};

/** Translates an optax schedule, given by the name of its function and the arguments. */
export function optax(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('optax', optaxSchedules, name, parameters);
}
