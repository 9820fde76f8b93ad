import { type Code, constant, type Lanes } from '../simd/instructions.js';

/** A kernel whose float32 output depends element by element on its float32 inputs. */
export interface Elementwise {
  /** The names of its inputs. */
  readonly inputs: readonly string[];
  /**
   * The WebAssembly code for one element, or four.
   *
   * @param args code that pushes an input on the stack, one for each input
   * @returns code that pushes the output
   */
  emit(lanes: Lanes, args: readonly Code[], attrs: Readonly<Record<string, unknown>>): number[];
}

const binary = (instruction: (lanes: Lanes) => Code): Elementwise => ({
  inputs: ['a', 'b'],
  emit: (lanes, [a = [], b = []]) => [...a, ...b, ...instruction(lanes)],
});

const unary = (emit: (lanes: Lanes, x: Code, attrs: Readonly<Record<string, unknown>>) => Code): Elementwise => ({
  inputs: ['x'],
  emit: (lanes, [x = []], attrs) => [...emit(lanes, x, attrs)],
});

/** The gradient of an activation, from the gradient of its output and from its input or output. */
const activationGradient = (
  inputs: readonly ['dy', 'x' | 'y'],
  emit: (lanes: Lanes, dy: Code, value: Code, attrs: Readonly<Record<string, unknown>>) => number[],
): Elementwise => ({ inputs, emit: (lanes, [dy = [], value = []], attrs) => emit(lanes, dy, value, attrs) });

/** 1 above zero, `below` elsewhere. NaN stays NaN, as in the kernel. */
const step = (lanes: Lanes, x: Code, below: number): number[] => [
  ...constant(lanes, 1),
  ...[...constant(lanes, below), ...x, ...x, ...x, ...lanes.equal, ...lanes.select],
  ...[...x, ...constant(lanes, 0), ...lanes.greater],
  ...lanes.select,
];

/**
 * The kernels that can be fused into loops, by TensorFlow.js's names. Each computes the same bits as the kernel itself,
 * except for the sign of zero. Functions without an instruction, such as exponentials, are left to their kernels.
 */
export const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  Abs: unary((lanes, x) => [...x, ...lanes.absolute]),
  Add: binary((lanes) => lanes.add),
  ClipByValue: unary((lanes, x, { clipValueMin, clipValueMax }) => [
    ...[...x, ...constant(lanes, clipValueMin as number), ...lanes.maximum],
    ...[...constant(lanes, clipValueMax as number), ...lanes.minimum],
  ]),
  ClipByValueGrad: activationGradient(['dy', 'x'], (lanes, dy, x, { clipValueMin, clipValueMax }) => [
    ...[...dy, ...constant(lanes, 0), ...x, ...constant(lanes, clipValueMin as number), ...lanes.greaterOrEqual],
    ...[...lanes.select, ...constant(lanes, 0)],
    ...[...constant(lanes, clipValueMax as number), ...x, ...lanes.greaterOrEqual, ...lanes.select],
  ]),
  LeakyRelu: unary((lanes, x, { alpha }) => [
    ...x,
    ...[...x, ...constant(lanes, alpha as number), ...lanes.multiply],
    ...[...x, ...constant(lanes, 0), ...lanes.greaterOrEqual],
    ...lanes.select,
  ]),
  Maximum: binary((lanes) => lanes.maximum),
  Minimum: binary((lanes) => lanes.minimum),
  Multiply: binary((lanes) => lanes.multiply),
  Neg: unary((lanes, x) => [...x, ...lanes.negate]),
  RealDiv: binary((lanes) => lanes.divide),
  Reciprocal: unary((lanes, x) => [...constant(lanes, 1), ...x, ...lanes.divide]),
  Relu: unary((lanes, x) => [...x, ...constant(lanes, 0), ...lanes.maximum]),
  ReluGrad: activationGradient(['dy', 'x'], (lanes, dy, x) => [...dy, ...step(lanes, x, 0), ...lanes.multiply]),
  SigmoidGrad: activationGradient(['dy', 'y'], (lanes, dy, y) => [
    ...[...dy, ...y, ...constant(lanes, 1), ...y, ...lanes.subtract],
    ...[...lanes.multiply, ...lanes.multiply],
  ]),
  Sqrt: unary((lanes, x) => [...x, ...lanes.squareRoot]),
  Square: unary((lanes, x) => [...x, ...x, ...lanes.multiply]),
  SquaredDifference: {
    inputs: ['a', 'b'],
    emit: (lanes, [a = [], b = []]) => {
      const difference = [...a, ...b, ...lanes.subtract];
      return [...difference, ...difference, ...lanes.multiply];
    },
  },
  Step: unary((lanes, x, { alpha }) => step(lanes, x, (alpha as number | undefined) ?? 0)),
  Sub: binary((lanes) => lanes.subtract),
  TanhGrad: activationGradient(['dy', 'y'], (lanes, dy, y) => [
    ...[...dy, ...constant(lanes, 1), ...y, ...y, ...lanes.multiply, ...lanes.subtract],
    ...lanes.multiply,
  ]),
};
