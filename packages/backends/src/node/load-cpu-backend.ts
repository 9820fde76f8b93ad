// In Node, TensorFlow.js's cpu backend is loaded when a kernel that runs on it is called first, which saves 60 ms at
// start.
import { createRequire } from 'node:module';
import { setCpuBackendLoader } from '../kernels/javascript-kernel.js';

const require = createRequire(import.meta.url);

setCpuBackendLoader(() => require('@tensorflow/tfjs-backend-cpu'));
