import { InputError } from '@lrfind/core';
import {
  add,
  addN,
  clipByValue,
  div,
  greater,
  maximum,
  minimum,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { Gradients, OptimizerKind } from './update-rule.js';

/** How gradients are limited before an update, as Keras's optimizers do it. One of the three can be given. */
const parameters = Type.Object({
  clipnorm: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'limit the norm of the gradient of each weight' }),
  ),
  globalClipnorm: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'limit the norm of all gradients together' }),
  ),
  clipvalue: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'limit the absolute value of each element of the gradients' }),
  ),
});

type Clipping = Static<typeof parameters>;

/** Adds the parameters of clipping to an optimizer. */
export function withClipping(kind: OptimizerKind): OptimizerKind {
  const own = Object.keys(parameters.properties);
  return {
    ...kind,
    parameters: Type.Object(
      { ...kind.parameters.properties, ...parameters.properties },
      { additionalProperties: false },
    ),
    create(options) {
      const rule = kind.create(Object.fromEntries(Object.entries(options).filter(([name]) => !own.includes(name))));
      const clip = clipper(options as Clipping, kind.name);
      return clip ? { ...rule, clip } : rule;
    },
  };
}

/** @throws InputError where more than one limit is given, as in Keras */
function clipper(clipping: Clipping, name: string): ((gradients: Gradients) => Gradients) | undefined {
  const { clipnorm, globalClipnorm, clipvalue } = clipping;
  const given = Object.keys(parameters.properties).filter((limit) => clipping[limit as keyof Clipping] !== undefined);
  if (given.length > 1) throw new InputError(`${name} must have one kind of clipping; got ${given.join(' and ')}`);
  const each = (change: (gradient: Tensor) => Tensor) => (gradients: Gradients) =>
    gradients.map((gradient) => gradient && change(gradient));
  if (clipnorm !== undefined) return each((gradient) => clipByNorm(gradient, clipnorm));
  if (clipvalue !== undefined) return each((gradient) => clipByValue(gradient, -clipvalue, clipvalue));
  if (globalClipnorm !== undefined) return (gradients) => clipByGlobalNorm(gradients, globalClipnorm);
  return undefined;
}

/** gradient · limit / max(‖gradient‖, limit). The root is taken of 1 where the norm is 0, as in Keras. */
function clipByNorm(gradient: Tensor, limit: number): Tensor {
  const squares = sum(square(gradient));
  const positive = greater(squares, 0);
  const norm = where(positive, sqrt(where(positive, squares, 1)), squares);
  return div(mul(gradient, limit), maximum(norm, limit));
}

/** gradient · limit · min(1 / norm, 1 / limit), the norm being that of all gradients; NaN where it is infinite, as in Keras. */
function clipByGlobalNorm(gradients: Gradients, limit: number): Gradients {
  const squares = gradients.flatMap((gradient) => (gradient ? [sum(square(gradient))] : []));
  if (squares.length === 0) return gradients;
  const norm = sqrt(addN(squares));
  const finite = mul(limit, minimum(div(1, norm), 1 / limit));
  const scale = add(finite, sub(norm, norm));
  return gradients.map((gradient) => gradient && mul(gradient, scale));
}
