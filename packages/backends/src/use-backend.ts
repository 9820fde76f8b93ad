import type { Backend } from './backend.js';
import { BackendError } from './backend-error.js';
import { registerChainedMethods } from './chained-methods.js';
import { cpu } from './cpu.js';
import { registerGradients } from './gradients/register.js';
import { wasm } from './wasm/backend.js';

export { BackendError };

/** The table of backends, best first: `auto` takes the first row. */
const BACKENDS = [wasm, cpu] as const;

/** What may be asked for: a backend's name, or `auto`. */
export type BackendChoice = 'auto' | (typeof BACKENDS)[number]['name'];

/** Every choice with a line about it, for help texts and option checks. */
export const backendChoices: readonly { readonly name: BackendChoice; readonly summary: string }[] = [
  { name: 'auto', summary: `the best that this machine has: ${BACKENDS[0].name}` },
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
 * @param choice `auto` (the default) or a backend's name
 * @throws BackendError for an unknown name, or when the backend does not start
 */
export async function useBackend(choice: BackendChoice = 'auto'): Promise<BackendInfo> {
  const row: Backend | undefined = choice === 'auto' ? BACKENDS[0] : BACKENDS.find(({ name }) => name === choice);
  if (!row) {
    const allowed = backendChoices.map(({ name }) => name);
    throw new BackendError(`unknown backend "${choice}"; allowed: ${allowed.join(', ')}`, choice, allowed);
  }
  registerGradients();
  registerChainedMethods();
  const opened = await row.open();
  return { name: row.name, ...opened, why: choice === 'auto' ? 'the best that this machine has' : 'as asked' };
}
