import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, ints, type KernelCall } from '../wasm/heap.js';
import type { StatelessUniformAttributes } from './stateless-uniform.js';
import { fillUniform, streamState } from './xoshiro128.js';

/** The kernel `StatelessRandomUniform`: the numbers are written where they will stay. */
export function statelessUniformOnWasm(call: KernelCall<'seed', StatelessUniformAttributes>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const result = backend.makeOutput(attrs.shape, 'float32');
  fillUniform(floats(backend, result), streamState(ints(backend, inputs.seed), attrs.salt));
  return result;
}
