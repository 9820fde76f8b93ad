import { InputError, nearest, resolveOptions } from '@lrfind/core';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamw } from './adamw.js';
import { lion } from './lion.js';
import { momentum } from './momentum.js';
import { nadam } from './nadam.js';
import { nesterov } from './nesterov.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';
import type { Named, OptimizerKind, UpdateRule } from './update-rule.js';

/** Every optimizer, in the order in which help and docs list them. */
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
];

/**
 * An optimizer as a caller writes it: a name from the table, or an object with the name and any of that optimizer's
 * options, such as `{ name: 'adam', beta1: 0.95 }`. Upper and lower case are alike, so the class names of Keras and
 * TensorFlow.js (`SGD`, `RMSprop`, `RMSProp`, `AdamW`) are names too.
 */
export type OptimizerSpec = string | { readonly name: string; readonly [option: string]: unknown };

/** An optimizer, checked and ready to train. */
export interface ResolvedOptimizer {
  /** Its row in the table. */
  readonly kind: OptimizerKind;
  /** Every option of the kind, defaults filled in. */
  readonly parameters: Named<number | boolean>;
  /** Its arithmetic, with these options. */
  readonly rule: UpdateRule;
}

/**
 * Checks an optimizer's name and options, fills in Keras's defaults and makes its rule.
 *
 * @param spec the name, or the name with options; an option that is `undefined` takes its default
 * @param label how an option is called in messages; `adam.beta1` by default
 * @throws InputError for an unknown name or option, or a value of the wrong type or out of range
 */
export function resolveOptimizer(spec: OptimizerSpec, label?: (option: string) => string): ResolvedOptimizer {
  const { name, ...options } = typeof spec === 'string' ? { name: spec } : { ...spec };
  if (typeof name !== 'string') {
    throw new InputError(
      `optimizer must be a name or an object with a name, such as "adam" or {"name":"adam","beta1":0.95}; got ${JSON.stringify(spec)}`,
    );
  }
  const kind = optimizerNamed(name);
  if (!kind) {
    const names = optimizers.map((row) => row.name);
    const guess = nearest(name, names);
    throw new InputError(
      `unknown optimizer ${JSON.stringify(name)}; ${guess ? `did you mean ${guess}? ` : ''}Optimizers: ${names.join(', ')}`,
    );
  }
  const parameters = resolveOptions(kind.parameters, options, label ?? ((option) => `${kind.name}.${option}`));
  return { kind, parameters: parameters as Named<number | boolean>, rule: kind.create(parameters) };
}

/** The row of that name, upper and lower case alike, or `undefined`. */
export function optimizerNamed(name: string): OptimizerKind | undefined {
  return optimizers.find((kind) => kind.name === name.toLowerCase());
}
