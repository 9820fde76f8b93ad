import { getBackend } from '@tensorflow/tfjs-core';
import { automaticChoice } from './automatic-choice.js';
import type { Backend } from './backend.js';
import { BackendError } from './backend-error.js';
import type { Compiler } from './capture/compiled-function.js';
import { registerChainedMethods } from './chained-methods.js';
import { cpu } from './cpu.js';
import { registerGradients } from './gradients/register.js';
import { tensorflow } from './tensorflow/backend.js';
import { wasm } from './wasm/backend.js';

export { BackendError };

/** The table of backends, best first. */
const BACKENDS = [tensorflow, wasm, cpu] as const;

/** What may be asked for: a backend's name, or `auto`. */
export type BackendChoice = 'auto' | (typeof BACKENDS)[number]['name'];

/** Every choice with a line about it, for help texts and option checks. */
export const backendChoices: readonly { readonly name: BackendChoice; readonly summary: string }[] = [
  { name: 'auto', summary: 'tensorflow where it is found, else wasm' },
  ...BACKENDS.map(({ name, summary }) => ({ name, summary })),
];

/** The backend in use. */
export interface BackendInfo {
  /** TensorFlow.js's name for it. */
  readonly name: string;
  /** The version of the package that computes. */
  readonly version: string;
  /** Where tensors are computed, in words. */
  readonly device: string;
  /** Why it was chosen, in words. */
  readonly why: string;
}

/**
 * Makes a backend TensorFlow.js's current one, corrected for training, and makes sure that every
 * kernel has its gradient. It prints nothing. Calling it again is free, and
 * it may follow the caller's own `tf.setBackend`. Tensors of another backend move over when they are next used.
 *
 * @param choice a backend's name, or `auto` (the default): TensorFlow where `locateTensorFlow` finds one, else WebAssembly. A
 *   TensorFlow that is found but does not start gives way to WebAssembly, which `why` says.
 * @throws BackendError for an unknown name, when the backend does not start, or when `LRFIND_TENSORFLOW` is wrong
 */
export async function useBackend(choice: BackendChoice = 'auto'): Promise<BackendInfo> {
  if (choice !== 'auto') return use(choice, 'as asked');
  const { name, why } = automaticChoice();
  try {
    return await use(name, why);
  } catch (error) {
    if (name === 'wasm' || !(error instanceof BackendError)) throw error;
    return use('wasm', `${why}, but does not work: ${error.message}`);
  }
}

const compilers = new Map<string, Compiler>();
let inUse: BackendInfo | undefined;

/** What the last call of `useBackend` gave, as long as that backend is TensorFlow.js's current one. */
export function backendInUse(): BackendInfo | undefined {
  return inUse?.name === getBackend() ? inUse : undefined;
}

/** The compiler of the current backend; undefined when it has none, or is somebody else's. */
export function currentCompiler(): Compiler | undefined {
  return compilers.get(getBackend());
}

async function use(choice: string, why: string): Promise<BackendInfo> {
  const row: Backend | undefined = BACKENDS.find(({ name }) => name === choice);
  if (!row) {
    const allowed = backendChoices.map(({ name }) => name);
    throw new BackendError(`unknown backend "${choice}"; allowed: ${allowed.join(', ')}`, choice, allowed);
  }
  registerGradients();
  registerChainedMethods();
  const { compiler, ...opened } = await row.open();
  if (compiler) compilers.set(row.name, compiler);
  inUse = { name: row.name, ...opened, why };
  return inUse;
}
