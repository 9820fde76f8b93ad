import { rateText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { losses, type OptimizerCode, optimizerNamed } from '@lrfind/finder';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * The lines of code that use the suggested rate: in TensorFlow.js, where it has an optimizer of the same arithmetic, and
 * in Keras. Empty where there is no suggestion.
 */
export function codeLines({ suggestion, setup }: SweepResult): string {
  const { name, ...parameters } = setup.optimizer;
  const kind = optimizerNamed(name);
  if (!suggestion || !kind) return '';
  const all = { ...parameters, ...kind.code.implied };
  const rate = rateText(suggestion.learningRate);
  const changed = changedParameters(all, kind.code, kind.parameters.properties);
  // TensorFlow.js cannot weight the losses of outputs.
  const tfjs = setup.loss.includes('·') ? null : tfjsCall(rate, kind.code, all, changed);
  return [
    tfjs && `model.compile({ optimizer: ${tfjs}, loss: ${tfjsLoss(setup.loss)} });`,
    `optimizer = keras.optimizers.${kind.code.keras}(${kerasArguments(rate, changed)})`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** A loss, or the losses of all outputs, as `model.compile` takes them. */
function tfjsLoss(loss: string): string {
  const spelled = loss.split(', ').map((name) => losses.find((kind) => kind.name === name)?.tfjs ?? `'${name}'`);
  return spelled.length === 1 ? (spelled[0] as string) : `[${spelled.join(', ')}]`;
}

/** The parameters that differ from the defaults of the other libraries. */
function changedParameters(all: Parameters, { defaults = {} }: OptimizerCode, declared: object): Parameters {
  const standard = (name: string) =>
    defaults[name] ?? (declared as Record<string, { default?: unknown }>)[name]?.default;
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => standard(name) !== value));
}

function tfjsCall(rate: string, { tfjs }: OptimizerCode, all: Parameters, changed: Parameters): string | null {
  const call = tfjs(all);
  if (!call) return null;
  const expressed = [...call.parameters, ...(call.withoutEffect ?? [])];
  if (Object.keys(changed).some((name) => !expressed.includes(name))) return null;
  const last = call.parameters.findLastIndex((name) => name in changed);
  return `tf.train.${call.name}(${[rate, ...call.parameters.slice(0, last + 1).map((name) => all[name])].join(', ')})`;
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
