// The entry for a page: registers every backend that a browser may have, best first, and sets the rule for `auto`.
import { cpu } from '../cpu.js';
import { registerBackend, setAutomaticChoice } from '../registry.js';
import { setWasmPlatform } from '../wasm/backend.js';
import { wasm } from '../wasm/index.js';
import { webgl, webgpu } from './gpu.js';
import { browserPlatform } from './wasm-platform.js';

setWasmPlatform(browserPlatform);
for (const backend of [wasm, webgpu, webgl, cpu]) registerBackend(backend);
setAutomaticChoice(() => ({ name: wasm.name, why: 'the one in a page whose kernels are corrected for training' }));

export * from '../index.js';
export { setWasmFolder } from './wasm-platform.js';
