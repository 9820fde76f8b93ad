import type { AutomaticChoice } from '../registry.js';
import { installAdvice } from '../tensorflow/install/advice.js';
import { locateTensorFlow } from '../tensorflow/locate.js';

/**
 * The backend that `auto` chooses in Node: TensorFlow where it is found, else WebAssembly. Opens nothing.
 *
 * @throws BackendError when `LRFIND_TENSORFLOW` names a folder without TensorFlow
 */
export function automaticChoice(): AutomaticChoice {
  const located = locateTensorFlow();
  if (!located.found) return { name: 'wasm', why: `no TensorFlow was found; ${installAdvice()}` };
  const { version, folder } = located;
  return { name: 'tensorflow', why: `TensorFlow${version ? ` ${version}` : ''} was found in ${folder}` };
}
