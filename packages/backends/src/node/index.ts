// Every backend for Node, registered best first, and the rule for `auto`.
import '../tensorflow/index.js';
import '../wasm/index.js';
import { cpu } from '../cpu.js';
import { registerBackend, setAutomaticChoice } from '../registry.js';
import { automaticChoice } from './automatic-choice.js';

registerBackend(cpu);
setAutomaticChoice(automaticChoice);

export * from '../index.js';
export {
  type Installed,
  type InstallOptions,
  type InstallProgress,
  installTensorFlow,
  type LocatedTensorFlow,
  locateTensorFlow,
  type NoTensorFlow,
  uninstallTensorFlow,
} from '../tensorflow/index.js';
export { automaticChoice } from './automatic-choice.js';
export { type CheckedBackend, checkBackend } from './check-backend.js';
export { type ListedBackend, listBackends } from './list-backends.js';
