// The wasm backend's entry for Node, with threads; importing it registers the backend.
import '../load-cpu-backend.js';
import { setWasmPlatform } from '../../wasm/backend.js';
import { nodePlatform } from './platform.js';

setWasmPlatform(nodePlatform);

export * from '../../wasm/index.js';
