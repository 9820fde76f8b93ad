import type { KernelCall } from '../../trace/trace.js';
import { FUNCTION_DECLARATIONS, FUNCTION_NAMES } from '../functions.js';
import { POWER } from '../power.js';

/** A kernel whose output depends element by element on its inputs. */
interface Elementwise {
  /** The names of its inputs. */
  readonly inputs: readonly string[];
  /**
   * WGSL for one element, a number of type f32; of a mask 1 or 0.
   *
   * @param args WGSL of the inputs
   */
  emit(args: readonly string[], attrs: Readonly<Record<string, unknown>>): string;
  /** Whether this call of the kernel can be fused. Default: every one. */
  readonly accepts?: (call: KernelCall) => boolean;
}

const unary = (emit: (x: string) => string): Elementwise => ({ inputs: ['x'], emit: ([x = '']) => emit(x) });
const binary = (emit: (a: string, b: string) => string): Elementwise => ({
  inputs: ['a', 'b'],
  emit: ([a = '', b = '']) => emit(a, b),
});

/** A number as WGSL. */
const literal = (value: number) => `f32(${Math.fround(value)})`;

const attributes = ({ attrs }: KernelCall) => attrs as Readonly<Record<string, number>>;

/** WGSL functions that the expressions call, with `isnan`, `uniforms.NAN` and `uniforms.INFINITY`. */
const FUNCTIONS: readonly string[] = [
  'fn largest(a : f32, b : f32) -> f32 { return select(max(a, b), uniforms.NAN, isnan(a) || isnan(b)); }',
  'fn smallest(a : f32, b : f32) -> f32 { return select(min(a, b), uniforms.NAN, isnan(a) || isnan(b)); }',
  'fn step_of(x : f32, below : f32) -> f32 { return select(select(below, 1.0, x > 0.0), x, isnan(x)); }',
  'fn clipped(x : f32, low : f32, high : f32) -> f32 { return select(clamp(x, low, high), x, isnan(x)); }',
  POWER,
  ...FUNCTION_DECLARATIONS,
];

/** The declarations of the functions that some statements call: what is left out need not be compiled. */
export function declarationsFor(statements: string): string {
  const called = FUNCTIONS.filter((each) => statements.includes(`${/fn (\w+)\(/.exec(each)?.[1]}(`));
  const isnan = 'fn isnan(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }';
  return [isnan, ...called].join('\n');
}

/**
 * The kernels that can be fused into loops, by TensorFlow.js's names: those of update rules, and of what comes before and after them.
 * Each computes what the kernel itself does in its own shader.
 */
export const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  ...Object.fromEntries([...FUNCTION_NAMES].map(([kernel, name]) => [kernel, unary((x) => `${name}(${x})`)])),
  Abs: unary((x) => `abs(${x})`),
  Add: binary((a, b) => `${a} + ${b}`),
  ClipByValue: {
    inputs: ['x'],
    emit: ([x], { clipValueMin, clipValueMax }) =>
      `clipped(${x}, ${literal(clipValueMin as number)}, ${literal(clipValueMax as number)})`,
    // WGSL has no infinite literals.
    accepts: (call) =>
      [attributes(call).clipValueMin, attributes(call).clipValueMax].every((bound) =>
        Number.isFinite(Math.fround(bound as number)),
      ),
  },
  Equal: binary((a, b) => `f32(${a} == ${b})`),
  Floor: unary((x) => `floor(${x})`),
  Greater: binary((a, b) => `f32(${a} > ${b})`),
  GreaterEqual: binary((a, b) => `f32(${a} >= ${b})`),
  Less: binary((a, b) => `f32(${a} < ${b})`),
  LessEqual: binary((a, b) => `f32(${a} <= ${b})`),
  LogicalAnd: binary((a, b) => `f32(${a} >= 1.0 && ${b} >= 1.0)`),
  Maximum: binary((a, b) => `largest(${a}, ${b})`),
  Minimum: binary((a, b) => `smallest(${a}, ${b})`),
  Multiply: binary((a, b) => `${a} * ${b}`),
  Neg: unary((x) => `-${x}`),
  Pow: binary((a, b) => `power(${a}, ${b})`),
  RealDiv: binary((a, b) => `${a} / ${b}`),
  Reciprocal: unary((x) => `1.0 / ${x}`),
  Relu: unary((x) => `select(${x}, 0.0, ${x} < 0.0)`),
  Select: {
    inputs: ['condition', 't', 'e'],
    emit: ([condition, t, e]) => `select(${e}, ${t}, ${condition} >= 1.0)`,
    // A condition of fewer axes would go along the first ones.
    accepts: ({ inputs, outputs }) =>
      Object.values(inputs).every((input) => `${input?.shape}` === `${outputs[0]?.shape}`),
  },
  Sign: unary((x) => `sign(${x})`),
  Sqrt: unary((x) => `sqrt(${x})`),
  Square: unary((x) => `${x} * ${x}`),
  SquaredDifference: binary((a, b) => `(${a} - ${b}) * (${a} - ${b})`),
  Step: {
    inputs: ['x'],
    emit: ([x], { alpha }) => `step_of(${x}, ${literal(alpha as number)})`,
    accepts: (call) => Number.isFinite(Math.fround(attributes(call).alpha as number)),
  },
  Sub: binary((a, b) => `${a} - ${b}`),
  // Of lengths of 1: what else is repeated is no broadcast, and not fused.
  Tile: unary((x) => x),
};
