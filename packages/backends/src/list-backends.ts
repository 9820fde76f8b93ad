import { createRequire } from 'node:module';
import { BackendError } from './backend-error.js';
import { installAdvice } from './tensorflow/install/advice.js';
import { locateTensorFlow } from './tensorflow/locate.js';
import { type BackendChoice, backendChoices } from './use-backend.js';

/** A backend as it is found on this machine, without being opened. */
export interface ListedBackend {
  /** The name by which it is chosen. */
  readonly name: Exclude<BackendChoice, 'auto'>;
  /** One line about it. */
  readonly summary: string;
  /** Whether all that it needs was found. */
  readonly usable: boolean;
  /** The version of what computes; null where it is not there or does not tell before it is opened. */
  readonly version: string | null;
  /** Where it can compute, in words; null where it is not there. */
  readonly device: string | null;
  /** The folder of its library; null where it is not there or comes with npm. */
  readonly folder: string | null;
  /** Who told of the folder: `LRFIND_TENSORFLOW`, lrfind's own installation, or the Python on PATH; null without a folder. */
  readonly source: 'environment' | 'installed' | 'python' | null;
  /** Why it is not usable, or what is amiss, in words. */
  readonly notes: readonly string[];
}

/**
 * Every backend, best first, as it is found on this machine. None is opened, so that it takes a fraction of a second; what is found
 * may still fail to start, which `checkBackend` tells.
 */
export function listBackends(): ListedBackend[] {
  return backendChoices.flatMap(({ name, summary }) => (name === 'auto' ? [] : [{ name, summary, ...LOOKS[name]() }]));
}

type Found = Omit<ListedBackend, 'name' | 'summary'>;

const LOOKS: Readonly<Record<ListedBackend['name'], () => Found>> = {
  tensorflow: lookForTensorFlow,
  wasm: () => fromPackage('@tensorflow/tfjs-backend-wasm', 'CPU (WebAssembly)'),
  cpu: () => fromPackage('@tensorflow/tfjs-backend-cpu', 'CPU (JavaScript)'),
};

const nowhere = { version: null, device: null, folder: null, source: null };

function fromPackage(name: string, device: string): Found {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return { ...nowhere, usable: true, version, device, notes: [] };
}

function lookForTensorFlow(): Found {
  try {
    const located = locateTensorFlow();
    if (!located.found) return { ...nowhere, usable: false, notes: [...located.reasons, installAdvice()] };
    const { version = null, folder, source, cuda, missingCuda } = located;
    const notes = missingCuda.length > 0 ? [`NVIDIA's libraries ${missingCuda.join(', ')} do not lie beside it`] : [];
    return { usable: true, version, device: deviceOf(cuda), folder, source, notes };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { ...nowhere, usable: false, notes: [error.message] };
  }
}

function deviceOf(cuda: boolean | undefined): string {
  if (cuda === false) return 'CPU';
  return cuda ? 'CUDA GPU where there is one, else CPU' : 'CPU, or CUDA GPU if it was built for that';
}
