import { InputError, isObject } from '@lrfind/core';
import { type OptimizerSpec, optimizerNamed, optimizers } from './registry.js';
import { RULE_OPTIMIZER, readParameters } from './rule-optimizer.js';

/** An optimizer read from a file or an object, and the learning rate it had there. */
export interface FoundOptimizer {
  /** For `resolveOptimizer`, which checks ranges. */
  readonly spec: Exclude<OptimizerSpec, string>;
  /** The rate, or the schedule that the file has instead; `undefined` where the file has neither. */
  readonly rate: number | FoundSchedule | undefined;
}

/** A learning-rate schedule as Keras or lrfind saves it, not interpreted. */
export interface FoundSchedule {
  /** Keras's class name, such as `ExponentialDecay`, or the name of one of lrfind's schedules. */
  readonly name: string;
  /** Keras's options in Keras's spelling, such as `{ initial_learning_rate: 0.1, … }`, or the `config` of lrfind's schedule. */
  readonly config: unknown;
}

/** Options that do not affect the arithmetic: Keras multiplies the loss by `lossScaleFactor` and divides the gradients by it. */
const idle = ['name', 'jitCompile', 'isLegacyOptimizer', 'lossScaleFactor'];

/** How Keras's nadam raises its momentum; earlier versions wrote it, under either name. */
const NADAM_DECAY = 0.004;

/** The options of the moving average of the weights. */
const averageOptions = ['useEma', 'emaMomentum', 'emaOverwriteFrequency'];

/**
 * Reads the optimizer of a model file's training configuration: what TensorFlow.js saves with `includeOptimizer`, what
 * its converter copies from a Keras file (`optimizer_config`), what a `.keras` file holds (`optimizer`), or one such
 * optimizer by itself (`class_name` and `config`). Options may be in Keras's or TensorFlow.js's spelling. An option that
 * is missing or null takes Keras 3's default.
 *
 * @param trainingConfig the parsed JSON
 * @param where what messages call the source, such as the file's name
 * @throws InputError for an optimizer or an option that lrfind does not have, saying what to give instead
 *
 * @example
 * const { spec } = optimizerFromTrainingConfig({
 *   optimizer_config: { class_name: 'Adam', config: { learning_rate: 0.01, beta_1: 0.95 } },
 * });
 * console.log(spec); // { name: 'adam', beta1: 0.95 }
 */
export function optimizerFromTrainingConfig(trainingConfig: unknown, where = 'training_config'): FoundOptimizer {
  const outer = isObject(trainingConfig) ? trainingConfig : {};
  const found = outer.optimizer_config ?? outer.optimizer ?? outer;
  if (typeof found === 'string') return optimizerFromConfig(found, {}, `${where}: optimizer ${found}`);
  if (!isObject(found) || typeof found.class_name !== 'string' || !isObject(found.config)) {
    throw new InputError(`${where} must have an optimizer_config or optimizer with class_name and config; got neither`);
  }
  return optimizerFromConfig(found.class_name, found.config, `${where}: optimizer ${found.class_name}`);
}

/**
 * Reads an optimizer from its class name and configuration, in Keras's or TensorFlow.js's spelling.
 *
 * @param className such as `SGD`, `Momentum`, `RMSprop`, `RMSProp` or `Custom>Adam`, which is how some versions of
 * Keras 2 write their own
 * @param config its options
 * @param label start of messages
 * @throws InputError as `optimizerFromTrainingConfig` does
 */
export function optimizerFromConfig(className: string, config: object, label: string): FoundOptimizer {
  const bare = className.replace(/^Custom>/, '');
  // It scales the loss against underflow in float16 and divides the gradients by the same number.
  const inner = /^LossScaleOptimizer/.test(bare) && (config as { inner_optimizer?: unknown }).inner_optimizer;
  if (inner) return optimizerFromTrainingConfig(inner, label);
  if (bare === RULE_OPTIMIZER) {
    const { name, ...options } = config as { name?: unknown };
    return optimizerFromConfig(String(name), readParameters(options), `${label} ${name}`);
  }
  const kind = optimizerNamed(bare === 'Momentum' ? 'sgd' : bare);
  if (!kind) {
    throw new InputError(
      `${label} is not available: name the optimizer to use instead, one of ${optimizers.map(({ name }) => name).join(', ')}`,
    );
  }
  const given = new Map(Object.entries(config).map(([key, value]) => [camelCase(key), value as unknown]));
  // TensorFlow.js calls RMSProp's rho "decay", where Keras 2 means that the rate decays; Keras always writes rho as well.
  if (bare === 'RMSProp') rename(given, 'decay', 'rho');
  rename(given, 'useNesterov', 'nesterov');
  rename(given, 'lr', 'learningRate');
  if (kind.name === 'nadam')
    for (const option of ['decay', 'scheduleDecay']) if (given.get(option) === NADAM_DECAY) given.delete(option);
  const written = readRate(given.get('learningRate'), label);
  const rate = kind.name === 'nadam' ? written : withDecay(written, given);
  given.delete('learningRate');
  for (const option of kind.code.noneInKeras ?? []) if (given.get(option) === null) given.set(option, 0);
  // Keras always writes these; without useEma they mean nothing.
  if (!given.get('useEma')) for (const option of averageOptions) given.delete(option);

  const { name } = kind.name === 'adam' && given.get('weightDecay') ? { name: 'adamw' } : kind;
  const taken = Object.keys(optimizerNamed(name)?.parameters.properties ?? {});
  const options = taken.filter((option) => given.get(option) != null).map((option) => [option, given.get(option)]);
  const spec = { name, ...Object.fromEntries(options) };
  const ofKeras = bare === kind.code.keras ? (kind.code.notInKeras ?? []) : [];
  const others = [...given].filter(
    ([option, value]) => value && (!taken.includes(option) || ofKeras.includes(option)) && !idle.includes(option),
  );
  if (others.length > 0) {
    const list = others.map(([option, value]) => `${option} ${JSON.stringify(value)}`).join(', ');
    throw new InputError(
      `${label} has options that lrfind does not have: ${list}. To train without them, name the optimizer yourself: ${JSON.stringify(spec)}`,
    );
  }
  return { spec, rate };
}

function readRate(value: unknown, label: string): FoundOptimizer['rate'] {
  if (value == null) return undefined;
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  if (isObject(value) && typeof value.class_name === 'string') return { name: value.class_name, config: value.config };
  if (isObject(value) && typeof value.name === 'string') return { name: value.name, config: value };
  throw new InputError(
    `${label}: learning_rate must be a number at least 0 or a schedule; got ${JSON.stringify(value)}`,
  );
}

/** The rate that Keras 2 divides by 1 + `decay` · step, as a schedule; the option is then used up. */
function withDecay(rate: FoundOptimizer['rate'], given: Map<string, unknown>): FoundOptimizer['rate'] {
  const decay = given.get('decay');
  if (typeof rate !== 'number' || typeof decay !== 'number' || !(decay > 0 && decay < Infinity)) return rate;
  given.delete('decay');
  return {
    name: 'InverseTimeDecay',
    config: { initial_learning_rate: rate, decay_steps: 1, decay_rate: decay, staircase: false },
  };
}

function rename(options: Map<string, unknown>, from: string, to: string): void {
  if (!options.has(from) || options.has(to)) return;
  options.set(to, options.get(from));
  options.delete(from);
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
