import { backend, env, findBackendFactory, setBackend, version_core } from '@tensorflow/tfjs-core';
import type { Backend, FoundBackend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { WEBGPU_PACKAGE, webGpu } from '../webgpu/backend.js';
import { canImport, importWebGpu } from '../webgpu/import-package.js';

/** What TensorFlow.js's backend knows of the GPU. */
interface WithAdapterInfo {
  readonly adapterInfo?: { readonly vendor?: string; readonly architecture?: string };
}

/** The graphics processor by WebGL, with TensorFlow.js's kernels: every one gets its gradient. */
export const webgl: Backend = {
  name: 'webgl',
  summary: 'the graphics processor of a page by WebGL, with kernels as TensorFlow.js publishes them',
  corrects: true,
  npmPackage: '@tensorflow/tfjs-backend-webgl',
  find: () => imported('webgl', '@tensorflow/tfjs-backend-webgl', 'GPU (WebGL)'),
  async open() {
    assertImported(webgl);
    if (!(await setBackend('webgl'))) throw new BackendError('webgl did not start in this browser', 'webgl');
    return { version: version_core, device: `GPU (WebGL ${env().getNumber('WEBGL_VERSION')})` };
  },
};

/** What a browser says of its graphics processors. */
interface BrowserGpu {
  requestAdapter(options: { powerPreference: string }): Promise<{
    readonly isFallbackAdapter?: boolean;
    readonly info?: { readonly isFallbackAdapter?: boolean };
  } | null>;
}

/** A driver that computes on the CPU is no candidate. */
async function mayBeFaster(): Promise<boolean> {
  const { gpu } = (globalThis as { navigator?: { gpu?: BrowserGpu } }).navigator ?? {};
  if (!gpu || !(canImport() || findBackendFactory('webgpu'))) return false;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  return adapter !== null && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

/** The graphics processor by WebGPU. */
export const webgpu = webGpu({
  find: () => imported('webgpu', WEBGPU_PACKAGE, 'GPU (WebGPU)'),
  mayBeFaster,
  async load() {
    if (!findBackendFactory('webgpu')) await importWebGpu();
    assertImported(webgpu);
    if (!(await setBackend('webgpu'))) throw new BackendError('webgpu did not start in this browser', 'webgpu');
    const { vendor, architecture } = (backend() as WithAdapterInfo).adapterInfo ?? {};
    return `GPU (${['WebGPU', vendor, architecture].filter(Boolean).join(', ')})`;
  },
});

/** A backend that the page imports itself, so that pages without it need not load it. */
function imported(name: string, npmPackage: string, device: string): FoundBackend {
  const usable = Boolean(findBackendFactory(name));
  const notes = usable ? [] : [`${name} must be imported by the page: import '${npmPackage}'`];
  return { usable, version: null, device: usable ? device : null, folder: null, source: null, notes };
}

function assertImported({ name, find }: Backend): void {
  const { usable, notes } = find();
  if (!usable) throw new BackendError(notes.join('; '), name);
}
