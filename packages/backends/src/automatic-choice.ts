import { installAdvice } from './tensorflow/install/advice.js';
import { locateTensorFlow } from './tensorflow/locate.js';

/** Which backend `auto` stands for on this machine. */
export interface AutomaticChoice {
  readonly name: 'tensorflow' | 'wasm';
  /** Why, in words. */
  readonly why: string;
}

/**
 * What `auto` takes: TensorFlow where it is found, WebAssembly otherwise. Nothing is opened.
 *
 * @throws BackendError when `LRFIND_TENSORFLOW` is set to a folder without TensorFlow
 */
export function automaticChoice(): AutomaticChoice {
  const located = locateTensorFlow();
  if (!located.found) return { name: 'wasm', why: `no TensorFlow was found; ${installAdvice()}` };
  const { version, folder } = located;
  return { name: 'tensorflow', why: `TensorFlow${version ? ` ${version}` : ''} was found in ${folder}` };
}
