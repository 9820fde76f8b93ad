import { InputError } from '@lrfind/core';
import {
  add,
  argMax,
  argMin,
  cast,
  div,
  exp,
  log,
  matMul,
  max,
  maximum,
  mean,
  mul,
  neg,
  notEqual,
  prod,
  reshape,
  sigmoid,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { einsum, equationOf } from '../../layers/einsum.js';
import { sharedMax } from '../../layers/maximum.js';
import { withoutGradient } from './elementwise-operations.js';
import {
  axesIn,
  broadcast,
  fromFront,
  isAxes,
  isFlag,
  notRows,
  type Operation,
  type OperationModule,
  type Options,
  type Shape,
} from './operation-kinds.js';

/** What is left of a shape without some axes. */
function reduced(shape: Shape, { axis, keepdims }: Options): Shape {
  const axes = axesIn(shape.length, axis);
  if (axes.includes(0)) throw new InputError('must leave the axis of the rows as it is; got it among axis');
  return shape.flatMap((length, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [length]));
}

const reduction = (
  compute: (x: Tensor, axes: number[], keep: boolean) => Tensor,
  module?: OperationModule,
): Operation => ({
  arguments: 1,
  ...(module && { module }),
  positional: ['axis', 'keepdims'],
  options: { axis: isAxes, keepdims: isFlag },
  compute: ([x], { axis, keepdims }) => compute(x as Tensor, axesIn((x as Tensor).rank, axis), keepdims ?? false),
  shape: ([x], options) => reduced(x as Shape, options),
});

const truths = (x: Tensor) => cast(notEqual(x, 0), 'float32');
const variance = (x: Tensor, axes: number[], keep: boolean) => mean(square(sub(x, mean(x, axes, true))), axes, keep);
const largest = reduction((x, axes, keep) => sharedMax(x, axes, keep));
const smallest = reduction((x, axes, keep) => neg(sharedMax(neg(x), axes, keep)));

/** The place of the largest, or smallest, along one axis. */
const place = (find: (x: Tensor, axis: number) => Tensor): Operation => ({
  ...reduction((x, [axis, ...others], keep) => {
    if (others.length > 0) throw new InputError('must have one axis; got more');
    const found = withoutGradient((given) => find(given, axis as number), x);
    return keep ? reshape(found, x.shape.with(axis as number, 1)) : found;
  }),
});

/** Numbers weighed against the others along an axis. */
const weighed = (compute: (x: Tensor, axes: number[]) => Tensor): Operation => ({
  arguments: 1,
  module: 'nn',
  positional: ['axis'],
  options: { axis: isAxes },
  compute: ([x], { axis = -1 }) => compute(x as Tensor, axesIn((x as Tensor).rank, axis)),
  shape: ([x]) => x as Shape,
});

const lowered = (x: Tensor, axes: number[]) =>
  sub(
    x,
    withoutGradient((given) => max(given, axes, true), x),
  );

/** Operations that make one number of many, or weigh them against each other, by Keras's class. */
export const reductions: Readonly<Record<string, Operation>> = {
  Mean: reduction(mean),
  Sum: reduction(sum),
  Prod: reduction(prod),
  Max: largest,
  Amax: largest,
  Min: smallest,
  Amin: smallest,
  Var: reduction(variance),
  Std: reduction((x, axes, keep) => sqrt(variance(x, axes, keep))),
  Any: reduction((x, axes, keep) => withoutGradient((given) => max(truths(given), axes, keep), x)),
  All: reduction((x, axes, keep) => withoutGradient((given) => sub(1, max(sub(1, truths(given)), axes, keep)), x)),
  CountNonzero: reduction((x, axes) => withoutGradient((given) => sum(truths(given), axes), x)),
  Logsumexp: reduction((x, axes, keep) => {
    const top = withoutGradient((given) => max(given, axes, true), x);
    const found = add(log(sum(exp(sub(x, top)), axes, true)), top);
    return keep
      ? found
      : reshape(
          found,
          x.shape.filter((_, i) => !axes.includes(i)),
        );
  }, 'math'),
  Argmax: place(argMax),
  Argmin: place(argMin),
  Softmax: weighed((x, axes) => {
    const raised = exp(lowered(x, axes));
    return div(raised, sum(raised, axes, true));
  }),
  LogSoftmax: weighed((x, axes) => {
    const low = lowered(x, axes);
    return sub(low, log(sum(exp(low), axes, true)));
  }),
  Normalize: {
    arguments: 1,
    module: 'nn',
    positional: ['axis', 'order', 'epsilon'],
    options: {
      axis: isAxes,
      order: (value) => value === 2,
      epsilon: (value) => typeof value === 'number' && value > 0,
    },
    compute: ([given], { axis = -1, epsilon = 1e-12 }) => {
      const x = given as Tensor;
      // Keras bounds the squared length by the square of epsilon.
      const squares = sum(square(x), axesIn(x.rank, axis), true);
      return div(x, sqrt(maximum(squares, (epsilon as number) ** 2)));
    },
    shape: ([x]) => x as Shape,
  },
  Matmul: {
    arguments: 2,
    compute: ([a, b]) => matMul(a as Tensor, b as Tensor),
    shape: ([a = [], b = []]) => {
      if (a.length !== b.length || a.length < 3 || a.at(-1) !== b.at(-2))
        throw new InputError(
          `must get rows of matrices that fit together; got [${a.join(', ')}] and [${b.join(', ')}]`,
        );
      return [...broadcast(a.slice(0, -2), b.slice(0, -2)), a.at(-2) ?? null, b.at(-1) ?? null];
    },
  },
  Einsum: {
    arguments: 'any',
    options: { subscripts: (value) => typeof value === 'string' && value.length <= 100 },
    compute: ([a, b], { subscripts }) =>
      einsum(a as Tensor, b as Tensor, equationOf(subscripts as string, (a as Tensor).rank)),
    shape: ([a = [], b, ...others], { subscripts }) => {
      if (!b || others.length > 0) throw new InputError('must get two tensors; got another number');
      const { left, right, output } = equationOf(subscripts as string, a.length);
      if (right.length !== b.length)
        throw new InputError(`must name each axis of its tensors; got "${subscripts}" for ${b.length} axes`);
      if (output[0] !== left[0]) throw new InputError(`must leave the rows first; got "${subscripts}"`);
      return output.split('').map((letter) => {
        const [one, other] = [a[left.indexOf(letter)], b[right.indexOf(letter)]];
        return one ?? other ?? null;
      });
    },
  },
  Glu: {
    arguments: 1,
    module: 'nn',
    positional: ['axis'],
    options: { axis: Number.isInteger },
    compute: ([given], { axis = -1 }) => {
      const x = given as Tensor;
      const along = fromFront(axis as number, x.rank);
      const half = (x.shape[along] as number) / 2;
      const size = x.shape.with(along, half);
      const start = x.shape.map(() => 0);
      return mul(slice(x, start, size), sigmoid(slice(x, start.with(along, half), size)));
    },
    shape: ([shape = []], { axis = -1 }) => {
      const along = notRows(fromFront(axis as number, shape.length));
      const length = shape[along];
      if (length == null || length % 2 !== 0)
        throw new InputError(`must have an even length along its axis; got ${length}`);
      return shape.with(along, length / 2);
    },
  },
};
