import { getBackend, version_core } from '@tensorflow/tfjs-core';
import type { Environment } from '@lrfind/core/results';
import { version } from '@lrfind/core';

/** Node's global, where there is one: this half of the package runs in a browser too. */
const node = (globalThis as { process?: { version?: string; platform?: string; arch?: string } }).process;

/**
 * What a run was computed with.
 *
 * @param device where tensors live, in words, such as `CPU, WebAssembly SIMD`
 * @param started when the training began
 * @param seconds how long it took
 * @param steps how many training steps it ran
 */
export function environment(device: string, started: Date, seconds: number, steps: number): Environment {
  return {
    lrfind: version,
    tfjs: version_core,
    node: node?.version ?? null,
    platform: node?.platform ? `${node.platform} ${node.arch}` : null,
    backend: getBackend(),
    device,
    started: started.toISOString(),
    seconds,
    msPerStep: steps > 0 ? (seconds * 1000) / steps : 0,
  };
}
