// WebAssembly; importing this file registers it.
import { registerBackend } from '../registry.js';
import { wasm } from './backend.js';

registerBackend(wasm);
export { wasm };
