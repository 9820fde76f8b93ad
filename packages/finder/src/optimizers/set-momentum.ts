import { keep, type Optimizer, type Scalar, scalar } from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';
import type { RuleOptimizer } from './rule-optimizer.js';

/** What TensorFlow.js's optimizers look like from inside. Types only: several copies of tfjs-core may be loaded. */
interface Inside {
  momentum?: unknown;
  beta1?: unknown;
  /** Of Momentum: the constant from which it computes; its own `setMomentum` does not reach it. */
  m?: Scalar;
}

/**
 * Sets the momentum (β₁ for adam and its relatives) with which the optimizer takes its next step.
 *
 * @param momentum above 0 and below 1
 * @returns whether the optimizer has one to set: a momentum of 0 is none, since there is no velocity to repeat
 * @throws InputError for another number
 */
export function setMomentum(optimizer: Optimizer, momentum: number): boolean {
  if (!(momentum > 0 && momentum < 1)) {
    throw new InputError(`the momentum must be a number above 0 and below 1; got ${momentum}`);
  }
  const { parameters, setParameter } = optimizer as Partial<RuleOptimizer>;
  const inside = optimizer as unknown as Inside;
  const values: Inside = parameters ?? inside;
  const key = values.momentum ? 'momentum' : typeof values.beta1 === 'number' ? 'beta1' : undefined;
  if (!key) return false;
  if (setParameter) {
    setParameter.call(optimizer, key, momentum);
    return true;
  }
  inside[key] = momentum;
  if (inside.m) {
    inside.m.dispose();
    inside.m = keep(scalar(momentum));
  }
  return true;
}
