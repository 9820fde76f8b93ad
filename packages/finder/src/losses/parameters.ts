import { InputError, notAllowed, suggestion } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { add, mean, mul, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import type { LossFunction, LossKind, LossParameters } from './loss.js';

/** What every loss takes: whether a batch's loss is the mean over its entries or their sum. */
const everyLoss = { reduction: Type.String({ enum: ['mean', 'sum'], default: 'mean' }) };

/**
 * A loss with parameters, such as `huber(delta=0.5)` or `categoricalCrossentropy(labelSmoothing=0.1)`.
 *
 * @param kind its entry in the table
 * @param given parameters, in lrfind's spelling or Keras's
 * @param label what messages call the loss
 * @param functionOf the function of an entry
 * @returns the entry itself where all parameters have their defaults; else one whose name has the others
 * @throws InputError for a parameter that the loss does not have, and for a value that it cannot have
 */
export function lossWith(
  kind: LossKind,
  given: Readonly<Record<string, unknown>>,
  label: string,
  functionOf: (kind: LossKind) => LossFunction,
): LossKind {
  const properties = { ...kind.parameters, ...everyLoss };
  const camel = Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value]));
  const unknown = Object.keys(camel).find((name) => !Object.hasOwn(properties, name));
  if (unknown !== undefined) {
    const names = Object.keys(properties);
    throw new InputError(
      `${label} ${kind.name} must have parameters of ${names.join(', ')}; got "${unknown}"${suggestion(unknown, names)}`,
    );
  }
  const all = resolveOptions(Type.Object(properties), camel, (name) => `${label} ${kind.name}: ${name}`);
  const changed = Object.entries(all).filter(
    ([name, value]) => (properties[name as keyof typeof properties] as { default?: unknown }).default !== value,
  );
  if (changed.length === 0) return kind;
  const { reduction, ...own } = all as LossParameters & { readonly reduction: string };
  const differs = changed.some(([name]) => name !== 'reduction');
  const made: LossKind = { ...kind, tfjs: null, ...(differs && kind.withParameters?.(own)) };
  const name = `${kind.name}(${changed.map((each) => each.join('=')).join(',')})`;
  if (reduction !== 'sum') return { ...made, name };
  const onLogits = made.onLogits && { ...made.onLogits, loss: withSum(made.onLogits.loss) };
  return { ...made, name, compute: summed(() => functionOf(made)), ...(onLogits && { onLogits }) };
}

/** The text of a loss with the sum in place of the mean. */
function withSum(loss: string): string {
  return loss.endsWith(')') ? `${loss.slice(0, -1)},reduction=sum)` : `${loss}(reduction=sum)`;
}

/** Keras's sum over the entries of a batch, each of which is the mean over an output's units. */
function summed(make: () => LossFunction): LossFunction {
  let made: LossFunction | undefined;
  return (target, prediction) =>
    tidy(() => {
      made ??= make();
      const loss = made;
      const entries = (loss.entries ?? loss)(target, prediction);
      return sum(entries.rank === prediction.rank ? mean(entries, -1) : entries);
    });
}

/**
 * A loss on targets that are moved towards others: Keras's `label_smoothing`.
 *
 * @param share from 0 to 1 of each target that the others get
 * @param parts how many others there are, with the target itself; the number of units by default
 */
export function smoothed(loss: LossFunction, share: number, parts?: number): LossFunction {
  const on = (compute: LossFunction) => (target: Tensor, prediction: Tensor) =>
    tidy(() => compute(add(mul(target, 1 - share), share / (parts ?? (target.shape.at(-1) as number))), prediction));
  const { entries } = loss;
  return entries ? Object.assign(on(loss), { entries: on(entries) }) : on(loss);
}

/** A loss that is made when it is first used, for those that need a backend. */
export function lazyLoss(make: () => LossFunction): LossFunction {
  let made: LossFunction | undefined;
  return (target, prediction) => {
    made ??= make();
    return made(target, prediction);
  };
}

/**
 * Splits a text such as `huber(delta=0.5)`.
 *
 * @param label what messages call the loss
 * @throws InputError for parameters that are no list of `name=value`
 */
export function parseLoss(
  text: string,
  label: string,
): { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> } {
  const [, name = text, inner] = /^([^(]*)\(([^()]*)\)$/.exec(text.trim()) ?? [];
  // Without a prototype, so that `__proto__` is a name like any other.
  const parameters: Record<string, unknown> = Object.create(null);
  for (const part of inner?.split(',') ?? []) {
    const [key = '', value, ...more] = part.split('=').map((each) => each.trim());
    if (value === undefined || value === '' || more.length > 0 || !/^[A-Za-z_]\w*$/.test(key))
      throw notAllowed(`${label}: each parameter`, 'name=value', part.trim());
    parameters[key] = Number.isNaN(Number(value)) ? value : Number(value);
  }
  return { name, parameters };
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
