import { notAllowed, notOneOf } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { withAccumulation } from './accumulation.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamw } from './adamw.js';
import { withClipping } from './clipping.js';
import { dog } from './dog.js';
import { lion } from './lion.js';
import { momo, momoAdam } from './momo.js';
import { muon } from './muon.js';
import { nadam } from './nadam.js';
import type { OptimizerState } from './optimizer-state.js';
import { prodigy } from './prodigy.js';
import { rmsprop } from './rmsprop.js';
import { scheduleFreeAdamw, scheduleFreeSgd } from './schedule-free.js';
import { momentum, nesterov, sgd } from './sgd.js';
import type { Named, OptimizerKind, UpdateRule } from './update-rule.js';
import { withWeightAverage } from './weight-average.js';

/** Every optimizer, in the order of help and docs. Add one as a file and an entry here. */
export const optimizers: readonly OptimizerKind[] = [
  sgd,
  momentum,
  nesterov,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw,
  adamax,
  nadam,
  lion,
  muon,
  scheduleFreeSgd,
  scheduleFreeAdamw,
  momo,
  momoAdam,
  prodigy,
  dog,
].map((kind) => withWeightAverage(withAccumulation(withClipping(kind))));

/**
 * An optimizer as a caller gives it: a name from the table, or an object with the name and any parameters of that optimizer,
 * such as `{ name: 'adam', beta1: 0.95 }`. Case does not matter, nor do hyphens, so the names of Keras, TensorFlow.js and optax
 * (`SGD`, `RMSProp`, `ScheduleFreeAdamW`, `schedule_free_adamw`) are names too.
 */
export type OptimizerSpec = string | { readonly name: string; readonly [parameter: string]: unknown };

/** A value of an optimizer's parameter. */
export type ParameterValue = number | boolean | readonly string[];

/** An optimizer, checked and ready to train. */
export interface ResolvedOptimizer {
  /** Its entry in the table. */
  readonly kind: OptimizerKind;
  /** Every parameter, defaults filled in. */
  readonly parameters: Named<ParameterValue>;
  /** Its arithmetic with these parameters. */
  readonly rule: UpdateRule;
  /** Where a training begins that keeps the weights it is given: the state of an optimizer that has taken steps. Default: a new one. */
  readonly state?: OptimizerState | undefined;
}

/**
 * Checks an optimizer's name and parameters, fills in Keras's defaults and makes its rule.
 *
 * @param spec the name, or the name with parameters; `undefined` parameters take their defaults
 * @param label what messages call a parameter; `adam.beta1` by default
 * @throws InputError for an unknown name or parameter, or a value of the wrong type or out of range
 */
export function resolveOptimizer(spec: OptimizerSpec, label?: (parameter: string) => string): ResolvedOptimizer {
  const { name, ...options } =
    typeof spec === 'string' ? { name: spec } : { ...(spec as Exclude<OptimizerSpec, string>) };
  if (typeof name !== 'string') {
    throw notAllowed(
      'optimizer',
      'a name or an object with a name, such as "adam" or {"name":"adam","beta1":0.95}',
      spec,
    );
  }
  const kind = optimizerNamed(name);
  if (!kind) {
    throw notOneOf(
      'optimizer',
      optimizers.map((entry) => entry.name),
      name,
    );
  }
  const parameters = resolveOptions(kind.parameters, options, label ?? ((parameter) => `${kind.name}.${parameter}`));
  return { kind, parameters: parameters as Named<ParameterValue>, rule: kind.create(parameters) };
}

/** The entry of that name, in any case, with underscores or nothing in place of hyphens; or `undefined`. */
export function optimizerNamed(name: string): OptimizerKind | undefined {
  const wanted = name.toLowerCase();
  return optimizers.find(({ name: own }) => ['-', '_', ''].some((joint) => own.replaceAll('-', joint) === wanted));
}

/** An optimizer's name and the parameters that are not Keras's defaults: `sgd momentum=0.9`. */
export function optimizerText({ kind, parameters }: ResolvedOptimizer): string {
  const changed = Object.entries(parameters).filter(
    ([name, value]) => String((kind.parameters.properties[name] as { default?: unknown }).default) !== String(value),
  );
  return [kind.name, ...changed.map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** The JSON form of an optimizer: its name and every parameter. */
export function optimizerConfig({ kind, parameters }: ResolvedOptimizer) {
  return { name: kind.name, ...parameters };
}
