// WebGPU in Node: Dawn, the implementation in Chromium, as the npm package `webgpu`, and TensorFlow.js's backend. Both are optional.
import { createRequire } from 'node:module';
import type { FoundBackend } from '../backend.js';
import { BackendError, NoDeviceError } from '../backend-error.js';
import { registerBackend } from '../registry.js';
import { WEBGPU_PACKAGE, webGpu } from '../webgpu/backend.js';

const require = createRequire(import.meta.url);

const DAWN = 'webgpu';
const INSTALL = `npm install ${DAWN} ${WEBGPU_PACKAGE}@4.22.0`;

/** What is used of the package `webgpu`. */
interface Dawn {
  create(options: string[]): Gpu;
  /** The global names that WebGPU has in a browser. */
  readonly globals: object;
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info: { readonly vendor: string; readonly description: string; readonly isFallbackAdapter?: boolean };
}

/** Kept, since the device is gone with it. */
let gpu: Gpu | undefined;

/** The backend, where its packages are installed and the machine has a GPU with a driver. */
export const webgpu = webGpu({ find, load, mayBeFaster });

registerBackend(webgpu);

function find(): FoundBackend {
  const missing = [DAWN, WEBGPU_PACKAGE].filter((name) => !isInstalled(name));
  const usable = missing.length === 0;
  const notes = usable ? [] : [`${missing.join(' and ')} not installed: ${INSTALL}`];
  return { usable, version: null, device: usable ? 'GPU (WebGPU)' : null, folder: null, source: null, notes };
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** A driver that computes on the CPU is no candidate. */
async function mayBeFaster(): Promise<boolean> {
  if (process.env.LRFIND_DETERMINISTIC === '1' || !find().usable || !hasVulkan()) return false;
  const adapter = await requestAdapter().catch(() => null);
  return adapter !== null && !adapter.info.isFallbackAdapter;
}

/** Dawn itself writes to stderr where Linux has no Vulkan, and takes longer to say so. */
function hasVulkan(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    // Loaded here, because koffi does not load on every system.
    const { default: koffi } = require('koffi') as typeof import('koffi');
    koffi.load('libvulkan.so.1');
    return true;
  } catch {
    return false;
  }
}

async function requestAdapter(): Promise<Adapter | null> {
  gpu ??= await startDawn();
  // As TensorFlow.js's backend asks for it.
  return gpu.requestAdapter({ powerPreference: 'high-performance' });
}

async function load(): Promise<string> {
  const { notes } = find();
  if (notes.length > 0) throw new BackendError(`backend webgpu: ${notes.join('; ')}`, 'webgpu');
  const adapter = await requestAdapter();
  if (!adapter)
    throw new NoDeviceError(
      `backend webgpu: no GPU with a driver was found${process.platform === 'linux' ? ' (on Linux, Vulkan: libvulkan.so.1 and the driver of the GPU)' : ''}`,
      'webgpu',
    );
  require(WEBGPU_PACKAGE);
  const { vendor, description, isFallbackAdapter } = adapter.info;
  return `${isFallbackAdapter ? 'CPU' : 'GPU'} (WebGPU, ${description || vendor})`;
}

/** TensorFlow.js's package asks for what a browser has: `navigator.gpu` and the names of WebGPU's classes. */
async function startDawn(): Promise<Gpu> {
  const { create, globals } = (await import(DAWN as string).catch((error) => {
    throw new BackendError(`backend webgpu: the package ${DAWN} does not start: ${error.message}`, 'webgpu');
  })) as Dawn;
  const made = create([]);
  for (const [name, value] of Object.entries(globals))
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  // Node 20 has no navigator.
  const { navigator } = globalThis as { navigator?: object };
  if (navigator) Object.defineProperty(navigator, 'gpu', { value: made, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu: made }, configurable: true, writable: true });
  return made;
}
