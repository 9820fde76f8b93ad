import { InputError } from '@lrfind/core';
import {
  add,
  cast,
  expandDims,
  fill,
  greaterEqual,
  logicalAnd,
  matMul,
  mul,
  range,
  reshape,
  softmax,
  sub,
  type Tensor,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import type { LayerCall, Shape } from './composed-layer.js';
import { snakeCase } from './spelling.js';

/** The tensors that an attention layer takes; one may stand for several. */
export type Role = 'query' | 'value' | 'key' | 'attention_mask';

/** The role of each of a layer's inputs. */
export function rolesOf({ inputs: names }: Readonly<Record<string, unknown>>, count: number): readonly Role[] {
  // TensorFlow.js's loader writes words in camel case.
  const written = (names as string[] | undefined)?.map(snakeCase);
  return (written ?? ['query', 'value', 'key', 'attention_mask'].slice(0, count)) as Role[];
}

/**
 * The inputs by their roles. The configuration's `inputs` names the role of each where they are not the first ones in order.
 *
 * @throws InputError without a query and a value
 */
export function byRole<Value>(config: Readonly<Record<string, unknown>>, given: readonly Value[]) {
  const roles = rolesOf(config, given.length);
  const of = (role: Role): Value | undefined => given[roles.indexOf(role)];
  const [query, value] = [of('query'), of('value')];
  if (query === undefined || value === undefined)
    throw new InputError(`attention must get a query and a value; got ${given.length} inputs`);
  return { query, value, key: of('key') ?? value, hasKey: of('key') !== undefined, mask: of('attention_mask') };
}

/** The same for the shapes of inputs. */
export function shapesByRole(config: Readonly<Record<string, unknown>>, shapes: readonly Shape[]) {
  return byRole(config, shapes);
}

/** Which pairs of steps may attend, as [batch or 1, queries, values]; null where all may. */
export function pairsAllowed(
  { inputs, masks, config }: LayerCall,
  queries: number,
  values: number,
  usesQueryMask: boolean,
): Tensor | null {
  const of = byRole(config, inputs);
  const maskOf = byRole(
    config,
    masks.map((mask) => mask ?? null),
  );
  const parts: Tensor[] = [];
  if (usesQueryMask && maskOf.query) parts.push(expandDims(maskOf.query, 2));
  if (maskOf.value) parts.push(expandDims(maskOf.value, 1));
  if (usesQueryMask && maskOf.hasKey && maskOf.key) parts.push(expandDims(maskOf.key, 1));
  if (config.use_causal_mask) {
    const steps = (count: number, shape: number[]) => reshape(range(0, count, 1, 'int32'), shape);
    parts.push(greaterEqual(steps(queries, [1, queries, 1]), steps(values, [1, 1, values])));
  }
  if (of.mask) parts.push(cast(of.mask.rank === 2 ? expandDims(of.mask, 0) : of.mask, 'bool'));
  return parts.length > 0 ? parts.reduce((a, b) => logicalAnd(a, b)) : null;
}

/** A tensor [batch, …axes, heads, width] with the axes in order: [all others, attended axes as one, width]. */
export interface Flattened {
  readonly value: Tensor;
  /** The lengths of the axes that are not attended, the batch and the heads among them. */
  readonly others: number[];
  readonly attended: number[];
  readonly order: number[];
}

/** Brings the attended axes together. */
export function flattened(x: Tensor, attended: readonly number[]): Flattened {
  const others = [...x.shape.keys()].slice(0, -1).filter((axis) => !attended.includes(axis));
  const order = [...others, ...attended, x.rank - 1];
  const lengths = (axes: readonly number[]) => axes.map((axis) => x.shape[axis] as number);
  const size = (axes: readonly number[]) => lengths(axes).reduce((product, length) => product * length, 1);
  return {
    value: reshape(transpose(x, order), [size(others), size(attended), x.shape.at(-1) as number]),
    others: lengths(others),
    attended: lengths(attended),
    order,
  };
}

/** The opposite: [others, attended, width] as [batch, …axes, heads, width]. */
export function unflattened(value: Tensor, { others, attended, order }: Flattened): Tensor {
  const apart = reshape(value, [...others, ...attended, value.shape.at(-1) as number]);
  return transpose(
    apart,
    order.map((_, i) => order.indexOf(i)),
  );
}

/**
 * Attention of each query over the values: softmax(q · kᵀ · scale) · v.
 *
 * @param allowed broadcast to [rows, queries, values]; where a query may attend to nothing it attends evenly, as in Keras
 * @param masking `zeroing` where it then attends to nothing indeed, as in Keras 3 with dropout or scores; `adding` where its scores have a
 *   gradient all the same, as in Keras 2. Default: `evenly`
 * @returns the outputs and the weights
 */
export function attended(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  scale: number,
  allowed: Tensor | null,
  dropped: (weights: Tensor) => Tensor,
  masking: 'evenly' | 'zeroing' | 'adding' = 'evenly',
): { outputs: Tensor; weights: Tensor } {
  const scores = matMul(mul(query, scale), key, false, true);
  const lowered = (pairs: Tensor) =>
    masking === 'adding'
      ? sub(scores, mul(sub(1, cast(pairs, 'float32')), 1e9))
      : where(pairs, scores, fill(scores.shape, LOWEST));
  const shares = softmax(allowed ? lowered(allowed) : scores);
  const weights = allowed && masking === 'zeroing' ? mul(shares, cast(allowed, 'float32')) : shares;
  return { outputs: matMul(dropped(weights), value), weights };
}

/** Far below any score, and far enough from the end of float32 that a difference of two is finite. */
const LOWEST = -0.7 * 3.4e38;

/** [batch or 1, queries, values] for each head of each row: [batch · heads, queries, values]. */
export function forEachHead(allowed: Tensor, batch: number, heads: number): Tensor {
  const [, queries, values] = allowed.shape as [number, number, number];
  const numbers = add(cast(expandDims(allowed, 1), 'float32'), fill([batch, heads, queries, values], 0));
  return cast(reshape(numbers, [batch * heads, queries, values]), 'bool');
}
