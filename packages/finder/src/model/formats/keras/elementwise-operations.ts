import {
  abs,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atanh,
  broadcastTo,
  cast,
  ceil,
  cos,
  cosh,
  customGrad,
  div,
  elu,
  equal,
  erf,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  isFinite as isFiniteNumber,
  isInf,
  isNaN as isNoNumber,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  onesLike,
  pow,
  reciprocal,
  relu,
  relu6,
  round,
  rsqrt,
  selu,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
  tan,
  tanh,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { partOf } from '../../layers/composed-layer.js';
import { broadcast, type Operation, type OperationModule, type Options, type Shape } from './operation-kinds.js';

/** An operation on two tensors or numbers, broadcast by NumPy's rule. */
const binary = (compute: (a: Tensor, b: Tensor) => Tensor): Operation => ({
  arguments: 2,
  compute: ([a, b]) => compute(a as Tensor, b as Tensor),
  shape: ([a, b]) => broadcast(a as Shape, b as Shape),
});

const unary = (compute: (x: Tensor) => Tensor, module?: OperationModule): Operation => ({
  arguments: 1,
  ...(module && { module }),
  compute: ([x]) => compute(x as Tensor),
  shape: ([x]) => x as Shape,
});

/** One of Keras's activations by its name in TensorFlow.js. */
const activation = (name: string): Operation => unary((x) => partOf(name)?.apply(x) as Tensor, 'nn');

/** A result of which Keras takes no gradient; TensorFlow.js would end the backward pass there, and leaves some out of it. */
export function withoutGradient(compute: (...given: Tensor[]) => Tensor, ...given: Tensor[]): Tensor {
  const made = customGrad((...inputs) => {
    const tensors = inputs.filter((each) => typeof each !== 'function') as Tensor[];
    // The tensors themselves may be freed by then.
    const shapes = tensors.map(({ shape }) => shape);
    return { value: cast(compute(...tensors), 'float32'), gradFunc: () => shapes.map((shape) => zeros(shape)) };
  });
  return made(...given);
}

/** TensorFlow.js's gradients of these have the output's shape, also where an input is spread over it. */
const alike = (compute: (a: Tensor, b: Tensor) => Tensor) => (a: Tensor, b: Tensor) => {
  const shape = broadcast(a.shape, b.shape) as number[];
  return compute(broadcastTo(a, shape), broadcastTo(b, shape));
};

/** True and false as 1 and 0. */
const comparison = (compute: (a: Tensor, b: Tensor) => Tensor): Operation =>
  binary((a, b) => withoutGradient(compute, a, b));

const truth = (x: Tensor): Tensor => notEqual(x, 0);

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

/** An activation with a number that its class takes. */
const bent = (option: string, otherwise: number, compute: (x: Tensor, by: number) => Tensor): Operation => ({
  arguments: 1,
  module: 'nn',
  positional: [option],
  options: { [option]: isNumber },
  compute: ([x], options) => compute(x as Tensor, (options[option] as number | undefined) ?? otherwise),
  shape: ([x]) => x as Shape,
});

/** Keras rounds a half to the even number, as NumPy does; so does TensorFlow.js. */
const rounded: Operation = {
  arguments: 1,
  positional: ['decimals'],
  options: { decimals: Number.isInteger },
  compute: ([x], { decimals = 0 }) =>
    withoutGradient(
      (given) => div(round(mul(given, 10 ** (decimals as number))), 10 ** (decimals as number)),
      x as Tensor,
    ),
  shape: ([x]) => x as Shape,
};

const isFloat = (dtype: unknown) => /float/.test(String(dtype));

/** Numbers cut off to whole ones, as C does. */
const towardsZero = (x: Tensor): Tensor => mul(sign(x), floor(abs(x)));

/** Everything is float32 here, so only what another type loses is lost. */
const casted: Operation = {
  arguments: 1,
  module: 'core',
  positional: ['dtype'],
  options: { dtype: (value) => typeof value === 'string' && /^(b?float|u?int)\d+$|^bool$/.test(value) },
  compute: ([given], { dtype }) => {
    const x = given as Tensor;
    if (isFloat(dtype)) return mul(x, 1);
    return withoutGradient(dtype === 'bool' ? truth : towardsZero, x);
  },
  shape: ([x]) => x as Shape,
};

const SIGMOID_GELU = Math.sqrt(2 / Math.PI);

function gelu(x: Tensor, { approximate }: Options): Tensor {
  const inner = approximate
    ? tanh(mul(SIGMOID_GELU, add(x, mul(0.044715, mul(x, square(x))))))
    : erf(div(x, Math.SQRT2));
  return mul(mul(0.5, x), add(1, inner));
}

/** Operations that compute each number by itself, by Keras's class. */
export const elementwiseOperations: Readonly<Record<string, Operation>> = {
  Add: binary(add),
  Subtract: binary(sub),
  Multiply: binary(mul),
  Divide: binary(div),
  TrueDivide: binary(div),
  DivideNoNan: binary((a, b) => {
    const isZero = withoutGradient((divisor) => equal(divisor, 0), b);
    return mul(div(a, add(b, isZero)), sub(1, isZero));
  }),
  FloorDivide: binary((a, b) => withoutGradient((x, y) => floor(div(x, y)), a, b)),
  // Python's: the sign of the divisor.
  Mod: binary((a, b) =>
    sub(
      a,
      mul(
        b,
        withoutGradient((x, y) => floor(div(x, y)), a, b),
      ),
    ),
  ),
  Maximum: binary(alike(maximum)),
  Minimum: binary(alike(minimum)),
  Power: binary(pow),
  Equal: comparison(equal),
  NotEqual: comparison(notEqual),
  Greater: comparison(greater),
  GreaterEqual: comparison(greaterEqual),
  Less: comparison(less),
  LessEqual: comparison(lessEqual),
  LogicalAnd: comparison((a, b) => logicalAnd(truth(a), truth(b))),
  LogicalOr: comparison((a, b) => logicalOr(truth(a), truth(b))),
  LogicalXor: comparison((a, b) => logicalXor(truth(a), truth(b))),
  LogicalNot: unary((x) => withoutGradient((given) => logicalNot(truth(given)), x)),
  Where: {
    arguments: 3,
    compute: ([condition, a, b]) => {
      // Zeros in the place of what is not chosen, so that an infinite number there makes no NaN.
      const chosen = withoutGradient(truth, condition as Tensor);
      return where(cast(chosen, 'bool'), a as Tensor, b as Tensor);
    },
    shape: ([condition, a, b]) => broadcast(condition as Shape, broadcast(a as Shape, b as Shape)),
  },
  Clip: {
    arguments: 1,
    positional: ['x_min', 'x_max'],
    options: { x_min: isNumber, x_max: isNumber },
    absent: { x_min: null, x_max: null },
    compute: ([x], { x_min: low, x_max: high }) => {
      const above = low === undefined ? (x as Tensor) : maximum(x as Tensor, low as number);
      return high === undefined ? mul(above, 1) : minimum(above, high as number);
    },
    shape: ([x]) => x as Shape,
  },
  Negative: unary(neg),
  Abs: unary(abs),
  Absolute: unary(abs),
  Fabs: unary(abs),
  Square: unary(square),
  Sqrt: unary(sqrt),
  Rsqrt: unary(rsqrt, 'math'),
  Reciprocal: unary(reciprocal),
  Exp: unary(exp),
  Exp2: unary((x) => exp(mul(x, Math.LN2))),
  Expm1: unary(expm1),
  Log: unary(log),
  Log1p: unary(log1p),
  Log2: unary((x) => div(log(x), Math.LN2)),
  Log10: unary((x) => div(log(x), Math.LN10)),
  Erf: unary(erf, 'math'),
  Sign: unary(sign),
  Sin: unary(sin),
  Cos: unary(cos),
  Tan: unary(tan),
  Arcsin: unary(asin),
  Arccos: unary(acos),
  Arctan: unary(atan),
  Sinh: unary(sinh),
  Cosh: unary(cosh),
  Arcsinh: unary(asinh),
  Arccosh: unary(acosh),
  Arctanh: unary(atanh),
  Floor: unary(floor),
  Ceil: unary(ceil),
  Trunc: unary((x) => withoutGradient(towardsZero, x)),
  Round: rounded,
  OnesLike: unary((x) => withoutGradient(onesLike, x)),
  ZerosLike: unary((x) => withoutGradient(zerosLike, x)),
  Copy: unary((x) => mul(x, 1)),
  StopGradient: unary((x) => withoutGradient((given) => mul(given, 1), x), 'core'),
  Isnan: unary((x) => withoutGradient(isNoNumber, x)),
  Isinf: unary((x) => withoutGradient(isInf, x)),
  Isfinite: unary((x) => withoutGradient(isFiniteNumber, x)),
  Cast: casted,
  // Keras writes it into the arithmetic of masks, without a type.
  ConvertToTensor: {
    ...casted,
    compute: ([x], options) => (options.dtype == null ? mul(x as Tensor, 1) : casted.compute([x as Tensor], options)),
  },
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid, 'nn'),
  Softplus: unary(softplus, 'nn'),
  Softsign: unary((x) => div(x, add(1, abs(x))), 'nn'),
  Relu: unary(relu, 'nn'),
  Relu6: unary(relu6, 'nn'),
  LeakyRelu: bent('negative_slope', 0.2, (x, slope) => sub(relu(x), mul(slope, relu(neg(x))))),
  Elu: bent('alpha', 1, (x, alpha) => (alpha === 1 ? elu(x) : add(relu(x), mul(alpha, expm1(minimum(x, 0)))))),
  Celu: bent('alpha', 1, (x, alpha) => add(relu(x), mul(alpha, expm1(div(minimum(x, 0), alpha))))),
  Selu: unary(selu, 'nn'),
  Silu: unary((x) => mul(x, sigmoid(x)), 'nn'),
  Gelu: {
    arguments: 1,
    module: 'nn',
    positional: ['approximate'],
    options: { approximate: (value) => typeof value === 'boolean' },
    compute: ([x], options) => gelu(x as Tensor, options),
    shape: ([x]) => x as Shape,
  },
  HardSigmoid: activation('keras3HardSigmoid'),
  HardSilu: activation('hardSilu'),
  HardTanh: activation('hardTanh'),
  LogSigmoid: activation('logSigmoid'),
  TanhShrink: activation('tanhShrink'),
  SparsePlus: activation('sparsePlus'),
  SparseSigmoid: activation('sparseSigmoid'),
};
