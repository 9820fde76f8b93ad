import { InputError } from '@lrfind/core';
import { keep, type Optimizer, type Scalar, scalar } from '@tensorflow/tfjs-core';

/** An optimizer of lrfind's, which sets a parameter itself. */
interface Settable {
  readonly parameters: TfjsInternals;
  setParameter(name: string, value: number): void;
}

/** Internals of TensorFlow.js's optimizers. Types only: several copies of tfjs-core may be loaded. */
interface TfjsInternals {
  momentum?: unknown;
  beta1?: unknown;
  /** Of Momentum: the scalar that it computes with; its own `setMomentum` does not change it. */
  m?: Scalar;
}

/**
 * Sets the momentum (β₁ of adam and its variants) from the next step on.
 *
 * @param momentum above 0 and below 1
 * @returns whether the optimizer has a momentum; a momentum of 0 counts as none, because there is no velocity
 * @throws InputError for another number
 *
 * @example
 * const hasMomentum = setMomentum(model.optimizer, 0.95); // adam: β₁
 */
export function setMomentum(optimizer: Optimizer, momentum: number): boolean {
  if (!(momentum > 0 && momentum < 1)) {
    throw new InputError(`momentum must be a number above 0 and below 1; got ${momentum}`);
  }
  const { parameters, setParameter } = optimizer as unknown as Partial<Settable>;
  const internals = optimizer as unknown as TfjsInternals;
  const values: TfjsInternals = parameters ?? internals;
  const key = values.momentum ? 'momentum' : typeof values.beta1 === 'number' ? 'beta1' : undefined;
  if (!key) return false;
  if (setParameter) {
    setParameter.call(optimizer, key, momentum);
    return true;
  }
  internals[key] = momentum;
  if (internals.m) {
    internals.m.dispose();
    internals.m = keep(scalar(momentum));
  }
  return true;
}
