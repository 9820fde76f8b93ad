import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { elementwiseProgram } from './elementwise-program.js';
import type { GpuKernelCall } from './gpu.js';

/**
 * Functions of one number, by TensorFlow.js's names of their kernels, in WGSL with `uniforms.NAN` and `uniforms.INFINITY`. WGSL says
 * nothing of NaN and little of infinity: on SwiftShader the logarithm of 0 is −88, that of NaN 89, and the sigmoid of NaN 0, so that a
 * training that has diverged would have finite losses. Here NaN stays NaN.
 */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  Elu: 'select(exp(x) - 1.0, x, x >= 0.0)',
  Exp: 'exp(x)',
  Expm1: 'exp(x) - 1.0',
  Log: 'select(log(x), select(uniforms.NAN, -uniforms.INFINITY, x == 0.0), x <= 0.0)',
  Log1p: 'select(log(1.0 + x), select(uniforms.NAN, -uniforms.INFINITY, x == -1.0), x <= -1.0)',
  Relu6: 'clamp(x, 0.0, 6.0)',
  Selu: `select(${backend_util.SELU_SCALEALPHA} * (exp(x) - 1.0), ${backend_util.SELU_SCALE} * x, x >= 0.0)`,
  Sigmoid: '1.0 / (1.0 + exp(-x))',
  // log(1 + eˣ); beyond 16 the smaller term is below the last bit.
  Softplus: 'select(select(log(1.0 + exp(x)), exp(x), x < -16.0), x, x > 16.0)',
  Tanh: 'sign(x) * (1.0 - exp(-2.0 * abs(x))) / (1.0 + exp(-2.0 * abs(x)))',
};

/** Their names in WGSL. */
export const FUNCTION_NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(EXPRESSIONS).map((name) => [name, `${name.toLowerCase()}_of`]),
);

/** The declarations of these functions in WGSL, which call `isnan`. */
export const FUNCTION_DECLARATIONS: readonly string[] = Object.entries(EXPRESSIONS).map(([name, expression]) =>
  declaration(name, expression),
);

function declaration(name: string, expression: string): string {
  return `fn ${FUNCTION_NAMES.get(name)}(x : f32) -> f32 { return select(${expression}, x, isnan(x)); }`;
}

/** The kernels of these functions, for floats; of whole numbers as TensorFlow.js computes them. */
export const FUNCTION_KERNELS = Object.fromEntries(
  Object.entries(EXPRESSIONS).map(([name, expression]) => {
    const declarations = declaration(name, expression);
    const kernel = (call: GpuKernelCall<'x'>): TensorInfo => {
      const { x } = call.inputs;
      if (call.backend.tensorMap.get(x.dataId).dtype !== 'float32')
        return originalKernel('webgpu', name).kernelFunc(call as never) as TensorInfo;
      const program = elementwiseProgram(
        name.toLowerCase(),
        ['X'],
        x.shape,
        `setOutputAtIndex(index, ${FUNCTION_NAMES.get(name)}(getXByOutputIndex(index)));`,
        { declarations },
      );
      return call.backend.runWebGPUProgram(program, [x], 'float32');
    };
    return [name, kernel];
  }),
);
