import { slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { COORDINATES, elementwiseProgram } from './elementwise-program.js';
import type { GpuKernelCall } from './gpu.js';

/** The attributes of a slice with strides. */
interface SliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** TensorFlow.js's shader does not compile for more than four axes, as the gradient of a dilated conv3d has. */
export function stridedSlice(call: GpuKernelCall<'x', SliceAttributes>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  const info = slice_util.sliceInfo(
    x.shape,
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const { finalShapeSparse, finalShape, isIdentity, isSimpleSlice, sliceDim0, begin, strides } = info;
  const own = x.shape.length > 4 && !isIdentity && !isSimpleSlice && !sliceDim0 && util.sizeFromShape(finalShape) > 0;
  if (!own || backend.tensorMap.get(x.dataId).dtype !== 'float32')
    return originalKernel('webgpu', 'StridedSlice').kernelFunc(call as never) as TensorInfo;
  const at = finalShapeSparse.map((_, axis) => `${begin[axis]} + coords.${COORDINATES[axis]} * ${strides[axis]}`);
  const program = elementwiseProgram(
    `strided_slice_${begin}_${strides}`,
    ['x'],
    finalShapeSparse,
    `let coords = getCoordsFromIndex(index);
     setOutputAtIndex(index, getX(${at}));`,
  );
  const { dataId } = backend.runWebGPUProgram(program, [x], 'float32');
  return { dataId, shape: finalShape, dtype: x.dtype };
}
