import { firstDifference } from '../json.js';
import { scheduleNamed } from './registry.js';
import type { ScheduleConfig } from './schedule.js';

/** A schedule of `keras.optimizers.schedules`: its class, and the arguments of its constructor that differ from the defaults. */
export interface KerasSchedule {
  readonly className: string;
  readonly parameters: Readonly<Record<string, number | boolean>>;
}

/** How Keras writes a kind. */
interface Spelling {
  readonly className: string;
  /** Our parameters by Keras's names; the ones that are left out must have their default. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The kinds that Keras has, by name. */
const spellings: Readonly<Record<string, Spelling>> = {
  exponential: {
    className: 'ExponentialDecay',
    parameters: {
      initial_learning_rate: 'rate',
      decay_steps: 'steps',
      decay_rate: 'factor',
      staircase: 'staircase',
    },
  },
  'inverse-time': {
    className: 'InverseTimeDecay',
    parameters: { initial_learning_rate: 'rate', decay_steps: 'steps', decay_rate: 'decay', staircase: 'staircase' },
  },
  polynomial: {
    className: 'PolynomialDecay',
    parameters: {
      initial_learning_rate: 'rate',
      decay_steps: 'steps',
      end_learning_rate: 'end',
      power: 'power',
      cycle: 'cycle',
    },
  },
  cosine: {
    className: 'CosineDecay',
    parameters: { initial_learning_rate: 'rate', decay_steps: 'steps', alpha: 'alpha' },
  },
  'cosine-restarts': {
    className: 'CosineDecayRestarts',
    parameters: {
      initial_learning_rate: 'rate',
      first_decay_steps: 'steps',
      t_mul: 'tMul',
      m_mul: 'mMul',
      alpha: 'alpha',
    },
  },
};

/** A cosine after a warm-up, in which Keras's initial rate is that of the warm-up. */
const warmedCosine: Spelling = {
  className: 'CosineDecay',
  parameters: {
    initial_learning_rate: 'start',
    decay_steps: 'steps',
    alpha: 'alpha',
    warmup_target: 'rate',
    warmup_steps: 'warmup',
  },
};

/**
 * A schedule as Keras 3 writes it.
 *
 * @returns null where Keras has no schedule with the same rates
 */
export function toKeras(config: ScheduleConfig): KerasSchedule | null {
  const { name, ...own } = config;
  const warmed = name === 'cosine' && own.warmup !== 0;
  const spelling = warmed ? warmedCosine : Object.hasOwn(spellings, name) ? spellings[name] : undefined;
  if (!spelling) return null;
  const { properties } = scheduleNamed(name).parameters;
  const isDefault = (parameter: string) =>
    !firstDifference(own[parameter], (properties[parameter] as { default?: unknown } | undefined)?.default);
  const spelled = Object.entries(spelling.parameters);
  const others = Object.keys(own).filter((parameter) => !spelled.some(([, each]) => each === parameter));
  // Without a warm-up its first rate has no meaning.
  if (others.some((parameter) => !isDefault(parameter) && !(parameter === 'start' && !warmed))) return null;
  const changed = spelled.filter(([keras, parameter]) => keras.startsWith('initial') || !isDefault(parameter));
  return {
    className: spelling.className,
    parameters: Object.fromEntries(changed.map(([keras, parameter]) => [keras, own[parameter] as number | boolean])),
  };
}
