import { util } from '@tensorflow/tfjs-core';
import type { GpuProgram } from './gpu.js';

/** How TensorFlow.js's shaders name the coordinates along the axes of a tensor. */
export const COORDINATES = ['x', 'y', 'z', 'w', 'u', 'v'];

/** Results that one group of the device's threads computes. */
const GROUP = 64;

/**
 * A shader that computes each number of the result by itself.
 *
 * @param key names the text of the shader
 * @param body WGSL: statements for the result at `index`
 * @param declarations WGSL: functions that the body calls
 * @param uniforms declarations of further uniforms
 */
export function elementwiseProgram(
  key: string,
  variableNames: readonly string[],
  outputShape: readonly number[],
  body: string,
  { declarations = '', uniforms = '' } = {},
): GpuProgram {
  return {
    variableNames,
    uniforms,
    outputShape,
    workgroupSize: [GROUP, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(util.sizeFromShape([...outputShape]) / GROUP), 1, 1],
    size: true,
    shaderKey: `lrfind_${key}`,
    getUserCode: () => `
      ${declarations}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${body}
        }
      }
    `,
  };
}
