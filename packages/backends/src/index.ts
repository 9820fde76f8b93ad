export { type CompiledFunction, compile } from './compile.js';
export { canDrawStateless, statelessUniform } from './random/stateless-uniform.js';
export { type TrainableLayer, untrainableLayers } from './trainable.js';
export { type BackendChoice, BackendError, type BackendInfo, backendChoices, useBackend } from './use-backend.js';
