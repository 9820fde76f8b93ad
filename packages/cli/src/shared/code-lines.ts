import { optimizers } from '@lrfind/finder';
import { type SweepResult } from '@lrfind/core/results';
import { rateText } from './terminal/numbers.js';

type Parameters = Readonly<Record<string, unknown>>;

/** An optimizer in TensorFlow.js's and in Keras's words. */
interface Constructors {
  /** The row of the table whose defaults are the constructors' own. */
  readonly defaults: string;
  /** TensorFlow.js's function and the order of its parameters after the rate; null where it has none. */
  readonly tfjs: { readonly name: string; readonly parameters: readonly string[] } | null;
  /** Keras's class. */
  readonly keras: string;
}

const sgd: Constructors = {
  defaults: 'sgd',
  tfjs: { name: 'momentum', parameters: ['momentum', 'nesterov'] },
  keras: 'SGD',
};

/** TensorFlow.js's adadelta differs from Keras's, so a rate found here would be wrong there: it has no line. */
const constructors: Readonly<Record<string, Constructors>> = {
  sgd,
  momentum: sgd,
  nesterov: sgd,
  rmsprop: row('rmsprop', 'RMSprop', ['rho', 'momentum', 'epsilon', 'centered']),
  adagrad: row('adagrad', 'Adagrad', ['initialAccumulatorValue']),
  adadelta: { ...row('adadelta', 'Adadelta', []), tfjs: null },
  adam: row('adam', 'Adam', ['beta1', 'beta2', 'epsilon']),
  adamw: { ...row('adamw', 'AdamW', []), tfjs: null },
  adamax: row('adamax', 'Adamax', ['beta1', 'beta2', 'epsilon']),
  nadam: { ...row('nadam', 'Nadam', []), tfjs: null },
  lion: { ...row('lion', 'Lion', []), tfjs: null },
};

function row(name: string, keras: string, parameters: readonly string[]): Constructors {
  return { defaults: name, tfjs: { name, parameters }, keras };
}

/** The line of code that uses the answer, in TensorFlow.js where it can be said there, and in Keras; empty without one. */
export function codeLines({ suggestion, setup }: SweepResult): string {
  const { name, ...parameters } = setup.optimizer;
  const words = constructors[name];
  if (!suggestion || !words) return '';
  const changed = changedParameters(parameters, words.defaults);
  const rate = rateText(suggestion.learningRate);
  const inTfjs = tfjsCall(rate, words, changed, parameters);
  return [
    inTfjs && `model.compile({ optimizer: ${inTfjs}, loss: ${tfjsLoss(setup.loss)} });`,
    `optimizer = keras.optimizers.${words.keras}(${kerasArguments(rate, changed)})`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** Losses that `model.compile` of TensorFlow.js takes as functions only. */
const lossFunctions: Readonly<Record<string, string>> = {
  huber: 'tf.losses.huberLoss',
  softmaxCrossEntropy: 'tf.losses.softmaxCrossEntropy',
  sigmoidCrossEntropy: 'tf.losses.sigmoidCrossEntropy',
};

/** A loss, or the losses of all outputs, as `model.compile` takes them. */
function tfjsLoss(loss: string): string {
  const names = loss.split(', ').map((name) => lossFunctions[name] ?? `'${name}'`);
  return names.length === 1 ? (names[0] as string) : `[${names.join(', ')}]`;
}

/** The parameters that differ from what the constructors assume. */
function changedParameters(parameters: Parameters, defaultsOf: string): Parameters {
  const declared = optimizers.find(({ name }) => name === defaultsOf)?.parameters.properties ?? {};
  return Object.fromEntries(
    Object.entries(parameters).filter(([name, value]) => (declared[name] as { default?: unknown })?.default !== value),
  );
}

function tfjsCall(rate: string, { tfjs }: Constructors, changed: Parameters, all: Parameters): string | null {
  if (!tfjs || Object.keys(changed).some((name) => !tfjs.parameters.includes(name))) return null;
  if (tfjs.name === 'momentum' && !all.momentum) return `tf.train.sgd(${rate})`;
  const last = tfjs.parameters.findLastIndex((name) => name in changed);
  return `tf.train.${tfjs.name}(${[rate, ...tfjs.parameters.slice(0, last + 1).map((name) => all[name])].join(', ')})`;
}

function kerasArguments(rate: string, changed: Parameters): string {
  const named = Object.entries(changed).map(([key, value]) => `${snakeCase(key)}=${pythonValue(value)}`);
  return [`learning_rate=${rate}`, ...named].join(', ');
}

function pythonValue(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function snakeCase(name: string): string {
  return name.replace(/^beta([12])$/, 'beta_$1').replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
