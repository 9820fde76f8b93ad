// The entry for Node: registers every backend, best first, and sets the rule for `auto`.
import './first-tensor.js';
import { cpu } from '../cpu.js';
import { registerBackend, setAutomaticChoice } from '../registry.js';
import { automaticChoice } from './list-backends.js';
import { tensorflow } from './tensorflow.js';
import { wasm } from './wasm/index.js';
import { webgpu } from './webgpu.js';

// Their own entries have registered some already, in the order in which modules happened to be loaded.
for (const backend of [tensorflow, wasm, webgpu, cpu]) registerBackend(backend);
setAutomaticChoice(automaticChoice);

export * from '../index.js';
export { cacheFolder } from '../tensorflow/installation.js';
export { type CheckedBackend, checkBackend } from './check-backend.js';
export { automaticChoice, type ListedBackend, listBackends } from './list-backends.js';
export { lanesOn, processors, threadsEach } from './processors.js';
export {
  type Installed,
  type InstallOptions,
  type InstallProgress,
  installTensorFlow,
  type LocatedTensorFlow,
  locateTensorFlow,
  type NoTensorFlow,
  uninstallTensorFlow,
} from './tensorflow.js';
