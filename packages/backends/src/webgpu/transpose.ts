import type { TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { COORDINATES, elementwiseProgram } from './elementwise-program.js';
import type { GpuKernelCall } from './gpu.js';

const TYPES = ['i32', 'i32', 'vec2<i32>', 'vec3<i32>', 'vec4<i32>', 'vec5', 'vec6'];

/** TensorFlow.js's shader writes every number as a float, which does not compile for masks and for whole numbers. */
export function transpose(call: GpuKernelCall<'x', { readonly perm: readonly number[] }>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  const { dtype: stored } = backend.tensorMap.get(x.dataId);
  const rank = x.shape.length;
  if (stored === 'float32' || rank > COORDINATES.length)
    return originalKernel('webgpu', 'Transpose').kernelFunc(call as never) as TensorInfo;
  const shape = attrs.perm.map((axis) => x.shape[axis] as number);
  const coordinates = attrs.perm.map((_, axis) => {
    const from = attrs.perm.indexOf(axis);
    return rank === 1 ? 'coords' : `coords.${COORDINATES[from]}`;
  });
  const program = elementwiseProgram(
    `transpose_${attrs.perm}`,
    ['A'],
    shape,
    `let coords = getCoordsFromIndex(index);
     result[index] = A[getIndexFromCoords${rank}D(${TYPES[rank]}(${coordinates}), uniforms.aShape)];`,
  );
  const { dataId } = backend.runWebGPUProgram(program, [x], stored);
  return { dataId, shape, dtype: x.dtype };
}
