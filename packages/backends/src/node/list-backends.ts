import { createRequire } from 'node:module';
import type { FoundBackend } from '../backend.js';
import { type AutomaticChoice, registeredBackends } from '../registry.js';
import { locateTensorFlow } from '../tensorflow/locate.js';
import { installAdvice } from '../tensorflow/wheels.js';

/** A backend, and what was found of it on this machine. */
export interface ListedBackend extends FoundBackend {
  /** The name by which users choose it. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
}

const require = createRequire(import.meta.url);

/**
 * Every backend, best first, as it is found on this machine. None is opened, so this takes a fraction of a second. A
 * backend that is found may still fail to start; `checkBackend` tests that.
 *
 * @example
 * for (const { name, usable, device } of listBackends()) console.log(name, usable ? device : 'not available');
 */
export function listBackends(): ListedBackend[] {
  return registeredBackends().map((backend) => {
    const { name, summary, npmPackage } = backend;
    const found = backend.find();
    const version = npmPackage && found.usable ? installedVersion(npmPackage) : found.version;
    return { name, summary, ...found, version };
  });
}

function installedVersion(npmPackage: string): string {
  return (require(`${npmPackage}/package.json`) as { version: string }).version;
}

/**
 * The backend that `auto` chooses in Node: TensorFlow where it is found, else WebAssembly. Opens nothing.
 *
 * @throws BackendError when `LRFIND_TENSORFLOW` names a folder without TensorFlow, and where a Python does not say whether it has it
 */
export function automaticChoice(): AutomaticChoice {
  const located = locateTensorFlow();
  if (!located.found) return { name: 'wasm', why: `no TensorFlow was found; ${installAdvice()}` };
  const { version, folder } = located;
  return { name: 'tensorflow', why: `TensorFlow${version ? ` ${version}` : ''} was found in ${folder}` };
}
