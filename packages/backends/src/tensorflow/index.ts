// TensorFlow's own library; importing this file registers it.
import { registerBackend } from '../registry.js';
import { tensorflow } from './backend.js';

registerBackend(tensorflow);
export {
  type Installed,
  type InstallOptions,
  type InstallProgress,
  installTensorFlow,
} from './install/install-tensorflow.js';
export { uninstallTensorFlow } from './install/uninstall-tensorflow.js';
export { type LocatedTensorFlow, locateTensorFlow, type NoTensorFlow } from './locate.js';
export { tensorflow };
