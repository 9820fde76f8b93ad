export { type AutomaticChoice, automaticChoice } from './automatic-choice.js';
export { type CheckedBackend, checkBackend } from './check-backend.js';
export { type CompiledFunction, compile } from './compile.js';
export { type ListedBackend, listBackends } from './list-backends.js';
export { canDrawStateless, statelessUniform } from './random/stateless-uniform.js';
export { softmaxCrossEntropy } from './softmax-cross-entropy.js';
export {
  type Installed,
  type InstallOptions,
  type InstallProgress,
  installTensorFlow,
} from './tensorflow/install/install-tensorflow.js';
export { uninstallTensorFlow } from './tensorflow/install/uninstall-tensorflow.js';
export { type LocatedTensorFlow, locateTensorFlow, type NoTensorFlow } from './tensorflow/locate.js';
export { type TrainableLayer, untrainableLayers } from './trainable.js';
export {
  type BackendChoice,
  BackendError,
  type BackendInfo,
  backendChoices,
  backendInUse,
  useBackend,
} from './use-backend.js';
