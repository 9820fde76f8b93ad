// The portable entry of the wasm backend; importing it registers the backend. Node has an entry of its own, with
// threads.
import { registerBackend } from '../registry.js';
import { wasm } from './backend.js';

registerBackend(wasm);

export { wasm };
