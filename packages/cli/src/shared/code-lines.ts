import { rateText } from '@lrfind/core';
import type { Comparison, SweepResult, SweptGroup } from '@lrfind/core/results';
import { resolveSchedule, toKeras } from '@lrfind/core/schedules';
import { TrainSettings } from '@lrfind/core/study';
import { losses, type OptimizerCode, optimizerNamed } from '@lrfind/finder';

type Parameters = Readonly<Record<string, unknown>>;

/** The batch size of `train` where none is given. */
const { default: usualBatchSize } = TrainSettings.properties.batchSize as { readonly default?: number };

/**
 * The lines of code that use the suggested rate: in TensorFlow.js, where it has an optimizer of the same arithmetic, and in
 * Keras, or else optax. Where none of them has it, it is a call of lrfind's `train`. With groups of layers it is that call too, since
 * the optimizers of the others have one rate for all layers. With a schedule it is that call, since TensorFlow.js has none, and the
 * lines of Keras where that has the schedule. Empty where there is no suggestion, and for a loop that lrfind did not run itself.
 */
export function codeLines(result: SweepResult): string {
  const { suggestion, setup, groups, options } = result;
  const { name, ...parameters } = setup.optimizer;
  const kind = optimizerNamed(name);
  // Of a loop of another program lrfind knows the optimizer by name alone.
  if (!suggestion || !kind || setup.parameters === null) return '';
  const all = { ...parameters, ...kind.code.implied };
  const rate = rateText(suggestion.learningRate);
  if (groups) {
    const changed = changedParameters(parameters, {}, kind.parameters.properties);
    return trainCall(suggestion.schedule ?? Number(rate), groups, { name, ...changed }, setup.loss, lengthOf(result));
  }
  const changed = changedParameters(all, kind.code, kind.parameters.properties);
  if (suggestion.schedule !== undefined && !isConstant(suggestion.schedule)) {
    const own = changedParameters(parameters, {}, kind.parameters.properties);
    const schedule = kerasSchedule(suggestion.schedule);
    const keras = schedule && kerasCall(schedule, kind.code, changed);
    return [
      trainCall(suggestion.schedule, [], { name, ...own }, setup.loss, lengthOf(result)),
      keras && `optimizer = ${keras}`,
    ]
      .filter(Boolean)
      .join('\n');
  }
  const python = kerasCall(rate, kind.code, changed) ?? optaxCall(rate, kind.code, changed);
  // TensorFlow.js cannot weight the losses of outputs, and its losses have no parameters.
  const tfjs = /[·(]/.test(setup.loss) ? null : tfjsCall(rate, kind.code, all, changed);
  const both = [
    tfjs && `model.compile({ optimizer: ${tfjs}, loss: ${tfjsLoss(setup.loss)} });`,
    python && `optimizer = ${python}`,
  ];
  // Whoever has a file of Keras looks for the line of Keras.
  const lines = (isOfKeras(options) ? both.reverse() : both).filter(Boolean);
  if (lines.length > 0) return lines.join('\n');
  const own = changedParameters(parameters, {}, kind.parameters.properties);
  return trainCall(Number(rate), [], { name, ...own }, setup.loss, {});
}

/** The line of code that trains as the best trial of a comparison was trained. Empty where no trial came to its end. */
export function bestTrialCode({ ranking, trials, setup, options }: Comparison): string {
  const [best] = ranking;
  const trial = trials.find(({ name }) => name === best?.name);
  if (!trial || best?.outcome !== 'finished') return '';
  const { learningRate, optimizer, batchSize } = trial.recipe;
  const { name, ...parameters } = optimizer;
  const changed = changedParameters(parameters, {}, optimizerNamed(name)?.parameters.properties ?? {});
  const {
    epochs,
    steps,
    groups = {},
  } = options as {
    readonly epochs?: number;
    readonly steps?: number;
    readonly groups?: Readonly<Record<string, number>>;
  };
  return trainCall(
    learningRate,
    Object.entries(groups).map(([pattern, multiplier]) => ({ pattern, multiplier })),
    { name, ...changed },
    setup.loss,
    lengthOptions(epochs, steps ?? 0, setup.rows, batchSize),
  );
}

/** Whether the model or its weights came from a file of Keras, by the endings of their names. */
function isOfKeras({ model, weights }: Readonly<Record<string, unknown>> = {}): boolean {
  return [model, weights].some((path) => typeof path === 'string' && /\.(keras|h5|hdf5)$/i.test(path));
}

/** Whether a schedule is a rate by itself. */
function isConstant(schedule: string): boolean {
  return !schedule.includes('(');
}

/** The schedule in Keras's code; null where Keras has none with these rates. */
function kerasSchedule(schedule: string): string | null {
  const { config } = resolveSchedule(schedule);
  const keras = config ? toKeras(config) : null;
  if (!keras) return null;
  const given = Object.entries(keras.parameters).map(([key, value]) => `${key}=${pythonValue(value)}`);
  return `keras.optimizers.schedules.${keras.className}(${given.join(', ')})`;
}

/** The options of `train` for a training that is as long as the schedule. */
function lengthOf({ suggestion, verification, options, setup }: SweepResult): Parameters {
  const { epochs, batchSize } = options as { readonly epochs?: number; readonly batchSize?: number };
  const { rows } = setup;
  if (suggestion?.schedule === undefined || isConstant(suggestion.schedule)) return {};
  if (batchSize === undefined || rows === null) return {};
  return lengthOptions(epochs, verification?.target ?? 0, rows, batchSize);
}

/** The options of `train` for so many epochs, or else steps. */
function lengthOptions(epochs: number | undefined, steps: number, rows: number, batchSize: number): Parameters {
  const length = epochs ?? Math.ceil(steps / Math.ceil(rows / batchSize));
  return { epochs: length, ...(batchSize !== usualBatchSize && { batchSize }) };
}

/** The call of `train`, with the groups if there are any. A loss of the caller's own has no name to write. */
function trainCall(
  learningRate: string | number,
  groups: readonly Pick<SweptGroup, 'pattern' | 'multiplier'>[],
  optimizer: Parameters,
  loss: string,
  length: Parameters,
): string {
  const multipliers = groups.flatMap(({ pattern, multiplier }) => (pattern === null ? [] : [[pattern, multiplier]]));
  const weighted = loss.split(', ').map((part) => /^(?:(.+)·)?(.+)$/.exec(part)?.slice(1) ?? []);
  const [names, weights] = [weighted.map(([, own]) => own), weighted.map(([weight = 1]) => Number(weight))];
  const known = names.every((own) => losses.some((kind) => kind.name === own?.replace(/\(.*/, '')));
  return `await train(model, { xs, ys }, ${literal({
    learningRate: typeof learningRate === 'string' && isConstant(learningRate) ? Number(learningRate) : learningRate,
    ...length,
    ...(multipliers.length > 0 && { groups: Object.fromEntries(multipliers) }),
    optimizer: Object.keys(optimizer).length > 1 ? optimizer : optimizer.name,
    ...(known && { loss: names.length === 1 ? names[0] : names }),
    ...(weights.some((weight) => weight !== 1) && { lossWeights: weights }),
  })});`;
}

/** A value as JavaScript writes it. */
function literal(value: unknown): string {
  if (typeof value === 'string') {
    const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
    return `'${escaped}'`;
  }
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const keyText = (key: string) => (/^[A-Za-z_]\w*$/.test(key) ? key : literal(key));
  const entries = Object.entries(value).map(([key, each]) => `${keyText(key)}: ${literal(each)}`);
  return `{ ${entries.join(', ')} }`;
}

/** A loss, or the losses of all outputs, as `model.compile` takes them; a function of the caller's own by its name. */
function tfjsLoss(loss: string): string {
  const spelled = loss.split(', ').map((name) => {
    const kind = losses.find((each) => each.name === name);
    return kind ? (kind.tfjs ?? `'${name}'`) : name;
  });
  return spelled.length === 1 ? (spelled[0] as string) : `[${spelled.join(', ')}]`;
}

/** The parameters that differ from the defaults of the other libraries. */
function changedParameters(
  all: Parameters,
  { defaults = {} }: Pick<OptimizerCode, 'defaults'>,
  declared: object,
): Parameters {
  const standard = (name: string) =>
    defaults[name] ?? (declared as Record<string, { default?: unknown }>)[name]?.default;
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => String(standard(name)) !== String(value)));
}

function tfjsCall(rate: string, { tfjs }: OptimizerCode, all: Parameters, changed: Parameters): string | null {
  const call = tfjs(all);
  if (!call) return null;
  const expressed = [...call.parameters, ...(call.withoutEffect ?? [])];
  if (Object.keys(changed).some((name) => !expressed.includes(name))) return null;
  const last = call.parameters.findLastIndex((name) => name in changed);
  return `tf.train.${call.name}(${[rate, ...call.parameters.slice(0, last + 1).map((name) => all[name])].join(', ')})`;
}

/** Null where Keras has no such optimizer, or not with these parameters. */
function kerasCall(rate: string, { keras, notInKeras = [], noneInKeras = [] }: OptimizerCode, changed: Parameters) {
  if (keras === null || Object.keys(changed).some((name) => notInKeras.includes(name))) return null;
  const named = Object.entries(changed).map(([name, value]) => {
    const none = value === 0 && noneInKeras.includes(name);
    return `${snakeCase(name)}=${none ? 'None' : pythonValue(value)}`;
  });
  return `keras.optimizers.${keras}(${[`learning_rate=${rate}`, ...named].join(', ')})`;
}

/** Null where optax has no such optimizer, or not with these parameters. */
function optaxCall(rate: string, { optax }: OptimizerCode, changed: Parameters) {
  if (!optax || Object.keys(changed).some((name) => !(name in optax.parameters))) return null;
  const named = Object.entries(changed).map(([name, value]) => `${optax.parameters[name]}=${pythonValue(value)}`);
  return `optax.contrib.${optax.name}(${[`learning_rate=${rate}`, ...named].join(', ')})`;
}

function pythonValue(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value);
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function snakeCase(name: string): string {
  return name.replace(/([bB]eta)([12])$/, '$1_$2').replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
