import { reshape, scalar, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

/**
 * Gathers rows. tfjs-node's kernel reads the indices back to check them, which is impossible in a graph, where
 * TensorFlow checks them itself.
 */
export function gather({
  inputs: { x, indices },
  backend,
  attrs,
}: KernelCall<'x' | 'indices', { axis: number; batchDims: number }>): Tensor {
  if (!backend.binding.building) return runTfjsKernel('GatherV2', backend, { x, indices }, attrs);
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

/**
 * Scatters rows. TensorFlow.js reads a vector of indices as positions along the first axis, TensorFlow as one position.
 */
export function scatterNd({ inputs, backend, attrs }: KernelCall<'indices' | 'updates'>): Tensor {
  const { indices, updates } = inputs;
  if (indices.rank > 1) return runTfjsKernel('ScatterNd', backend, inputs, attrs);
  return tidy(() => runTfjsKernel('ScatterNd', backend, { indices: reshape(indices, [-1, 1]), updates }, attrs));
}
