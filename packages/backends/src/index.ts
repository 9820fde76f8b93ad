// The portable entry: no Node. It registers no backend; '@lrfind/backends/wasm' does, and in Node
// '@lrfind/backends/node'.
export type { Backend, FoundBackend, OpenedBackend } from './backend.js';
export { BackendError } from './backend-error.js';
export { type CompiledFunction, compile } from './compile.js';
export { lastMemoryError, MemoryError } from './memory-error.js';
export { canDrawStateless, statelessUniform } from './random/stateless-uniform.js';
export {
  type AutomaticChoice,
  type BackendInfo,
  backendInUse,
  type EnsuredBackend,
  ensureBackend,
  registerBackend,
  registeredBackends,
  setAutomaticChoice,
  useBackend,
  useThreads,
} from './registry.js';
export { softmaxCrossEntropy } from './softmax-cross-entropy.js';
export { type TrainableLayer, unsupportedLayers } from './unsupported-layers.js';
