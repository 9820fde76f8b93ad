// The tensorflow backend's entry; importing it registers the backend.
import './load-cpu-backend.js';
import { registerBackend } from '../registry.js';
import { tensorflow } from '../tensorflow/backend.js';

registerBackend(tensorflow);

export { type LocatedTensorFlow, locateTensorFlow, type NoTensorFlow } from '../tensorflow/locate.js';
export {
  type Installed,
  type InstallOptions,
  type InstallProgress,
  installTensorFlow,
  uninstallTensorFlow,
} from './install/install-tensorflow.js';
export { tensorflow };
