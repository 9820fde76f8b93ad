import { scalar, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { type KernelCall, stock } from './stock.js';

/** Rows by their numbers. tfjs-node's kernel reads these to check them, which within a graph TensorFlow does itself. */
export function gather({
  inputs: { x, indices },
  backend,
  attrs,
}: KernelCall<'x' | 'indices', { axis: number; batchDims: number }>): Tensor {
  if (!backend.binding.building) return stock('GatherV2', backend, { x, indices }, attrs);
  return tidy(() => {
    const attributes = [
      { name: 'batch_dims', type: AttributeType.int, value: attrs.batchDims },
      { name: 'Tparams', type: AttributeType.type, value: backend.getDTypeInteger(x.dtype) },
      { name: 'Tindices', type: AttributeType.type, value: backend.getDTypeInteger(indices.dtype) },
      { name: 'Taxis', type: AttributeType.type, value: backend.getDTypeInteger('int32') },
    ];
    const axis = scalar(attrs.axis, 'int32') as TensorInfo;
    return backend.executeSingleOutput('GatherV2', attributes, [x, indices, axis]);
  });
}
