// What all entries export. It registers no backend; the entries for Node and for a page do.
export type { Backend, BackendFailure, BackendOptions, FoundBackend, OpenedBackend, WasmFile } from './backend.js';
export { BackendError, NoDeviceError } from './backend-error.js';
export { type CompiledFunction, compile } from './compile.js';
export { lastMemoryError, MemoryError } from './memory-error.js';
export { canDrawStateless, statelessUniform } from './random/stateless-uniform.js';
export {
  type AutomaticChoice,
  type BackendInfo,
  backendInUse,
  type EnsuredBackend,
  ensureBackend,
  fasterCandidate,
  mayLoseDevice,
  registerBackend,
  registeredBackends,
  setAutomaticChoice,
  settleBackend,
  useBackend,
  useThreads,
} from './registry.js';
export { softmaxCrossEntropy } from './softmax-cross-entropy.js';
export { type TrainableLayer, unsupportedLayers } from './unsupported-layers.js';
export { setWebGpuImport } from './webgpu/import-package.js';
